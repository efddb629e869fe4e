/** A quantity at a moment; null where nobody could measure it. */
export interface Measured {
  readonly atMs: number;
  readonly amount: number | null;
}

interface Known {
  readonly atMs: number;
  readonly amount: number;
}

/** Readings that are further apart than so many steps have nothing between them. */
const GAP_STEPS = 2.5;

function isKnown(reading: Measured): reading is Known {
  return reading.amount !== null;
}

/** The stretches that were measured without a gap, in order of time: between two of them nothing is drawn. Pure. */
export function stretchesOf(readings: readonly Measured[], stepMs: number): Known[][] {
  const stretches: Known[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const reading of readings) {
    if (!isKnown(reading)) continue;
    const isApart = reading.atMs - lastMs > stepMs * GAP_STEPS;
    if (isApart) stretches.push([]);
    stretches.at(-1)?.push(reading);
    lastMs = reading.atMs;
  }
  return stretches;
}

/** The same in at most `countMax` readings: the mean of what was measured in each of as many equal times, null where nothing was. Pure. */
export function coarser(
  readings: readonly Measured[],
  { fromMs, untilMs, countMax }: { readonly fromMs: number; readonly untilMs: number; readonly countMax: number },
): Measured[] {
  const stepMs = Math.max(1, (untilMs - fromMs) / countMax);
  const sums = Array.from({ length: countMax }, () => ({ sum: 0, count: 0 }));
  for (const { atMs, amount } of readings) {
    const slot = sums[Math.min(countMax - 1, Math.floor((atMs - fromMs) / stepMs))];
    if (amount === null || slot === undefined) continue;
    slot.sum += amount;
    slot.count += 1;
  }
  return sums.map(({ sum, count }, index) => ({
    atMs: Math.round(fromMs + index * stepMs),
    amount: count === 0 ? null : sum / count,
  }));
}

/** Least and greatest of what was measured; undefined where nothing was. Pure. */
export function boundsOf(readings: readonly Measured[]): { least: number; greatest: number } | undefined {
  const known = readings.filter(isKnown).map(({ amount }) => amount);
  if (known.length === 0) return undefined;
  return {
    least: known.reduce((least, amount) => Math.min(least, amount)),
    greatest: known.reduce((greatest, amount) => Math.max(greatest, amount)),
  };
}
