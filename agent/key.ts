import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { possessionDigest } from '#ledger/contracts/account/key-possession.ts';
import { formatAddress, recoverAddress } from '#ledger/core/address.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';

const keySchema = z.strictObject({ secretKey: z.string().regex(/^[0-9a-f]{64}$/) });

/** The agent's own secp256k1 key: its owner authorises it on the ledger and can revoke it there. */
export interface AgentKey {
  readonly secretKey: Uint8Array;
  /** 20 bytes. */
  readonly address: Uint8Array;
  /** `0x…`, EIP-55. */
  readonly addressText: string;
}

/** Reads the key, or makes one at the first start. The file is its owner's alone (0600); a file others can read is refused. */
export function loadKey(file: string): Outcome<AgentKey> {
  try {
    if (!existsSync(file)) createKey(file);
    if ((statSync(file).mode & 0o077) !== 0) {
      return failed(
        `The key file ${file} can be read by others: run chmod 600 on it, or make a new key if it was exposed.`,
      );
    }
    const parsed = keySchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    const secretKey = parsed.success ? fromHex(parsed.data.secretKey) : undefined;
    if (secretKey === undefined) return failed(`The key file ${file} does not hold a 32-byte secret key in hex.`);
    return done(keyOf(secretKey));
  } catch (error) {
    return failed(`The key file ${file} cannot be used: ${reasonOf(error)}`);
  }
}

/** Address of a secret key; throws when it is not one of the curve. */
export function keyOf(secretKey: Uint8Array): AgentKey {
  const digest = nobleCrypto.sha256(secretKey);
  const address = recoverAddress(digest, nobleCrypto.signRecoverable(digest, secretKey), nobleCrypto);
  if (address === undefined) throw new Error('the secret key is not valid');
  return { secretKey, address, addressText: formatAddress(address, nobleCrypto) };
}

/** The key's own signature by which it offers itself to an account of a network: without it nobody can authorise the key. 65 bytes. */
export function offerKey(
  { secretKey, address }: AgentKey,
  to: { readonly network: Uint8Array; readonly account: number },
): Uint8Array {
  const possession = { network: to.network, account: BigInt(to.account), address };
  return nobleCrypto.signRecoverable(possessionDigest(possession, nobleCrypto), secretKey);
}

/** The same as a text for a person to hand on: `address.proof.label`, the label percent-encoded, its dots too. */
export function offerText(
  key: AgentKey,
  to: { readonly network: Uint8Array; readonly account: number },
  label: string,
): string {
  return [key.addressText, toHex(offerKey(key, to)), encodeURIComponent(label).replaceAll('.', '%2E')].join('.');
}

/** Written whole under another name first, then linked: two starts at once never see half a key, and never replace one. */
function createKey(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  const handle = openSync(unfinished, 'wx', 0o600);
  writeSync(handle, JSON.stringify({ secretKey: toHex(randomBytes(32)) }));
  fsyncSync(handle);
  closeSync(handle);
  try {
    linkSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
