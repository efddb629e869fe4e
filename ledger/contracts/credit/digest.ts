import { assert } from '#ledger/core/assert.ts';
import { readU64, u64 } from '#ledger/core/bytes.ts';
import { quotient } from '#ledger/core/integer.ts';
import { ENTRIES_MAX } from './definition.ts';

/** What a maintainer measured of one node in an epoch. Shares are per mille. */
export interface Measured {
  readonly node: bigint;
  readonly online: number;
  readonly activity: number;
  readonly probesFailed: number;
}

/** node u64 ‖ online u16 ‖ activity u32 ‖ failed probes u16, big-endian. */
const ENTRY_BYTES = 16;
const SHARE_MAX = 1_000;
/** Evaluation packs an epoch and a node into one number of 64 bits. */
export const DIGEST_NODE_MAX = (1n << 32n) - 1n;

/** Entries in order of the node; undefined when they are not 1 to 256 of them, ascending, within bounds. */
export function unpackEntries(bytes: Uint8Array): readonly Measured[] | undefined {
  const count = Number(quotient(BigInt(bytes.length), BigInt(ENTRY_BYTES)));
  if (count * ENTRY_BYTES !== bytes.length || count < 1 || count > ENTRIES_MAX) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = Array.from({ length: count }, (_, index) => {
    const at = index * ENTRY_BYTES;
    const [online, activity, probesFailed] = [view.getUint16(at + 8), view.getUint32(at + 10), view.getUint16(at + 14)];
    return { node: readU64(bytes, at), online, activity, probesFailed };
  });
  const isSound = entries.every(({ node, online, probesFailed }, index) => {
    const isNext = index === 0 || entries[index - 1]!.node < node;
    return isNext && node <= DIGEST_NODE_MAX && online <= SHARE_MAX && probesFailed <= SHARE_MAX;
  });
  return isSound ? entries : undefined;
}

/** The other way, for whoever records: entries in order of the node. */
export function packEntries(entries: readonly Measured[]): Uint8Array {
  assert(entries.length <= ENTRIES_MAX, `a digest holds at most ${ENTRIES_MAX} nodes`);
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  entries.forEach(({ node, online, activity, probesFailed }, index) => {
    const at = index * ENTRY_BYTES;
    bytes.set(u64(node), at);
    view.setUint16(at + 8, online);
    view.setUint32(at + 10, activity);
    view.setUint16(at + 14, probesFailed);
  });
  return bytes;
}

/** The median of what several measured; of an even number the lower of the two. Field by field. */
export function medianOf(measured: readonly Measured[]): Measured {
  assert(measured.length > 0, 'somebody measured it');
  const middle = (field: 'online' | 'activity' | 'probesFailed'): number =>
    measured.map((one) => one[field]).toSorted((one, other) => one - other)[(measured.length - 1) >> 1]!;
  const { node } = measured[0]!;
  return { node, online: middle('online'), activity: middle('activity'), probesFailed: middle('probesFailed') };
}
