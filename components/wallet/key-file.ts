import type * as Keystore from 'ox/Keystore';
import { fromHex, toHex } from '#ledger/core/bytes.ts';

/** How a passphrase becomes the bytes that open a file: the two functions of Web3 Secret Storage v3, their settings within bounds. */
export type Derivation =
  Pick<Keystore.ScryptDeriveOpts, 'kdf' | 'kdfparams'> | Pick<Keystore.Pbkdf2DeriveOpts, 'kdf' | 'kdfparams'>;

export interface KeyFile {
  /** As the file states it: 40 lower-case hex digits; undefined when it states none. */
  address: string | undefined;
  derivation: Derivation;
  keystore: Keystore.Keystore;
}

/** AES-128 and the MAC take 16 bytes each of what is derived; no wallet derives more. */
export const DERIVED_BYTES = 32;
/** A file may ask for this much memory: twice what geth's own files need. */
export const SCRYPT_BYTES_MAX = 512 * 1_024 * 1_024;
/** N · r · p: four times the work of geth's files, ten seconds or so. A file must not be able to hold up the page for an hour. */
const SCRYPT_WORK_MAX = 2 ** 23;
const ITERATIONS_MAX = 10_000_000;

type Fields = Record<string, unknown>;

/** An object's fields by their names in lower case: wallets write both `crypto` and `Crypto`. */
function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
}

/** Lower-case hex digits; undefined when the text is no whole number of bytes, or not as many as there must be. */
function hexOf(value: unknown, byteLength?: number): string | undefined {
  const bytes = typeof value === 'string' ? fromHex(value) : undefined;
  if (bytes === undefined || (byteLength !== undefined && bytes.length !== byteLength)) return undefined;
  return toHex(bytes);
}

/** A whole number from 1 to `max`, also when the file has it as text. */
function countOf(value: unknown, max: number): number | undefined {
  const count = typeof value === 'string' && /^[0-9]{1,10}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= max ? count : undefined;
}

function scryptOf(parameters: Fields, salt: string): Derivation | undefined {
  const n = countOf(parameters.n, SCRYPT_WORK_MAX);
  const r = countOf(parameters.r, SCRYPT_WORK_MAX);
  const p = countOf(parameters.p, SCRYPT_WORK_MAX);
  if (n === undefined || r === undefined || p === undefined) return undefined;
  // RFC 7914, 2: N is a power of two larger than one.
  if (n === 1 || (n & (n - 1)) !== 0) return undefined;
  if (128 * r * (n + p + 1) > SCRYPT_BYTES_MAX || n * r * p > SCRYPT_WORK_MAX) return undefined;
  return { kdf: 'scrypt', kdfparams: { dklen: DERIVED_BYTES, n, r, p, salt } };
}

function pbkdf2Of(parameters: Fields, salt: string): Derivation | undefined {
  const c = countOf(parameters.c, ITERATIONS_MAX);
  if (c === undefined || parameters.prf !== 'hmac-sha256') return undefined;
  return { kdf: 'pbkdf2', kdfparams: { dklen: DERIVED_BYTES, c, prf: 'hmac-sha256', salt } };
}

function derivationOf(crypto: Fields): Derivation | undefined {
  const parameters = fieldsOf(crypto.kdfparams);
  const salt = hexOf(parameters.salt);
  if (salt === undefined || countOf(parameters.dklen, DERIVED_BYTES) !== DERIVED_BYTES) return undefined;
  const name = typeof crypto.kdf === 'string' ? crypto.kdf.toLowerCase() : '';
  if (name === 'scrypt') return scryptOf(parameters, salt);
  return name === 'pbkdf2' ? pbkdf2Of(parameters, salt) : undefined;
}

function fieldsOfVersion3(json: string): Fields | undefined {
  try {
    const file = fieldsOf(JSON.parse(json));
    return file.version === 3 || file.version === '3' ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a Web3 Secret Storage v3 file. `unusable`: a part is missing or malformed, or the settings are out of bounds. */
export function parseKeyFile(json: string): KeyFile | 'no-key-file' | 'unusable' {
  const file = fieldsOfVersion3(json);
  if (file === undefined) return 'no-key-file';
  const crypto = fieldsOf(file.crypto);
  const derivation = derivationOf(crypto);
  const ciphertext = hexOf(crypto.ciphertext, 32);
  const iv = hexOf(fieldsOf(crypto.cipherparams).iv, 16);
  const mac = hexOf(crypto.mac, 32);
  const address = hexOf(file.address, 20);
  // A file may leave the address out, but not have one that is none.
  const isAddressRead = address !== undefined || file.address === undefined || file.address === '';
  if (!derivation || crypto.cipher !== 'aes-128-ctr' || !ciphertext || !iv || !mac || !isAddressRead) return 'unusable';
  const encrypted = { cipher: crypto.cipher, ciphertext, cipherparams: { iv }, mac } as const;
  return { address, derivation, keystore: { version: 3, id: '', crypto: { ...encrypted, ...derivation } } };
}
