import type {
  Application,
  BlockContext,
  FinalizedBlock,
  FinalizedItem,
  SlicedSnapshot,
  ValidatorUpdate,
} from '#ledger/abci/application.ts';
import { concat, equal, u64, utf8 } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';

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

/** As the module of an application: what genesis says does not matter here. */
export function createApplication(_genesis: unknown, crypto: Crypto): Application {
  let height = 0n;
  let seen: Uint8Array[] = [];
  let logSize = 0n;
  let pending: { height: bigint; seen: Uint8Array[]; logSize: bigint } | undefined;

  const rootOf = (of: readonly Uint8Array[]): Uint8Array => crypto.sha256(concat(utf8('counter'), ...of));
  const appHashOf = (of: readonly Uint8Array[], size: bigint): Uint8Array =>
    crypto.sha256(concat(rootOf(of), u64(size)));
  const isFormed = (bytes: Uint8Array): boolean => bytes.length > 0 && bytes.length <= BYTES_MAX;
  const codeOf = (bytes: Uint8Array): number =>
    !isFormed(bytes) ? 1 : seen.some((each) => equal(each, bytes)) ? 14 : 0;

  return {
    info: () => ({ height, appHash: appHashOf(seen, logSize) }),
    initChain: () => ({ appHash: appHashOf([], 0n) }),
    checkTx: (bytes) => ({ code: codeOf(bytes), txId: crypto.sha256(bytes) }),
    prepareProposal: (candidates) => candidates.filter(isFormed),
    processProposal: (transactions) => transactions.every(isFormed),
    finalizeBlock: (transactions: readonly Uint8Array[], context: BlockContext): FinalizedBlock => {
      const next = [...seen];
      const validatorUpdates: ValidatorUpdate[] = [];
      const items = transactions.map((bytes, index): FinalizedItem => {
        const code = next.some((each) => equal(each, bytes)) ? 14 : 0;
        if (code === 0) {
          next.push(bytes);
          validatorUpdates.push(...updateIn(bytes));
        }
        const txId = crypto.sha256(bytes);
        const data = BigInt(next.length);
        const leaf = encode([txId, BigInt(code), data]);
        return { txId, code, data, events: [{ type: 'Counted' }], leaf, logIndex: logSize + BigInt(index) };
      });
      const size = logSize + BigInt(items.length);
      pending = { height: context.height, seen: next, logSize: size };
      const appHash = appHashOf(next, size);
      return { due: [], transactions: items, appHash, stateRoot: rootOf(next), validatorUpdates, moreDue: false };
    },
    commit: () => {
      if (pending === undefined) return;
      ({ height, seen, logSize } = pending);
      pending = undefined;
    },
    query: (path) => (path === 'count' ? { ok: true, value: BigInt(seen.length), height } : { ok: false, code: 1 }),
    snapshot: () => ({ height, slices: slicesOf(seen, concat(u64(logSize), rootOf(seen))) }),
    restore: (snapshot) => {
      const isWhole = snapshot.manifest.length === 40 && equal(snapshot.manifest.subarray(8), rootOf(snapshot.chunks));
      if (!isWhole) return false;
      height = snapshot.height;
      seen = snapshot.chunks.map((chunk) => chunk.slice());
      logSize = new DataView(snapshot.manifest.buffer, snapshot.manifest.byteOffset).getBigUint64(0);
      return true;
    },
    forgetWaiting: () => undefined,
  };
}
