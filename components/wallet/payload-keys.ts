import { createStore, get, set, type UseStore } from 'idb-keyval';
import { keepNewest } from '#components/ui/newest.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { PAYLOAD_KEY_BYTES } from '#ledger/core/payload.ts';
import { openOnDevice, sealOnDevice } from './key-vault.ts';

/**
 * Keys of programs with their inputs that were uploaded from this browser, by person and payload, encrypted by the device key. Whoever chooses a
 * plan seals such a key to the plan's agents: without it nobody can run what was uploaded.
 */

const FILE_FORMAT = 'interpool-payload-key/1';
const FILE_LENGTH_MAX = 1_024;
/** The oldest goes when there are more: each belongs to a request, and those are over in a month. */
const KEYS_MAX = 200;

interface KeptKey {
  readonly sealed: string;
  readonly keptAtMs: number;
}

let store: UseStore | undefined;
function vault(): UseStore {
  store ??= createStore('interpool-payloads', 'keys');
  return store;
}

const nameOf = (address: string, digest: string): string => `${address.toLowerCase()} ${digest}`;

/** Keeps a key; throws when the browser keeps nothing, and then nothing may be uploaded. */
export async function keepPayloadKey(address: string, digest: string, key: Uint8Array): Promise<void> {
  const name = nameOf(address, digest);
  await set(name, { sealed: await sealOnDevice(key, name), keptAtMs: Date.now() } satisfies KeptKey, vault());
  await keepNewest(vault(), KEYS_MAX);
}

/** Undefined when this browser does not have it. */
export async function findPayloadKey(address: string, digest: string): Promise<Uint8Array | undefined> {
  const name = nameOf(address, digest);
  const kept = await get<KeptKey>(name, vault());
  return kept && openOnDevice(kept.sealed, name);
}

/** The key as a file for another browser of the same person. Whoever has it and the ciphertext can read the program and its inputs. */
export function payloadKeyFile(digest: string, key: Uint8Array): string {
  return `${JSON.stringify({ format: FILE_FORMAT, payload: digest, key: toHex(key) }, null, 2)}\n`;
}

/** The key in such a file; undefined when it is none, or that of another payload. */
export function readPayloadKeyFile(json: string, digest: string): Uint8Array | undefined {
  if (json.length > FILE_LENGTH_MAX) return undefined;
  try {
    const file = JSON.parse(json) as Record<string, unknown>;
    const key = typeof file.key === 'string' ? fromHex(file.key) : undefined;
    const isIt = file.format === FILE_FORMAT && file.payload === digest && key?.length === PAYLOAD_KEY_BYTES;
    return isIt ? key : undefined;
  } catch {
    return undefined;
  }
}
