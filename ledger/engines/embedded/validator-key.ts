import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, fromHex, toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { errorCode, haltFor, StorageHalt } from '#ledger/storage/halt.ts';

const NAME = 'key.json';

/** Writes a validator's key, readable by its owner alone; never over an existing one. */
export function writeValidatorKey(folder: string, secretKey: Uint8Array, publicKey: Uint8Array): void {
  const path = join(folder, NAME);
  const text = `${JSON.stringify({ publicKey: toHex(publicKey), secretKey: toHex(secretKey) }, null, 2)}\n`;
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    chmodSync(path, 0o600);
  } catch (error) {
    throw haltFor(`Writing ${path}`, error);
  }
}

function readText(path: string): string {
  try {
    const { mode, uid } = statSync(path);
    if (process.getuid !== undefined && uid !== process.getuid()) {
      throw new StorageHalt(`${path} belongs to another user; start the ledger as its owner.`);
    }
    if ((mode & 0o077) !== 0) {
      throw new StorageHalt(`${path} can be read by others; run chmod 600 on it after making sure that nobody has.`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT')
      throw new StorageHalt(`${path} is missing; without its key this validator cannot sign.`);
    throw haltFor(`Reading ${path}`, error);
  }
}

/** The public key that a folder's key file names; undefined where there is none. That the secret key fits is checked when it is read. */
export function readPublicKey(folder: string): Uint8Array | undefined {
  try {
    const hex = (JSON.parse(readFileSync(join(folder, NAME), 'utf8')) as { publicKey?: unknown } | null)?.publicKey;
    return typeof hex === 'string' && /^0[23][0-9a-f]{64}$/.test(hex) ? fromHex(hex) : undefined;
  } catch {
    return undefined;
  }
}

/** The key that a folder holds, or a halt with a sentence. */
export function readKeyPair(folder: string, crypto: Crypto): { secretKey: Uint8Array; publicKey: Uint8Array } {
  const path = join(folder, NAME);
  const text = readText(path);
  let secretHex: unknown;
  try {
    secretHex = (JSON.parse(text) as { secretKey?: unknown } | null)?.secretKey;
  } catch {
    secretHex = undefined;
  }
  const secretKey = typeof secretHex === 'string' && /^[0-9a-f]{64}$/.test(secretHex) ? fromHex(secretHex) : undefined;
  if (secretKey === undefined) throw new StorageHalt(`${path} holds no key of 64 hex digits under "secretKey".`);
  try {
    return { secretKey, publicKey: crypto.publicKey(secretKey) };
  } catch {
    throw new StorageHalt(`${path} holds a number that is no secret key.`);
  }
}

/** The secret key that fits this validator's public key, or a halt with a sentence. */
export function readValidatorKey(folder: string, publicKey: Uint8Array, crypto: Crypto): Uint8Array {
  const key = readKeyPair(folder, crypto);
  if (!equal(key.publicKey, publicKey))
    throw new StorageHalt(`${join(folder, NAME)} holds a secret key that does not fit this validator's public key.`);
  return key.secretKey;
}
