import type { CborValue } from '#ledger/core/codec.ts';
import { decodeCommit, type Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { headFile } from '#ledger/core/receipt-file.ts';
import type { TypedDataTypes } from '#ledger/core/typed-data.ts';
import { assembleReceipt } from '#ledger/engines/receipt-assembly.ts';
import type { BlockLog } from '#ledger/storage/block-log.ts';
import { readDecision } from './ledger-state.ts';
import type { Network } from './network.ts';

export interface ReceiptSource {
  readonly network: Network;
  readonly crypto: Crypto;
  readonly log: BlockLog;
  readonly methodTypes: Readonly<Record<string, TypedDataTypes>>;
}

/** The receipt of an executed item; undefined when there is none, or while the header that carries its app hash is not decided. */
export function receiptOf(source: ReceiptSource, logIndex: bigint): CborValue | undefined {
  const { network, crypto, log, methodTypes } = source;
  const height = log.heightOfLogIndex(logIndex);
  const stored = height === undefined ? undefined : log.block(height);
  const following = height === undefined ? undefined : log.block(height + 1n);
  if (stored === undefined || following === undefined) return undefined;
  const { record, content } = readDecision(stored, crypto);
  const { content: next, commit } = readDecision(following, crypto);
  const block = {
    ...{ record, commit, network: network.genesisHash, validators: network.validators, trail: [] },
    transactions: content.block.transactions,
    header: next.block.header,
  };
  return assembleReceipt(block, logIndex, methodTypes, crypto);
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
