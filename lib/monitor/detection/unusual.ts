import 'server-only';

/** With fewer values nothing can be called usual. */
const VALUES_MIN = 20;
const CLASS_MIN = 5;
/** Makes the median of distances comparable with a normal distribution's deviation (Iglewicz and Hoaglin, 1993). */
const SCALE = 1.4826;
const EVERYONE_SHARE = 0.5;

/** Whether `count` nodes of a class of `size` are so many that what they show is nothing of their own. */
export function isEverybodys(count: number, size: number): boolean {
  return size >= CLASS_MIN && count >= size * EVERYONE_SHARE;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * How far `value` lies from the middle of `values`, in robust deviations: one wild value among them moves it little. `floor` is the smallest deviation that
 * means anything, in the values' own unit: of a node that never varies every hair would be unusual. Null when there are too few values.
 */
export function robustScore(
  value: number,
  values: readonly number[],
  floor: number,
  valuesMin = VALUES_MIN,
): number | null {
  if (values.length < valuesMin) return null;
  const middle = medianOf(values);
  const deviation = Math.max(SCALE * medianOf(values.map((each) => Math.abs(each - middle))), floor);
  return (value - middle) / deviation;
}

export interface OwnSeries {
  readonly subject: number;
  /** The last minute's value, and those before it. */
  readonly now: number;
  readonly history: readonly number[];
}

export interface Unusual {
  readonly subject: number;
  /** The smaller of the two scores: unusual for itself and among its class, or, where everyone is unusual, for itself. */
  readonly score: number;
  readonly scope: 'one' | 'everyone';
}

/** Each node's present value against its own past and against its class now: what only one shows is told from what everyone shows. */
export function unusualOf(series: readonly OwnSeries[], floor: number, unusualFrom: number): Unusual[] {
  const own = series.map(({ now, history }) => robustScore(now, history, floor) ?? 0);
  const among = own.filter((score) => score >= unusualFrom).length;
  const isEveryone = isEverybodys(among, series.length);
  const present = series.map(({ now }) => now);
  return series.map(({ subject, now }, index) => {
    const ownScore = own[index] ?? 0;
    if (isEveryone) return { subject, score: ownScore, scope: 'everyone' };
    const classScore = robustScore(now, present, floor, CLASS_MIN) ?? ownScore;
    return { subject, score: Math.min(ownScore, classScore), scope: 'one' };
  });
}
