import { decodeBlock } from '#ledger/core/block.ts';
import { equal } from '#ledger/core/bytes.ts';
import { trailHeights } from '#ledger/core/validator-schedule.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { listSnapshots, loadSnapshotPart, MANIFEST_PART, readSnapshotPart } from '#ledger/storage/snapshot-store.ts';
import { readDecision } from './ledger-state.ts';
import { encodeOrigin, firstOfPast, type PastBlock } from './origin.ts';
import type { SnapshotOffer } from './peer-message.ts';
import { changeAt, type ReceiptSource } from './receipts.ts';

/** The snapshots of a validator, for one that joins. */
export interface SnapshotSource {
  /** The newest that a stranger can be shown to be decided. */
  offer(): SnapshotOffer | undefined;
  chunk(height: bigint, index: number): Uint8Array | undefined;
}

function pastBlock({ log, origin }: ReceiptSource, height: bigint): PastBlock | undefined {
  const stored = log.block(height);
  if (stored === undefined) return origin?.past.get(height);
  const block = decodeBlock(stored.content);
  return block && { header: block.header, evidence: block.evidence };
}

/** All of a list, or nothing when one of it is missing. */
function every<Item>(items: readonly (Item | undefined)[]): readonly Item[] | undefined {
  return items.includes(undefined) ? undefined : (items as readonly Item[]);
}

/**
 * The origin that shows the state after `height`; undefined when a block of it is not here, or when the next header names another set of
 * validators. Reads the last thousand blocks: some tenths of a second when they are full.
 */
function originAt(source: ReceiptSource, height: bigint): Uint8Array | undefined {
  const following = source.log.block(height + 1n);
  if (following === undefined) return undefined;
  const { content, commit } = readDecision(following, source.crypto);
  const { header } = content.block;
  if (!equal(header.validatorsHash, header.nextValidatorsHash)) return undefined;
  const schedule = source.schedule();
  const trail = every(
    trailHeights(schedule, { fromHeight: 1n, height: header.height }).map((each) => changeAt(source, schedule, each)),
  );
  const first = firstOfPast(header.height);
  const heights = Array.from({ length: Number(height - first) + 1 }, (_, at) => first + BigInt(at));
  const past = every(heights.map((each) => pastBlock(source, each)));
  return trail && past && encodeOrigin({ header, commit, trail, past });
}

export function createSnapshotSource(disk: Disk, folder: string, source: ReceiptSource): SnapshotSource {
  /** Of the height that was last asked for: several may join at once. */
  let made: { readonly height: bigint; readonly origin: Uint8Array } | undefined;
  const originOf = (height: bigint): Uint8Array | undefined => {
    if (made?.height === height) return made.origin;
    const origin = originAt(source, height);
    if (origin !== undefined) made = { height, origin };
    return origin;
  };
  return {
    offer: () => {
      for (const ref of listSnapshots(disk, folder)) {
        const origin = originOf(ref.height);
        const manifest = origin && loadSnapshotPart(disk, ref, MANIFEST_PART);
        if (origin !== undefined && manifest !== undefined) return { manifest, origin };
      }
      return undefined;
    },
    chunk: (height, index) => readSnapshotPart(disk, folder, { height, index }),
  };
}
