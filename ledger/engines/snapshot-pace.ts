import type { ExecutionRecord } from './execution.ts';

/** So many executed items are as much work to replay as a block without any. */
const ITEMS_PER_HEIGHT = 4n;

/** Where a chain stands on the way from one snapshot to the next, by what replaying it costs: its heights, and its items beside them. */
function costAt(height: bigint, items: bigint): bigint {
  return height + items / ITEMS_PER_HEIGHT;
}

/**
 * Whether a snapshot is due after a block: after so many heights at most, and the sooner the more the blocks hold, so that a start never
 * has much to replay. It follows from the chain alone, so that a restart changes nothing in it.
 */
export function isSnapshotDue(
  { height, record }: { readonly height: bigint; readonly record: ExecutionRecord },
  { every, offset }: { readonly every: bigint; readonly offset: bigint },
): boolean {
  const before = record.frontier.size;
  const after = before + BigInt(record.due.length + record.transactions.length);
  return (costAt(height, after) + offset) / every > (costAt(height - 1n, before) + offset) / every;
}
