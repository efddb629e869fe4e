import { encode, type CborValue } from '#ledger/core/codec.ts';
import { decodeCommit, type Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { frontierRoot, type Frontier } from '#ledger/core/merkle-log.ts';
import { inclusionProof, leafHash, nodeHash, type SubtreeReader } from '#ledger/core/merkle.ts';
import { headFile, receiptFile } from '#ledger/core/receipt-file.ts';
import { methodNameOf } from '#ledger/core/transaction.ts';
import type { TypedDataTypes } from '#ledger/core/typed-data.ts';
import type { BlockLog } from '#ledger/storage/block-log.ts';
import { frontierAfter, type ExecutionRecord } from './execution.ts';
import { readDecision } from './ledger-state.ts';
import type { Network } from './network.ts';

export interface ReceiptSource {
  readonly network: Network;
  readonly crypto: Crypto;
  readonly log: BlockLog;
  readonly methodTypes: Readonly<Record<string, TypedDataTypes>>;
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

/** The receipt of an executed item; undefined when there is none, or while the header that carries its app hash is not decided. */
export function receiptOf(source: ReceiptSource, logIndex: bigint): CborValue | undefined {
  const { network, crypto, log } = source;
  const height = log.heightOfLogIndex(logIndex);
  const stored = height === undefined ? undefined : log.block(height);
  const following = height === undefined ? undefined : log.block(height + 1n);
  if (stored === undefined || following === undefined) return undefined;
  const { record, content } = readDecision(stored, crypto);
  const next = readDecision(following, crypto);
  const at = Number(logIndex - record.frontier.size);
  const item = [...record.due, ...record.transactions][at];
  if (item === undefined) return undefined;
  const bytes = content.block.transactions[at - record.due.length];
  const types = bytes && source.methodTypes[methodNameOf(bytes) ?? ''];
  const after = frontierAfter(record, crypto);
  return receiptFile({
    network: network.genesisHash,
    header: next.content.block.header,
    commit: next.commit,
    validators: network.validators,
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

/** The newest decided header with the commit for it; undefined before the first block. */
export function headOf(source: ReceiptSource, latest?: Commit): CborValue | undefined {
  const { network, crypto, log } = source;
  const stored = log.block(log.height());
  const commit = latest ?? (stored && decodeCommit(stored.commit));
  if (stored === undefined || commit === undefined) return undefined;
  const { header } = readDecision(stored, crypto).content.block;
  return headFile({
    network: network.genesisHash,
    header,
    commit,
    validators: network.validators,
  }) as unknown as CborValue;
}
