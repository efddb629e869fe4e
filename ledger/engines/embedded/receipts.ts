import type { CborValue } from '#ledger/core/codec.ts';
import { decodeCommit, type Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { headFile, TRAIL_MAX, type TrailEntry } from '#ledger/core/receipt-file.ts';
import type { TypedDataTypes } from '#ledger/core/typed-data.ts';
import { setAt, trailHeights, type ValidatorSchedule } from '#ledger/core/validator-schedule.ts';
import type { ValidatorSet } from '#ledger/core/validator-set.ts';
import { assembleReceipt } from '#ledger/engines/receipt-assembly.ts';
import type { BlockLog } from '#ledger/storage/block-log.ts';
import { readDecision } from './ledger-state.ts';
import type { Network } from './network.ts';
import type { Origin } from './origin.ts';

export interface ReceiptSource {
  readonly network: Network;
  readonly crypto: Crypto;
  readonly log: BlockLog;
  /** Where the log begins, when it is not genesis. */
  readonly origin: Origin | undefined;
  readonly methodTypes: Readonly<Record<string, TypedDataTypes>>;
  /** That of the newest block. */
  readonly schedule: () => ValidatorSchedule;
  /** Entries of trails by height, as far as they were read: they never change. */
  readonly changes: Map<bigint, TrailEntry>;
}

/** Who decided a header of this height, and how the validators of `fromHeight` lead to them. */
function decidersOf(
  source: ReceiptSource,
  { height, fromHeight }: { readonly height: bigint; readonly fromHeight: bigint },
): { validators: ValidatorSet; trail: readonly TrailEntry[] } {
  const schedule = source.schedule();
  const heights = trailHeights(schedule, { fromHeight, height }).slice(-TRAIL_MAX);
  const trail = heights.flatMap((each) => changeAt(source, schedule, each) ?? []);
  return { validators: setAt(schedule, height).set, trail };
}

/** The change of the validators that the header of this height names; undefined when that header is not here. */
export function changeAt(source: ReceiptSource, schedule: ValidatorSchedule, height: bigint): TrailEntry | undefined {
  const known = source.changes.get(height) ?? source.origin?.trail.find(({ header }) => header.height === height);
  const stored = known === undefined ? source.log.block(height) : undefined;
  if (stored === undefined) return known;
  const { content, commit } = readDecision(stored, source.crypto);
  const entry = { header: content.block.header, commit, validators: setAt(schedule, height + 1n).set };
  source.changes.set(height, entry);
  for (const old of source.changes.keys()) {
    if (source.changes.size <= TRAIL_MAX) break;
    source.changes.delete(old);
  }
  return entry;
}

/** The receipt of an executed item, its trail from the height that the asker trusts; undefined when there is none, or while the header that carries its app hash is not decided. */
export function receiptOf(
  source: ReceiptSource,
  { logIndex, fromHeight }: { readonly logIndex: bigint; readonly fromHeight: bigint },
): CborValue | undefined {
  const { network, crypto, log, methodTypes } = source;
  const height = log.heightOfLogIndex(logIndex);
  const stored = height === undefined ? undefined : log.block(height);
  const following = height === undefined ? undefined : log.block(height + 1n);
  if (height === undefined || stored === undefined || following === undefined) return undefined;
  const { record, content } = readDecision(stored, crypto);
  const { content: next, commit } = readDecision(following, crypto);
  const block = {
    record,
    commit,
    network: network.genesisHash,
    ...decidersOf(source, { height: height + 1n, fromHeight }),
    transactions: content.block.transactions,
    header: next.block.header,
  };
  return assembleReceipt(block, logIndex, methodTypes, crypto);
}

/** The newest decided header with the commit for it, its trail from `fromHeight` on; undefined before the first block. */
export function headOf(source: ReceiptSource, fromHeight: bigint, latest?: Commit): CborValue | undefined {
  const { network, crypto, log } = source;
  const stored = log.block(log.height());
  const commit = latest ?? (stored && decodeCommit(stored.commit));
  if (stored === undefined || commit === undefined) return undefined;
  const { header } = readDecision(stored, crypto).content.block;
  return headFile({
    network: network.genesisHash,
    header,
    commit,
    ...decidersOf(source, { height: header.height, fromHeight }),
  }) as unknown as CborValue;
}
