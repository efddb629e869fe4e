import 'server-only';

/** Arrivals that a node's own habit is read from: the last twenty minutes at one in ten seconds. */
const INTERVALS_MAX = 120;
/** Until so many have come, the habit is what was agreed. */
const INTERVALS_MIN = 5;

/** What the network agreed on: how often a node is to be heard. */
export interface Agreed {
  readonly everyMs: number;
}

/** A node's habit of being heard, without its arrivals' times: a ring of intervals with their sums. */
export interface Arrivals {
  lastMs: number;
  readonly ring: number[];
  at: number;
  sum: number;
  squares: number;
}

/** Begins with a node that is taken to have been heard at `atMs`. */
export function beginArrivals(atMs: number): Arrivals {
  return { lastMs: atMs, ring: [], at: 0, sum: 0, squares: 0 };
}

/** One more arrival. What comes late is no interval: order is that of taking in. `isGap`: nobody could be heard meanwhile. */
export function arrive(arrivals: Arrivals, atMs: number, isGap = false): void {
  const interval = atMs - arrivals.lastMs;
  if (interval <= 0) return;
  arrivals.lastMs = atMs;
  if (isGap) return;
  const replaced = arrivals.ring.length < INTERVALS_MAX ? 0 : (arrivals.ring[arrivals.at] ?? 0);
  arrivals.ring[arrivals.at] = interval;
  arrivals.at = (arrivals.at + 1) % INTERVALS_MAX;
  arrivals.sum += interval - replaced;
  arrivals.squares += interval * interval - replaced * replaced;
}

/** -log10 of the share of a normal distribution beyond z: the tail itself would be 0 from z = 38 on. */
export function tailLog10(z: number): number {
  if (z < 2) {
    // Abramowitz and Stegun, 26.2.17: the error is below 7.5e-8, and below 2 the tail is above 0.02.
    const t = 1 / (1 + 0.231_641_9 * Math.abs(z));
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const series =
      t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    const tail = density * series;
    return -Math.log10(z < 0 ? 1 - tail : tail);
  }
  // Abramowitz and Stegun, 26.2.14: the continued fraction of Mills' ratio, from its end.
  let fraction = z;
  for (let k = 40; k >= 1; k -= 1) fraction = z + k / fraction;
  return (z * z) / 2 / Math.LN10 + Math.log10(Math.sqrt(2 * Math.PI)) + Math.log10(fraction);
}

/**
 * How surprising it is that nothing has come since the last arrival (Hayashibara and others, The φ accrual failure detector, 2004): −log10
 * of the chance that a node with this habit is still to be heard. The habit is bounded on both sides, so that neither a node that was never late nor
 * one that was late for hours moves the time at which it is given up by more than some seconds.
 */
export function phi(arrivals: Arrivals, nowMs: number, { everyMs }: Agreed): number {
  const count = arrivals.ring.length;
  const isKnown = count >= INTERVALS_MIN;
  const own = isKnown ? arrivals.sum / count : everyMs;
  const mean = Math.min(Math.max(own, everyMs), everyMs * 1.2);
  const variance = isKnown ? Math.max(0, arrivals.squares / count - own * own) : 0;
  const deviation = Math.min(Math.max(Math.sqrt(variance), everyMs * 0.2), everyMs * 0.22);
  return tailLog10((nowMs - arrivals.lastMs - mean) / deviation);
}
