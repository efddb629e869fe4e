import { encode, type CborValue } from '#ledger/core/codec.ts';
import type { Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Header } from '#ledger/core/header.ts';
import { frontierRoot, type Frontier } from '#ledger/core/merkle-log.ts';
import { inclusionProof, leafHash, nodeHash, type SubtreeReader } from '#ledger/core/merkle.ts';
import { receiptFile, type TrailEntry } from '#ledger/core/receipt-file.ts';
import { methodNameOf } from '#ledger/core/transaction.ts';
import type { TypedDataTypes } from '#ledger/core/typed-data.ts';
import type { ValidatorSet } from '#ledger/core/validator-set.ts';
import { frontierAfter, type ExecutionRecord } from './execution.ts';

/** What every receipt of one block has in common; each engine keeps it in its own way. */
export interface ReceiptBlock {
  /** genesisHash. */
  readonly network: Uint8Array;
  readonly record: ExecutionRecord;
  readonly transactions: readonly Uint8Array[];
  /** The next height's: it carries the app hash after the block. */
  readonly header: Header;
  readonly commit: Commit;
  /** Of the next height. */
  readonly validators: ValidatorSet;
  /** Every change of the validators up to that set, oldest first. */
  readonly trail: readonly TrailEntry[];
}

/**
 * Complete subtrees of the receipt log as a path from one of the block's leaves meets them: roots of the frontier before the block, or
 * hashes over the block's own leaves, or a mix of both.
 */
function subtreeReader(before: Frontier, leaves: readonly Uint8Array[], crypto: Crypto): SubtreeReader {
  const roots = new Map<string, Uint8Array>();
  let start = 0n;
  let next = 0;
  for (let level = 63; level >= 0; level -= 1) {
    const root = before.roots[next];
    if (((before.size >> BigInt(level)) & 1n) === 0n || root === undefined) continue;
    roots.set(`${level}/${start >> BigInt(level)}`, root);
    start += 1n << BigInt(level);
    next += 1;
  }
  const read: SubtreeReader = (level, index) => {
    const known = roots.get(`${level}/${index}`);
    if (known !== undefined) return known;
    const hash =
      level === 0
        ? leafHash(leaves[Number(index - before.size)] ?? new Uint8Array(0), crypto)
        : nodeHash(read(level - 1, index * 2n), read(level - 1, index * 2n + 1n), crypto);
    roots.set(`${level}/${index}`, hash);
    return hash;
  };
  return read;
}

function auditPath(record: ExecutionRecord, logIndex: bigint, size: bigint, crypto: Crypto): Uint8Array[] {
  const leaves = [...record.due, ...record.transactions].map((item) => item.leaf);
  return inclusionProof({ index: logIndex, size }, subtreeReader(record.frontier, leaves, crypto), crypto);
}

/** The receipt of the item at `logIndex`; undefined when the block executed no such item. */
export function assembleReceipt(
  block: ReceiptBlock,
  logIndex: bigint,
  methodTypes: Readonly<Record<string, TypedDataTypes>>,
  crypto: Crypto,
): CborValue | undefined {
  const { record, transactions, network, header, commit, validators, trail } = block;
  const at = Number(logIndex - record.frontier.size);
  const item = [...record.due, ...record.transactions][at];
  if (item === undefined) return undefined;
  const bytes = transactions[at - record.due.length];
  const types = bytes && methodTypes[methodNameOf(bytes) ?? ''];
  const after = frontierAfter(record, crypto);
  return receiptFile({
    network,
    header,
    commit,
    validators,
    trail,
    leaf: item.leaf,
    ...(bytes !== undefined && types !== undefined && { transaction: { bytes, types } }),
    events: item.events.map((payload) => encode(payload)),
    logIndex,
    logSize: after.size,
    path: auditPath(record, logIndex, after.size, crypto),
    stateRoot: record.stateRoot,
    logRoot: frontierRoot(after, crypto),
  }) as unknown as CborValue;
}
