import { concat, equal, readU32, readU64, u32, u64, utf8 } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { appHash } from './receipt.ts';
import { RECORD_KEY_LENGTH } from './record-key.ts';
import { provenRoot, TRIE_STEPS_MAX, type TrieProof } from './trie.ts';

/**
 * What leads from one record of the state to the app hash, as the two operations of CometBFT's `ProofOps`: each takes the result of the
 * one before, and the first one the record's value, or nothing where its absence is shown. The layouts stand in ledger/engines/cometbft/README.md.
 */

/** One operation (tendermint.crypto.ProofOp). */
export interface ProofOp {
  readonly type: string;
  readonly key: Uint8Array;
  readonly data: Uint8Array;
}

export interface StateProof {
  readonly trie: TrieProof;
  /** Root and size of the receipt log at the same height. */
  readonly logRoot: Uint8Array;
  readonly logSize: bigint;
}

/** From the record to the state root; its key is the record's. */
const TRIE_OP = 'interpool:trie';
/** From the state root to the app hash; its key is the store's name. */
const APP_HASH_OP = 'interpool:app-hash';
const STORE_KEY = utf8('state');

/** First byte of the trie's operation. */
const HAS_VALUE = 0;
const OTHER_LEAF = 1;
const EMPTY = 2;
const STEP_LENGTH = 33;

export function proofOps(key: Uint8Array, { trie, logRoot, logSize }: StateProof): ProofOp[] {
  return [
    { type: TRIE_OP, key, data: encodeTrieProof(key, trie) },
    { type: APP_HASH_OP, key: STORE_KEY, data: concat(logRoot, u64(logSize)) },
  ];
}

function encodeTrieProof(key: Uint8Array, { leaf, steps }: TrieProof): Uint8Array {
  const way = steps.flatMap(({ bit, sibling }) => [Uint8Array.of(bit), sibling]);
  if (leaf === undefined) return Uint8Array.of(EMPTY);
  if (equal(leaf.key, key)) return concat(Uint8Array.of(HAS_VALUE), ...way);
  return concat(Uint8Array.of(OTHER_LEAF), leaf.key, u32(leaf.value.length), leaf.value, ...way);
}

/** The proof that `data` encodes for a key with this value, or for one without; undefined for anything else. */
function decodeTrieProof(key: Uint8Array, value: Uint8Array | undefined, data: Uint8Array): TrieProof | undefined {
  if (value !== undefined) {
    const steps = data[0] === HAS_VALUE ? decodeSteps(data.subarray(1)) : undefined;
    return steps && { leaf: { key, value }, steps };
  }
  if (data[0] === EMPTY) return data.length === 1 ? { steps: [] } : undefined;
  const valueAt = 1 + RECORD_KEY_LENGTH + 4;
  if (data[0] !== OTHER_LEAF || data.length < valueAt) return undefined;
  const leafKey = data.subarray(1, 1 + RECORD_KEY_LENGTH);
  const valueEnd = valueAt + readU32(data, valueAt - 4);
  if (equal(leafKey, key) || data.length < valueEnd) return undefined;
  const steps = decodeSteps(data.subarray(valueEnd));
  return steps && { leaf: { key: leafKey, value: data.subarray(valueAt, valueEnd) }, steps };
}

function decodeSteps(bytes: Uint8Array): TrieProof['steps'] | undefined {
  if (bytes.length % STEP_LENGTH !== 0 || bytes.length > TRIE_STEPS_MAX * STEP_LENGTH) return undefined;
  const steps: TrieProof['steps'][number][] = [];
  for (let at = 0; at < bytes.length; at += STEP_LENGTH) {
    steps.push({ bit: bytes[at]!, sibling: bytes.subarray(at + 1, at + STEP_LENGTH) });
  }
  return steps;
}

/** App hash of the only states in which the record has this value, or none when undefined, by these operations; undefined when they show nothing. */
export function provenAppHash(
  record: { readonly key: Uint8Array; readonly value: Uint8Array | undefined },
  ops: readonly ProofOp[],
  crypto: Pick<Crypto, 'sha256'>,
): Uint8Array | undefined {
  const [trieOp, appHashOp] = ops;
  if (ops.length !== 2 || trieOp?.type !== TRIE_OP || appHashOp?.type !== APP_HASH_OP) return undefined;
  if (!equal(trieOp.key, record.key) || !equal(appHashOp.key, STORE_KEY)) return undefined;
  const proof = decodeTrieProof(record.key, record.value, trieOp.data);
  const stateRoot = proof && provenRoot(record.key, proof, crypto);
  if (stateRoot === undefined || appHashOp.data.length !== 40) return undefined;
  const logRoot = appHashOp.data.subarray(0, 32);
  return appHash({ stateRoot, logRoot, logSize: readU64(appHashOp.data, 32) }, crypto);
}
