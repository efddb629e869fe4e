import type {
  Application,
  FinalizedBlock,
  FinalizedItem,
  Misbehavior,
  ValidatorUpdate,
} from '#ledger/abci/application.ts';
import { decode, encode, listOf, type CborValue } from '#ledger/core/codec.ts';
import { concat } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { append, isFrontier, type Frontier } from '#ledger/core/merkle-log.ts';
import { resultsHash } from '#ledger/core/results.ts';
import { BLOCK_TRANSACTION_BYTES_MAX } from './block-limits.ts';

/** What execution of a block left behind; every validator computes the same. Kept beside the block: receipts and late readers need it. */
export interface ExecutionRecord {
  readonly appHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly resultsHash: Uint8Array;
  /** The receipt log before this block. */
  readonly frontier: Frontier;
  readonly due: readonly FinalizedItem[];
  readonly transactions: readonly FinalizedItem[];
  /** In force two heights later. */
  readonly validatorUpdates: readonly ValidatorUpdate[];
  readonly moreDue: boolean;
  readonly nextDueMs: bigint | undefined;
}

const RECORD_BYTES_MAX = 16 * 1024 * 1024;

function itemToCbor(item: FinalizedItem): CborValue {
  return [item.txId ?? null, BigInt(item.code), item.data, [...item.events], item.leaf];
}

export function encodeExecution(record: ExecutionRecord): Uint8Array {
  const { appHash, stateRoot, frontier, moreDue, nextDueMs } = record;
  return encode([
    appHash,
    stateRoot,
    record.resultsHash,
    [frontier.size, [...frontier.roots]],
    record.due.map(itemToCbor),
    record.transactions.map(itemToCbor),
    record.validatorUpdates.map(({ publicKey, power }) => [publicKey, power]),
    moreDue,
    nextDueMs ?? null,
  ]);
}

function itemFromCbor(value: CborValue, logIndex: bigint): FinalizedItem | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined;
  const [txId, code, data, events, leaf] = value as readonly CborValue[];
  if (typeof code !== 'bigint' || data === undefined || !Array.isArray(events) || !(leaf instanceof Uint8Array))
    return undefined;
  if (txId !== null && !(txId instanceof Uint8Array)) return undefined;
  const payloads = events as FinalizedItem['events'];
  return {
    code: Number(code),
    data,
    events: payloads,
    leaf,
    logIndex,
    ...(txId !== null && { txId: txId as Uint8Array }),
  };
}

function itemsFromCbor(value: CborValue | undefined, first: bigint): FinalizedItem[] | undefined {
  return listOf(value, (each, index) => itemFromCbor(each, first + BigInt(index)));
}

function updateFromCbor(value: CborValue): ValidatorUpdate | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [publicKey, power] = value as readonly CborValue[];
  return publicKey instanceof Uint8Array && (power === 0n || power === 1n) ? { publicKey, power } : undefined;
}

function frontierFromCbor(value: CborValue | undefined): Frontier | undefined {
  if (!Array.isArray(value)) return undefined;
  const [size, roots] = value as readonly CborValue[];
  if (typeof size !== 'bigint' || !Array.isArray(roots) || !roots.every((root) => root instanceof Uint8Array))
    return undefined;
  const frontier = { size, roots: roots as readonly Uint8Array[] };
  return isFrontier(frontier) ? frontier : undefined;
}

/** Undefined when the bytes are none that `encodeExecution` made. */
export function decodeExecution(bytes: Uint8Array): ExecutionRecord | undefined {
  const decoded = decode(bytes, RECORD_BYTES_MAX);
  if (!decoded.ok || !Array.isArray(decoded.value) || decoded.value.length !== 9) return undefined;
  const [appHash, stateRoot, results, log, dueItems, txItems, updates, moreDue, nextDueMs] =
    decoded.value as readonly CborValue[];
  const frontier = frontierFromCbor(log);
  if (!(appHash instanceof Uint8Array) || !(stateRoot instanceof Uint8Array) || !(results instanceof Uint8Array))
    return undefined;
  if (frontier === undefined || typeof moreDue !== 'boolean') return undefined;
  if (nextDueMs !== null && typeof nextDueMs !== 'bigint') return undefined;
  const due = itemsFromCbor(dueItems, frontier.size);
  const transactions = due && itemsFromCbor(txItems, frontier.size + BigInt(due.length));
  const validatorUpdates = listOf(updates, updateFromCbor);
  if (due === undefined || transactions === undefined || validatorUpdates === undefined) return undefined;
  const rest = { validatorUpdates, moreDue, nextDueMs: nextDueMs ?? undefined };
  return { appHash, stateRoot, resultsHash: results, frontier, due, transactions, ...rest };
}

/** All items' transaction ids, 32 bytes each. */
export function txIdsOf(record: ExecutionRecord): Uint8Array {
  return concat(...record.transactions.map((item) => item.txId ?? new Uint8Array(32)));
}

/** The receipt log after the block. */
export function frontierAfter(record: ExecutionRecord, crypto: Crypto): Frontier {
  let frontier = record.frontier;
  for (const item of [...record.due, ...record.transactions]) frontier = append(frontier, item.leaf, crypto);
  return frontier;
}

/** What of a decided block the application executes. */
export interface DecidedBlock {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly transactions: readonly Uint8Array[];
  readonly misbehavior: readonly Misbehavior[];
}

/** Runs a decided block through the application, without committing it. */
export function execute(
  application: Application,
  block: DecidedBlock,
  frontier: Frontier,
  crypto: Crypto,
): ExecutionRecord {
  const { height, timeMs, misbehavior } = block;
  const context = { height, timeMs, misbehavior, bytesMax: BLOCK_TRANSACTION_BYTES_MAX };
  const done: FinalizedBlock = application.finalizeBlock(block.transactions, context);
  const results = done.transactions.map((item) => ({
    code: item.code,
    data: encode(item.data),
    gasWanted: 0n,
    gasUsed: 0n,
  }));
  return {
    appHash: done.appHash,
    stateRoot: done.stateRoot,
    resultsHash: resultsHash(results, crypto),
    frontier,
    due: done.due,
    transactions: done.transactions,
    validatorUpdates: done.validatorUpdates,
    moreDue: done.moreDue,
    nextDueMs: done.nextDueMs,
  };
}
