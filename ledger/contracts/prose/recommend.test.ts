import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  distanceOf,
  recommend,
  RECOMMENDED_MAX,
  type Candidate,
  type Recommendation,
  type Weights,
} from './recommend.ts';

const WEIGHTS: Weights = { quality: 300n, waiting: 200n, history: 200n, distance: 300n };
const place = fc.record({
  latitudeTenths: fc.bigInt({ min: -900n, max: 900n }),
  longitudeTenths: fc.bigInt({ min: -1_800n, max: 1_800n }),
});
const count = (max: bigint) => fc.bigInt({ min: 0n, max });
const candidate: fc.Arbitrary<Candidate> = fc
  .record({
    resource: fc.bigInt({ min: 1n, max: 1_000n }),
    cell: place,
    roundTripMs: fc.bigInt({ min: 1n, max: 600_000n }),
    connections: fc.bigInt({ min: 1n, max: 64n }),
    used: count(64n),
    credit: count(1_000n),
    sessions: count(50n),
    begun: count(50n),
    kept: count(1_000n),
    broken: count(50n),
    evaluations: count(50n),
    score: fc.bigInt({ min: 1n, max: 5n }),
  })
  .map(({ used, begun, kept, broken, score, ...of }) => {
    const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);
    const begunSessions = least(begun, of.sessions);
    return {
      ...of,
      free: of.connections - least(used, of.connections),
      begunSessions,
      keptPerMilleSum: begunSessions * kept,
      disconnects: least(broken, of.sessions),
      scoreSum: of.evaluations * score,
    };
  });
const candidates = fc.uniqueArray(candidate, { selector: ({ resource }) => resource, maxLength: 12 });
const weights = fc.record({
  quality: count(1_000n),
  waiting: count(1_000n),
  history: count(1_000n),
  distance: count(1_000n),
});

const berlin = { latitudeTenths: 525n, longitudeTenths: 134n };

function only(of: Candidate, from = berlin): Recommendation {
  const [first] = recommend([of], { from, weights: WEIGHTS });
  expect(first).toBeDefined();
  return first!;
}

/** The better of two, whichever part it is about, is never below. */
const BETTER: readonly [string, keyof Recommendation['parts'], (of: Candidate) => Candidate][] = [
  ['a shorter round trip', 'quality', (of) => ({ ...of, roundTripMs: (of.roundTripMs + 1n) / 2n })],
  [
    'a session more that was kept whole',
    'quality',
    (of) => ({ ...of, begunSessions: of.begunSessions + 1n, keptPerMilleSum: of.keptPerMilleSum + 1_000n }),
  ],
  ['all connections free', 'waiting', (of) => ({ ...of, free: of.connections })],
  ['more credit', 'history', (of) => ({ ...of, credit: (of.credit + 1_000n) / 2n })],
  ['no disconnects', 'history', (of) => ({ ...of, disconnects: 0n })],
  [
    'an evaluation more, the best',
    'history',
    (of) => ({ ...of, evaluations: of.evaluations + 1n, scoreSum: of.scoreSum + 5n }),
  ],
  ['the same cell', 'distance', (of) => ({ ...of, cell: berlin })],
];

describe('what is recommended to somebody at a place', () => {
  test('is the same in whatever order the candidates come [I.3-4]', () => {
    const shuffled = candidates.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), place, weights),
    );
    fc.assert(
      fc.property(shuffled, ([list, other, from, weigh]) => {
        const found = recommend(list, { from, weights: weigh });
        expect(recommend(other, { from, weights: weigh })).toEqual(found);
        expect(found.length).toBe(Math.min(RECOMMENDED_MAX, list.filter(({ free }) => free > 0n).length));
        for (const [index, { score, parts }] of found.entries()) {
          expect(index === 0 || found[index - 1]!.score >= score).toBe(true);
          for (const part of Object.values(parts)) expect(part >= 0n && part <= 1_000n).toBe(true);
        }
      }),
    );
  });

  test.each(BETTER)('is not below for %s, and only its own part moves [I.3-4]', (_what, part, better) => {
    fc.assert(
      fc.property(candidate, (drawn) => {
        const of = { ...drawn, free: drawn.free === 0n ? 1n : drawn.free };
        const [before, after] = [only(of), only(better(of))];
        expect(after.parts[part] >= before.parts[part]).toBe(true);
        expect(after.score >= before.score).toBe(true);
        expect({ ...after.parts, [part]: 0n }).toEqual({ ...before.parts, [part]: 0n });
      }),
    );
  });

  test('is by the heaviest part: by distance alone the nearest comes first, by quality alone the quickest', () => {
    const of = { connections: 4n, free: 4n, credit: 1_000n, sessions: 0n, begunSessions: 0n, keptPerMilleSum: 0n };
    const none = { disconnects: 0n, evaluations: 0n, scoreSum: 0n };
    const near = { ...of, ...none, resource: 1n, cell: berlin, roundTripMs: 400n };
    const quick = {
      ...of,
      ...none,
      resource: 2n,
      cell: { latitudeTenths: 481n, longitudeTenths: 116n },
      roundTripMs: 5n,
    };
    const by = (weigh: Partial<Weights>) =>
      recommend([near, quick], {
        from: berlin,
        weights: { quality: 0n, waiting: 0n, history: 0n, distance: 0n, ...weigh },
      }).map(({ resource }) => resource);
    expect(by({ distance: 1n })).toEqual([1n, 2n]);
    expect(by({ quality: 1n })).toEqual([2n, 1n]);
    expect(by({})).toEqual([1n, 2n]);
  });
});

describe('the distance of two cells', () => {
  test.each([
    ['Berlin and Munich', berlin, { latitudeTenths: 481n, longitudeTenths: 116n }, 504],
    [
      'Seattle and Portland',
      { latitudeTenths: 476n, longitudeTenths: -1_223n },
      { latitudeTenths: 455n, longitudeTenths: -1_227n },
      236,
    ],
    [
      'two sides of the date line',
      { latitudeTenths: -170n, longitudeTenths: 1_799n },
      { latitudeTenths: -170n, longitudeTenths: -1_799n },
      21,
    ],
  ])('of %s is right to two percent', (_what, one, other, km) => {
    const found = Number(distanceOf(one, other)) / 1_000;
    expect(Math.abs(found - km)).toBeLessThan(Math.max(1, km * 0.02));
  });

  test('is the same both ways, and none to itself', () => {
    fc.assert(
      fc.property(place, place, (one, other) => {
        expect(distanceOf(one, other)).toBe(distanceOf(other, one));
        expect(distanceOf(one, one)).toBe(0n);
      }),
    );
  });

  test('a cell is at least 2 km wide to 79.6° of latitude, and narrower nearer to the poles', () => {
    const width = (latitudeTenths: bigint) =>
      distanceOf({ latitudeTenths, longitudeTenths: 0n }, { latitudeTenths, longitudeTenths: 1n });
    expect(width(0n)).toBe(11_132n);
    for (let tenths = 0n; tenths <= 790n; tenths += 10n) expect(width(tenths) >= 2_000n).toBe(true);
    expect(width(810n) < 2_000n).toBe(true);
  });
});
