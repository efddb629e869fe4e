import { pbkdf2Async } from '@noble/hashes/pbkdf2.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as Keystore from 'ox/Keystore';
import { bytesToHex, hexToBytes, type Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { toHex } from '#ledger/core/bytes.ts';
import { DERIVED_BYTES, parseKeyFile, SCRYPT_BYTES_MAX, type Derivation, type KeyFile } from './key-file.ts';
import { randomUuid } from './random-uuid.ts';

/** scrypt at 2¹⁷ is what wallets write today: about a second here, years per guess of a good passphrase elsewhere. */
const SCRYPT = { n: 131_072, r: 8, p: 1 };
const SALT_BYTES = 32;
const IV_BYTES = 16;

/** A passphrase shorter than this is refused for an export. */
export const PASSPHRASE_LENGTH_MIN = 12;
/** A key file is under 2 kB; anything larger is something else. */
export const KEY_FILE_BYTES_MAX = 16_384;

/** Why a passphrase should not protect a file; undefined when every wallet will read it as the same bytes. */
export function exportFault(passphrase: string): string | undefined {
  if (passphrase.length < PASSPHRASE_LENGTH_MIN) {
    return `Use at least ${PASSPHRASE_LENGTH_MIN} characters: the file is only as safe as this.`;
  }
  // geth and Foundry take what was typed, ethers its NFKC form: where the two differ, one of them could never open the file.
  return passphrase === passphrase.normalize('NFKC')
    ? undefined
    : 'Some wallets read one of these characters as another one: leave out full-width letters, ligatures and loose accents.';
}

export type ImportResult = { ok: true; secretKey: Hex; address: string } | { ok: false; sentence: string };

const refuse = (sentence: string): ImportResult => ({ ok: false, sentence });

/**
 * The passphrase as it was typed, then in each normal form that differs. The format does not say which bytes a passphrase is: geth takes
 * them as typed, ethers takes NFKC, and one keyboard composes an accent where another adds it as a character of its own.
 */
function spellingsOf(passphrase: string): string[] {
  return [...new Set([passphrase, ...['NFC', 'NFKC', 'NFD'].map((form) => passphrase.normalize(form))])];
}

/** The 32 bytes that encrypt and authenticate. `progress` runs from 0 to 1. */
async function derive(passphrase: string, how: Derivation, progress: (done: number) => void): Promise<Hex> {
  const typed = new TextEncoder().encode(passphrase);
  const salt = hexToBytes(`0x${how.kdfparams.salt}`);
  if (how.kdf === 'pbkdf2') {
    return bytesToHex(await pbkdf2Async(sha256, typed, salt, { c: how.kdfparams.c, dkLen: DERIVED_BYTES }));
  }
  const { n: N, r, p } = how.kdfparams;
  const options = { N, r, p, dkLen: DERIVED_BYTES, maxmem: SCRYPT_BYTES_MAX, onProgress: progress };
  return bytesToHex(await scryptAsync(typed, salt, options));
}

/** The key as a Web3 Secret Storage v3 file, which every Ethereum wallet reads, under the passphrase as it was typed. */
export async function exportKeyFile(
  secretKey: Hex,
  passphrase: string,
  progress: (done: number) => void = () => {},
): Promise<string> {
  const salt = toHex(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
  const how = { kdf: 'scrypt', kdfparams: { ...SCRYPT, dklen: DERIVED_BYTES, salt } } as const;
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const options = { ...how, iv, id: randomUuid() };
  const keystore = Keystore.encrypt(secretKey, await derive(passphrase, how, progress), options);
  // Other wallets show the address before they ask for the passphrase.
  return JSON.stringify({ address: privateKeyToAddress(secretKey).slice(2).toLowerCase(), ...keystore });
}

/** The secret key; undefined when the passphrase is another. */
async function open(file: KeyFile, passphrase: string, progress: (done: number) => void): Promise<Hex | undefined> {
  const spellings = spellingsOf(passphrase);
  for (const [tried, spelling] of spellings.entries()) {
    const key = await derive(spelling, file.derivation, (done) => progress((tried + done) / spellings.length));
    try {
      return Keystore.decrypt(file.keystore, key);
    } catch {
      // Every part of the file was read before: what fails here is the MAC, by which a passphrase is told from another.
    }
  }
  return undefined;
}

/** Opens a Web3 Secret Storage v3 file. Bad files and wrong passphrases come back as sentences. */
export async function importKeyFile(
  json: string,
  passphrase: string,
  progress: (done: number) => void = () => {},
): Promise<ImportResult> {
  if (json.length > KEY_FILE_BYTES_MAX) return refuse('This file is too large to be a key file.');
  const file = parseKeyFile(json);
  if (file === 'no-key-file') return refuse('This is not a Web3 Secret Storage v3 key file.');
  if (file === 'unusable') return refuse('The key file is damaged, or uses settings that are not supported.');
  const secretKey = await open(file, passphrase, progress);
  if (secretKey === undefined) return refuse('The passphrase does not open this key file.');
  try {
    const address = privateKeyToAddress(secretKey);
    const isSame = file.address === undefined || file.address === address.slice(2).toLowerCase();
    return isSame
      ? { ok: true, secretKey, address }
      : refuse('The key in this file is not that of the address it states.');
  } catch {
    return refuse('The key file is damaged: what it holds is no secret key.');
  }
}
