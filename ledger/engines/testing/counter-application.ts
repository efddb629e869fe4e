import type {
  Application,
  BlockContext,
  FinalizedBlock,
  FinalizedItem,
  SlicedSnapshot,
  ValidatorUpdate,
} from '#ledger/abci/application.ts';
import { readManifest, SNAPSHOT_FORMAT } from '#ledger/abci/snapshot.ts';
import { concat, equal, u64, utf8 } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { append, EMPTY_FRONTIER, type Frontier } from '#ledger/core/merkle-log.ts';

/**
 * A transaction is any 1 to 64 bytes; each distinct one counts once. One that begins with CHANGE changes the validators too: the key and
 * the power follow. What the engine needs of an application and nothing more.
 */
const BYTES_MAX = 64;
const CHANGE = utf8('val:');
const KEY_BYTES = 33;

/** A transaction that makes a key a member (power 1), or one no more (0). Whether that changes anything is the submitter's to see to. */
export function changeOfValidator(publicKey: Uint8Array, power: 0n | 1n): Uint8Array {
  return concat(CHANGE, publicKey, Uint8Array.of(Number(power)));
}

function updateIn(bytes: Uint8Array): ValidatorUpdate[] {
  const power = bytes[CHANGE.length + KEY_BYTES];
  if (!equal(bytes.subarray(0, CHANGE.length), CHANGE) || (power !== 0 && power !== 1)) return [];
  return [{ publicKey: bytes.slice(CHANGE.length, CHANGE.length + KEY_BYTES), power: power === 0 ? 0n : 1n }];
}

function* slicesOf(chunks: readonly Uint8Array[], manifest: Uint8Array): SlicedSnapshot['slices'] {
  yield* chunks;
  return manifest;
}

/** What is committed: the counted transactions, the receipt log over all of them, height and time of the last block. */
interface Counted {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly seen: readonly Uint8Array[];
  readonly log: Frontier;
}

/** State root of the counted transactions, in their order. */
export function rootOf(seen: readonly Uint8Array[], crypto: Crypto): Uint8Array {
  return crypto.sha256(concat(utf8('counter'), ...seen));
}

/** As the module of an application: what genesis says does not matter here. */
export function createApplication(_genesis: unknown, crypto: Crypto): Application {
  let state: Counted = { height: 0n, timeMs: 0n, seen: [], log: EMPTY_FRONTIER };
  let pending: Counted | undefined;

  const appHashOf = ({ seen, log }: Counted): Uint8Array => crypto.sha256(concat(rootOf(seen, crypto), u64(log.size)));
  const isFormed = (bytes: Uint8Array): boolean => bytes.length > 0 && bytes.length <= BYTES_MAX;
  const codeOf = (bytes: Uint8Array): number =>
    !isFormed(bytes) ? 1 : state.seen.some((each) => equal(each, bytes)) ? 14 : 0;

  return {
    info: () => ({ height: state.height, appHash: appHashOf(state), records: state.seen.length }),
    initChain: () => ({ appHash: appHashOf(state) }),
    checkTx: (bytes) => ({ code: codeOf(bytes), txId: crypto.sha256(bytes) }),
    expect: () => undefined,
    prepareProposal: (candidates) => candidates.filter(isFormed),
    processProposal: (transactions) => transactions.every(isFormed),
    finalizeBlock: (transactions: readonly Uint8Array[], { height, timeMs }: BlockContext): FinalizedBlock => {
      const seen = [...state.seen];
      let { log } = state;
      const validatorUpdates: ValidatorUpdate[] = [];
      const items = transactions.map((bytes): FinalizedItem => {
        const code = seen.some((each) => equal(each, bytes)) ? 14 : 0;
        if (code === 0) {
          seen.push(bytes);
          validatorUpdates.push(...updateIn(bytes));
        }
        const txId = crypto.sha256(bytes);
        const data = BigInt(seen.length);
        const leaf = encode([txId, BigInt(code), data]);
        const logIndex = log.size;
        log = append(log, leaf, crypto);
        return { txId, code, data, events: [{ type: 'Counted' }], leaf, logIndex };
      });
      pending = { height, timeMs, seen, log };
      const [appHash, stateRoot] = [appHashOf(pending), rootOf(seen, crypto)];
      return { due: [], transactions: items, appHash, stateRoot, validatorUpdates, moreDue: false };
    },
    commit: () => {
      state = pending ?? state;
      pending = undefined;
    },
    query: (path) =>
      path === 'count' ? { ok: true, value: BigInt(state.seen.length), height: state.height } : { ok: false, code: 1 },
    snapshot: () => {
      const { height, timeMs, seen, log } = state;
      const [stateRoot, chunks] = [rootOf(seen, crypto), seen.map((each) => crypto.sha256(each))];
      const manifest = {
        format: SNAPSHOT_FORMAT,
        height,
        timeMs,
        stateRoot,
        logSize: log.size,
        logFrontier: log.roots,
      };
      return { height, slices: slicesOf(seen, encode({ ...manifest, chunks })) };
    },
    restore: ({ manifest: bytes, chunks }) => {
      const manifest = readManifest(bytes);
      if (manifest === undefined || !equal(manifest.stateRoot, rootOf(chunks, crypto))) return false;
      const { height, timeMs, frontier: log } = manifest;
      state = { height, timeMs, seen: chunks.map((chunk) => chunk.slice()), log };
      return true;
    },
    forgetWaiting: () => undefined,
    figures: () => ({ dueItems: 0, dueBacklog: 0, stateRecords: state.seen.length }),
  };
}
