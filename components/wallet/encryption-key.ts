import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { createStore, get, update, type UseStore } from 'idb-keyval';
import { hexToBytes } from 'viem';
import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { openOnDevice, sealOnDevice, withSecretKey } from './key-vault.ts';

/**
 * X25519 keys that access descriptors are sealed to. With the browser key the secret is derived from the wallet's (so the key file
 * restores it); an injected wallet has a random one, kept under a passphrase. Never derived from a signature.
 */

const TAG = 'interpool/encryption-key/v1';
const FILE_FORMAT = 'interpool-encryption-key/1';
/** OWASP's figure for PBKDF2-HMAC-SHA256. */
const PBKDF2_ITERATIONS = 600_000;

/** What a person is told whose other tab was faster. */
export const OTHER_KEY_KEPT =
  'Another tab has kept an encryption key for this wallet meanwhile: load the page again and unlock that one.';

let store: UseStore | undefined;
function vault(): UseStore {
  store ??= createStore('interpool-encryption', 'keys');
  return store;
}

export interface EncryptionKey {
  secretKey: Uint8Array;
  /** 32 bytes. */
  publicKey: Uint8Array;
}

function keyOf(secretKey: Uint8Array): EncryptionKey {
  return { secretKey, publicKey: x25519.getPublicKey(secretKey) };
}

/** HKDF-SHA256(wallet key, salt '', tag, 32 bytes) as an X25519 secret key (PROTOCOL, Keys). */
export function deriveEncryptionKey(walletKey: Uint8Array): EncryptionKey {
  return keyOf(hkdf(sha256, walletKey, new Uint8Array(0), utf8(TAG), 32));
}

/** What stands in IndexedDB for an injected wallet, and in its export file. */
interface LockedKey {
  format: typeof FILE_FORMAT;
  address: string;
  publicKey: string;
  kdf: { name: 'PBKDF2-SHA256'; iterations: number; salt: string };
  cipher: { name: 'AES-256-GCM'; iv: string; ciphertext: string };
}

const SESSION_PREFIX = 'interpool-encryption ';

/** Unlocked for this tab, across its pages: encrypted by the device key, gone with the tab. */
async function remember(address: string, key: EncryptionKey): Promise<void> {
  const name = SESSION_PREFIX + address.toLowerCase();
  try {
    sessionStorage.setItem(name, await sealOnDevice(key.secretKey, name));
  } catch {
    // Without storage the passphrase is asked for again.
  }
}

async function remembered(address: string): Promise<EncryptionKey | undefined> {
  const name = SESSION_PREFIX + address.toLowerCase();
  const sealed = sessionStorage.getItem(name);
  const secretKey = sealed === null ? undefined : await openOnDevice(sealed, name);
  return secretKey?.length === 32 ? keyOf(secretKey) : undefined;
}

async function passphraseKey(
  passphrase: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(passphrase), 'PBKDF2', false, [
    'deriveKey',
  ]);
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

function additionalData(address: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${TAG} ${address.toLowerCase()}`);
}

const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/**
 * Keeps a locked key where there is none yet, in one transaction of IndexedDB: another tab may have kept one since this one looked, and
 * links may already be sealed to it. False when another key stands there.
 */
async function keepFirst(locked: LockedKey): Promise<boolean> {
  let kept = locked;
  await update<LockedKey>(locked.address, (first) => (kept = first ?? locked), vault());
  return kept.publicKey === locked.publicKey;
}

/** Makes a random encryption key for an injected wallet and keeps it under the passphrase; false when this browser has one already. */
export async function makeLockedKey(address: string, passphrase: string): Promise<boolean> {
  const key = keyOf(x25519.utils.randomSecretKey());
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: additionalData(address) },
    await passphraseKey(passphrase, salt, PBKDF2_ITERATIONS),
    own(key.secretKey),
  );
  const locked: LockedKey = {
    format: FILE_FORMAT,
    address: address.toLowerCase(),
    publicKey: toHex(key.publicKey),
    kdf: { name: 'PBKDF2-SHA256', iterations: PBKDF2_ITERATIONS, salt: toHex(salt) },
    cipher: { name: 'AES-256-GCM', iv: toHex(iv), ciphertext: toHex(new Uint8Array(ciphertext)) },
  };
  if (!(await keepFirst(locked))) return false;
  await remember(address, key);
  return true;
}

async function openLocked(locked: LockedKey, passphrase: string): Promise<EncryptionKey | undefined> {
  const salt = fromHex(locked.kdf.salt);
  const iv = fromHex(locked.cipher.iv);
  const ciphertext = fromHex(locked.cipher.ciphertext);
  if (!salt || !iv || !ciphertext) return undefined;
  try {
    const secret = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: own(iv), additionalData: additionalData(locked.address) },
      await passphraseKey(passphrase, own(salt), locked.kdf.iterations),
      own(ciphertext),
    );
    const key = keyOf(new Uint8Array(secret));
    return toHex(key.publicKey) === locked.publicKey ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Unlocks the key kept for an injected wallet; false when the passphrase does not open it. */
export async function unlockKey(address: string, passphrase: string): Promise<boolean> {
  const locked = await get<LockedKey>(address.toLowerCase(), vault());
  const key = locked ? await openLocked(locked, passphrase) : undefined;
  if (key) await remember(address, key);
  return key !== undefined;
}

/** The locked key as a file for another device; undefined when there is none here. */
export async function exportLockedKey(address: string): Promise<string | undefined> {
  const locked = await get<LockedKey>(address.toLowerCase(), vault());
  return locked ? JSON.stringify(locked, null, 2) : undefined;
}

function parseLockedKey(json: string): LockedKey | undefined {
  if (json.length > 4_096) return undefined;
  try {
    const file = JSON.parse(json) as LockedKey;
    const isWhole =
      file.format === FILE_FORMAT &&
      /^0x[0-9a-f]{40}$/.test(file.address) &&
      /^[0-9a-f]{64}$/.test(file.publicKey) &&
      Number.isInteger(file.kdf.iterations) &&
      file.kdf.iterations >= 100_000 &&
      file.kdf.iterations <= 10_000_000 &&
      [file.kdf.salt, file.cipher.iv, file.cipher.ciphertext].every(
        (text) => typeof text === 'string' && text.length <= 256,
      );
    return isWhole ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Brings an exported encryption key to this device. */
export async function importLockedKey(
  address: string,
  json: string,
  passphrase: string,
): Promise<{ ok: true } | { ok: false; sentence: string }> {
  const locked = parseLockedKey(json);
  if (!locked) return { ok: false, sentence: 'This is not an encryption key exported from here.' };
  if (locked.address !== address.toLowerCase())
    return { ok: false, sentence: 'This encryption key belongs to another wallet address.' };
  const key = await openLocked(locked, passphrase);
  if (!key) return { ok: false, sentence: 'The passphrase does not open this encryption key.' };
  if (!(await keepFirst(locked))) return { ok: false, sentence: OTHER_KEY_KEPT };
  await remember(locked.address, key);
  return { ok: true };
}

/** `derived`: the browser key's, always at hand. `open` and `locked`: an injected wallet's. `none`: this device has none. */
export type DeviceKey =
  { state: 'derived' | 'open'; key: EncryptionKey } | { state: 'locked'; publicKey: string } | { state: 'none' };

/** The encryption key that this device has for an address. */
export async function deviceEncryptionKey(address: string): Promise<DeviceKey> {
  const derived = await withSecretKey(address, async (secretKey) => deriveEncryptionKey(hexToBytes(secretKey)));
  if (derived) return { state: 'derived', key: derived };
  const open = await remembered(address);
  if (open) return { state: 'open', key: open };
  const locked = await get<LockedKey>(address.toLowerCase(), vault());
  return locked ? { state: 'locked', publicKey: locked.publicKey } : { state: 'none' };
}

/** What can be sealed to on this device, also while it is locked; undefined when it has no key. */
export function publicKeyOf(device: DeviceKey): Uint8Array | undefined {
  if ('key' in device) return device.key.publicKey;
  return device.state === 'locked' ? fromHex(device.publicKey) : undefined;
}
