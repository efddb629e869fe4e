import type { ExecutionRecord } from './execution.ts';

/** So many executed items are as much work to replay as a block without any. */
const ITEMS_PER_HEIGHT = 4n;
/** What a snapshot of so many records costs is a fiftieth of what executing the items between two of them does. */
const RECORDS_PER_HEIGHT = 32n;

/** Where a chain stands on the way from one snapshot to the next, by what replaying it costs: its heights, and its items beside them. */
function costAt(height: bigint, items: bigint): bigint {
  return height + items / ITEMS_PER_HEIGHT;
}

/** How far apart snapshots of a state are: the larger it is the further, in steps of two, so that the places on the way stay where they are. */
function distanceFor(every: bigint, records: number): bigint {
  let distance = every;
  while (distance * RECORDS_PER_HEIGHT < BigInt(records)) distance *= 2n;
  return distance;
}

export interface SnapshotPace {
  /** Heights between two snapshots of a small state. */
  readonly every: bigint;
  /** This validator among so many. */
  readonly index: number;
  readonly of: number;
}

/**
 * Whether a snapshot is due after a block: after so many heights at most, and the sooner the more the blocks hold, so that a start never has
 * much to replay; of a large state more seldom, so that making them is never much of the work. It follows from the chain alone, so that a
 * restart changes nothing in it. Validators make theirs at other heights by their `index`, so that not all are busy at once.
 */
export function isSnapshotDue(
  { height, record, records }: { readonly height: bigint; readonly record: ExecutionRecord; readonly records: number },
  { every, index, of }: SnapshotPace,
): boolean {
  const distance = distanceFor(every, records);
  const offset = (distance * BigInt(index)) / BigInt(of);
  const before = record.frontier.size;
  const after = before + BigInt(record.due.length + record.transactions.length);
  return (costAt(height, after) + offset) / distance > (costAt(height - 1n, before) + offset) / distance;
}
