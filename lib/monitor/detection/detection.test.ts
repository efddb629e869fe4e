import { describe, expect, test } from 'vitest';
import { simulate } from '#lib/monitor/simulation/simulation.ts';
import { arrive, beginArrivals, phi, tailLog10, type Arrivals } from './arrivals.ts';
import { livenessOf, PROBES_FAILED_MIN, type Findings } from './liveness.ts';
import { medianOf, robustScore, unusualOf } from './unusual.ts';

const agreed = { everyMs: 10_000 };

function regular(count = 30): Arrivals {
  const arrivals = beginArrivals(0);
  for (let beat = 1; beat <= count; beat += 1) arrive(arrivals, beat * 10_000);
  return arrivals;
}

describe('the chance of a silence', () => {
  // Abramowitz and Stegun, table 26.1 and 26.2: −log10 of the normal distribution's upper tail.
  test.each([
    [0, 0.30103],
    [-1, 0.07503],
    [1, 0.79954],
    [2, 1.64302],
    [3, 2.8697],
    [5, 6.54265],
    [10, 23.11805],
    [50, 544.96634],
  ])('is as in the tables at z = %d', (z, expected) => {
    expect(tailLog10(z)).toBeCloseTo(expected, 3);
  });

  test('grows with it, and does not depend on what came before the habit’s window', () => {
    const arrivals = regular(500);
    const levels = [300, 301, 305, 310, 315, 320, 330].map((s) => phi(regular(), s * 1_000, agreed));
    expect(levels).toEqual(levels.toSorted((a, b) => a - b));
    expect(phi(arrivals, arrivals.lastMs + 20_000, agreed)).toBeCloseTo(phi(regular(), 320_000, agreed), 6);
  });

  test('an interval in which nobody could be heard is no habit, and what arrives late in order is none either', () => {
    const [without, withGap] = [regular(), regular()];
    arrive(withGap, 1_000_000, true);
    arrive(withGap, 999_000);
    expect(withGap.lastMs).toBe(1_000_000);
    expect(phi(withGap, 1_018_000, agreed)).toBeCloseTo(phi(without, 318_000, agreed), 6);
  });
});

describe('a node', () => {
  const found = (changes: Partial<Findings>): Findings => ({
    arrivals: regular(),
    probesFailed: 0,
    isProbed: true,
    deafUntilMs: 0,
    ...changes,
  });
  const at = (silentMs: number, changes: Partial<Findings> = {}): string =>
    livenessOf(found(changes), 300_000 + silentMs, agreed).status;

  test('is suspected when one heartbeat is missing, and failed only when it does not answer either [6.2.1-a, 8.5.1-f]', () => {
    expect([at(9_000), at(18_500), at(60_000)]).toEqual(['up', 'suspected', 'suspected']);
    expect(at(60_000, { probesFailed: PROBES_FAILED_MIN - 1 })).toBe('suspected');
    expect(at(60_000, { probesFailed: PROBES_FAILED_MIN })).toBe('failed');
    // Probes that fail are nothing while it is heard.
    expect(at(9_000, { probesFailed: 50 })).toBe('up');
  });

  test('that may not be called is never called failed, and silence before somebody could hear does not count', () => {
    expect(at(3_600_000, { isProbed: false, probesFailed: 9 })).toBe('suspected');
    expect(at(3_600_000, { probesFailed: 9, deafUntilMs: 300_000 + 3_595_000 })).toBe('up');
  });

  test('without heartbeats is what its probes say', () => {
    const silent = { arrivals: undefined };
    expect(at(0, silent)).toBe('up');
    expect(at(0, { ...silent, probesFailed: 1 })).toBe('suspected');
    expect(at(0, { ...silent, probesFailed: PROBES_FAILED_MIN })).toBe('failed');
    expect(at(0, { ...silent, isProbed: false, probesFailed: 9 })).toBe('unknown');
  });

  test('of 200, watched for a simulated day with 1 % loss and 2 s jitter, is never given up wrongly, and within 35 s rightly [8.5.1-f, I.2-9]', () => {
    const { falseFailures, suspicions, detectedAfterMs } = simulate({
      seed: 7,
      nodes: 200,
      hours: 24,
      lossShare: 0.01,
      jitterMs: 2_000,
    });
    expect(falseFailures).toBe(0);
    // One in a hundred is missing: a detector that suspects nobody sees nothing.
    expect(suspicions).toBeGreaterThan(10_000);
    expect(Math.max(...detectedAfterMs)).toBeLessThanOrEqual(35_000);
  });
});

describe('what is unusual', () => {
  const calm = Array.from({ length: 60 }, (_, index) => 20 + (index % 5));
  const node = (subject: number, now: number) => ({ subject, now, history: calm });

  test('is measured from the middle, and a wild value among others moves it little', () => {
    expect(medianOf([3, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 2, 3])).toBe(2.5);
    const plain = robustScore(40, calm, 1);
    expect(plain).toBeGreaterThan(8);
    expect(robustScore(40, [...calm, 1e9], 1)).toBeCloseTo(plain ?? 0, 0);
    expect(robustScore(40, calm.slice(0, 5), 1)).toBeNull();
    expect(robustScore(20.2, Array<number>(30).fill(20), 1)).toBeLessThan(1);
  });

  test('in one node is told from what everybody shows [6.2.1-d, 6.2.2-a]', () => {
    const nodes = [1, 2, 3, 4, 5, 6, 7, 8];
    const one = unusualOf(
      nodes.map((id) => node(id, id === 3 ? 200 : 22)),
      5,
      8,
    );
    expect(one.filter(({ score }) => score > 8)).toEqual([{ subject: 3, scope: 'one', score: expect.any(Number) }]);
    const everyone = unusualOf(
      nodes.map((id) => node(id, 200)),
      5,
      8,
    );
    expect(everyone.every(({ scope, score }) => scope === 'everyone' && score > 8)).toBe(true);
  });
});
