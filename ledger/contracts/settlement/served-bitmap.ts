import { quotient } from '#ledger/core/integer.ts';

/** Bit i stands in byte i/8, least significant first. Bits beyond the end are 0. */
export function hasBit(bitmap: Uint8Array, index: number): boolean {
  return (((bitmap[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

/** True when every bit of `less` is set in `more`. */
export function includesBits(more: Uint8Array, less: Uint8Array): boolean {
  return less.every((byte, index) => (byte & ~(more[index] ?? 0)) === 0);
}

/** Metering intervals from start to end, the last one counted whole; 0 for a window that never began. */
export function intervalsBetween(window: { startsAtMs: bigint; untilMs: bigint; intervalMs: bigint }): number {
  const { startsAtMs, untilMs, intervalMs } = window;
  if (startsAtMs === 0n || untilMs <= startsAtMs) return 0;
  return Number(quotient(untilMs - startsAtMs + intervalMs - 1n, intervalMs));
}

/** A claim's bitmap: no longer than the window needs, and no interval marked that begins at or after the claim's end. */
export function fitsWindow(
  bitmap: Uint8Array,
  window: { startsAtMs: bigint; endsAtMs: bigint; intervalMs: bigint; untilMs: bigint },
): boolean {
  const { startsAtMs, endsAtMs, intervalMs, untilMs } = window;
  const intervals = intervalsBetween({ startsAtMs, untilMs: endsAtMs, intervalMs });
  const claimed = intervalsBetween({ startsAtMs, untilMs: untilMs < endsAtMs ? untilMs : endsAtMs, intervalMs });
  if (bitmap.length > (intervals + 7) >> 3) return false;
  for (let index = claimed; index < bitmap.length * 8; index++) if (hasBit(bitmap, index)) return false;
  return true;
}

/** The first `count` bits, and how many of them are set. */
export function firstBits(bitmap: Uint8Array, count: number): { bits: Uint8Array; set: number } {
  const bits = new Uint8Array((count + 7) >> 3);
  let set = 0;
  for (let index = 0; index < count; index++) {
    if (!hasBit(bitmap, index)) continue;
    bits[index >> 3]! |= 1 << (index & 7);
    set += 1;
  }
  return { bits, set };
}
