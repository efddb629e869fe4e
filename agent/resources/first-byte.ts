import type { AnsweredCall, Span } from '#agent/resources/kind.ts';

/** Longer waits are told as this: no answer may take as long, and a count of every millisecond stays bounded. */
const WAIT_MS_MAX = 60_000;
const PER_CENT = 95;

/** Moments kept of one order between two measurements; calls beyond them are counted with the last one. */
const MOMENTS_MAX = 100_000;

interface Moment {
  readonly atMs: number;
  /** How many calls waited how many milliseconds. */
  readonly waits: Map<number, number>;
}

/** How long calls waited for their first byte, by order, until an interval is measured. */
export class FirstByteTimes {
  /** In the order of time. */
  readonly #moments = new Map<number, Moment[]>();

  add(agreement: number, { atMs, firstByteMs }: AnsweredCall): void {
    const moments = this.#moments.get(agreement) ?? [];
    this.#moments.set(agreement, moments);
    let last = moments.at(-1);
    if (last === undefined || (last.atMs !== atMs && moments.length < MOMENTS_MAX)) {
      last = { atMs, waits: new Map() };
      moments.push(last);
    }
    const wait = Math.min(Math.max(Math.round(firstByteMs), 0), WAIT_MS_MAX);
    last.waits.set(wait, (last.waits.get(wait) ?? 0) + 1);
  }

  /** The wait that 95 of 100 calls of the interval did not exceed (nearest rank), 0 without calls. Forgets calls before the interval's end. */
  takePercentile(agreement: number, { fromMs, toMs }: Span): number {
    const moments = this.#moments.get(agreement) ?? [];
    const counts = new Map<number, number>();
    for (const { atMs, waits } of moments) {
      if (atMs < fromMs || atMs >= toMs) continue;
      for (const [wait, calls] of waits) counts.set(wait, (counts.get(wait) ?? 0) + calls);
    }
    const left = moments.filter(({ atMs }) => atMs >= toMs);
    if (left.length === 0) this.#moments.delete(agreement);
    else this.#moments.set(agreement, left);
    return percentileOf(counts);
  }

  forget(agreement: number): void {
    this.#moments.delete(agreement);
  }
}

function percentileOf(counts: ReadonlyMap<number, number>): number {
  const total = [...counts.values()].reduce((sum, calls) => sum + calls, 0);
  const rank = Math.ceil((total * PER_CENT) / 100);
  let seen = 0;
  for (const [wait, calls] of [...counts].sort(([left], [right]) => left - right)) {
    seen += calls;
    if (seen >= rank) return wait;
  }
  return 0;
}
