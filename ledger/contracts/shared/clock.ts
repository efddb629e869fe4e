/** How far the clock of whoever signed may be ahead of block time: on CometBFT a block has the time of the votes for the one before it (decision 0008). */
export const CLOCK_AHEAD_MS_MAX = 30_000n;

/** A moment that somebody saw, never later than the block; undefined where it is yet to come. Milliseconds since 1970. */
export function pastMoment(toldMs: bigint, nowMs: bigint): bigint | undefined {
  if (toldMs > nowMs + CLOCK_AHEAD_MS_MAX) return undefined;
  return toldMs > nowMs ? nowMs : toldMs;
}
