import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { batchOf } from '#ledger/contracts/testing/batches.ts';
import { firstComeFirstServed, matchBatch } from './batch.ts';
import { groundOf } from './ground.ts';
import { pricesOf } from './prices.ts';
import { isBetter, take, valueOf, type Ask, type Assignment, type MatchingValue, type Room } from './value.ts';

const STEPS = 2_000_000;

/** The best there is, by trying every option of everybody. */
function bestOf(asks: readonly Ask[], rooms: readonly Room[], at = 0): MatchingValue {
  const ask = asks[at];
  if (ask === undefined) return { served: 0, costMicro: 0n };
  let best = bestOf(asks, rooms, at + 1);
  for (const { resource, amounts, costMicro } of ask.options) {
    const left = rooms.map((room) => ({ resource: room.resource, free: [...room.free] }));
    const room = left.find((each) => each.resource === resource);
    if (room === undefined || !take(room.free, amounts)) continue;
    const rest = bestOf(asks, left, at + 1);
    const value = { served: rest.served + 1, costMicro: rest.costMicro + costMicro };
    if (isBetter(value, best)) best = value;
  }
  return best;
}

function worthOf(found: Assignment, asks: readonly Ask[], rooms: readonly Room[]): MatchingValue {
  const value = valueOf(found, asks, rooms);
  expect(value).toBeDefined();
  return value!;
}

function isAsGood(found: MatchingValue, other: MatchingValue): boolean {
  return !isBetter(other, found);
}

/** Amounts from nothing to more than any room, numbers beyond 2⁵³, rooms that nobody knows, meters that a room lacks. */
const anyAmount = fc.oneof(
  fc.bigInt({ min: 0n, max: 6n }),
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 2n ** 62n, 2n ** 62n + 1n, 2n ** 61n),
);
const anyRooms = fc.uniqueArray(
  fc.record({ resource: fc.bigInt({ min: 0n, max: 6n }), free: fc.array(anyAmount, { maxLength: 3 }) }),
  { selector: ({ resource }) => resource, maxLength: 5 },
);
const anyOption = fc.record({
  resource: fc.bigInt({ min: 0n, max: 7n }),
  amounts: fc.array(anyAmount, { maxLength: 3 }),
  costMicro: fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
});
const anyAsks = fc.uniqueArray(
  fc.record({
    id: fc.bigInt({ min: 0n, max: 2n ** 63n }),
    options: fc.uniqueArray(anyOption, { selector: ({ resource }) => resource, maxLength: 6 }),
  }),
  { selector: ({ id }) => id, maxLength: 12 },
);

describe('matching a batch', () => {
  test('serves as many as trying everything does on 95 of 100 tiny batches, and for the same cost on 90 [8.3.2-b]', () => {
    const count = 400;
    let served = 0;
    let cheapest = 0;
    for (let seed = 1; seed <= count; seed += 1) {
      const form = { asks: 4 + (seed % 5), rooms: 1 + (seed % 4), meters: 1 + (seed % 3), optionsMax: 4, amountMax: 8 };
      const { asks, rooms } = batchOf({ ...form, room: [6, 14] }, seed);
      const found = worthOf(matchBatch(asks, rooms, STEPS), asks, rooms);
      const best = bestOf(asks, rooms);
      expect(isBetter(found, best)).toBe(false);
      expect(pricesOf(groundOf(asks, rooms)).servedMax).toBeGreaterThanOrEqual(best.served);
      if (found.served === best.served) served += 1;
      if (isAsGood(found, best)) cheapest += 1;
    }
    expect(served).toBeGreaterThanOrEqual(0.95 * count);
    expect(cheapest).toBeGreaterThanOrEqual(0.9 * count);
  }, 60_000);

  test('takes of no room more than is free, is never worse than first come, first served, and does not depend on order, whatever is asked [8.3.2-b]', () => {
    fc.assert(
      fc.property(anyAsks, anyRooms, fc.integer({ min: 0, max: 5_000 }), (asks, rooms, stepsMax) => {
        const found = matchBatch(asks, rooms, stepsMax);
        expect(isAsGood(worthOf(found, asks, rooms), worthOf(firstComeFirstServed(asks, rooms), asks, rooms))).toBe(
          true,
        );
        const turned = asks.toReversed().map(({ id, options }) => ({ id, options: options.toReversed() }));
        const again = matchBatch(turned, rooms.toReversed(), stepsMax);
        expect(new Map(again)).toEqual(new Map(found));
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test('a batch of some size is the same in any order, and serves many more than first come, first served [8.3.2-b]', () => {
    const form = { asks: 400, rooms: 60, meters: 3, optionsMax: 12, amountMax: 64, room: [16, 64] as const };
    const { asks, rooms } = batchOf(form, 5);
    const found = matchBatch(asks, rooms, STEPS);
    const turned = asks.toReversed().map(({ id, options }) => ({ id, options: options.toReversed() }));
    expect(matchBatch(turned, rooms.toReversed(), STEPS)).toEqual(found);
    const { served } = worthOf(found, asks, rooms);
    const plain = worthOf(firstComeFirstServed(asks, rooms), asks, rooms);
    expect(served * 100).toBeGreaterThan(plain.served * 115);
    expect(served * 100).toBeGreaterThan(pricesOf(groundOf(asks, rooms)).servedMax * 92);
  });

  test('somebody moves aside so that another can be served, and the cheaper of two takes what only one can have [8.3.2-b]', () => {
    const rooms = [1n, 2n].map((resource) => ({ resource, free: [1n] }));
    const option = (resource: bigint, costMicro: bigint): Ask['options'][number] => ({
      resource,
      amounts: [1n],
      costMicro,
    });
    const asks = [
      { id: 1n, options: [option(1n, 1n), option(2n, 5n)] },
      { id: 2n, options: [option(1n, 3n)] },
      { id: 3n, options: [option(1n, 2n)] },
    ];
    expect(firstComeFirstServed(asks, rooms)).toEqual(new Map([[1n, 1n]]));
    expect(matchBatch(asks, rooms, STEPS)).toEqual(
      new Map([
        [1n, 2n],
        [3n, 1n],
      ]),
    );
  });

  test('nobody, nothing free and nothing offered match nothing [8.3.2-b]', () => {
    const ask = { id: 1n, options: [{ resource: 1n, amounts: [1n], costMicro: 1n }] };
    expect(matchBatch([], [], STEPS).size).toBe(0);
    expect(matchBatch([{ id: 1n, options: [] }], [{ resource: 1n, free: [9n] }], STEPS).size).toBe(0);
    expect(matchBatch([ask], [], STEPS).size).toBe(0);
    expect(matchBatch([ask], [{ resource: 1n, free: [0n] }], STEPS).size).toBe(0);
    expect(matchBatch([ask], [{ resource: 1n, free: [-5n] }], STEPS).size).toBe(0);
    expect(matchBatch([ask], [{ resource: 1n, free: [] }], STEPS).size).toBe(0);
  });
});

describe('a batch made to cost time or to break sums', () => {
  const many = 5_000;
  const range = Array.from({ length: many }, (_, at) => BigInt(at + 1));
  const small = [3n, 4n, 5n].map((resource) => ({ resource, free: [2n, 2n, 2n] }));

  test.each([
    {
      what: 'all alike on one room',
      asks: range.map((id) => ({ id, options: [{ resource: 1n, amounts: [2n, 2n, 2n], costMicro: 7n }] })),
      rooms: [{ resource: 1n, free: [2_001n, 2_000n, 9_000n] }],
      served: 1_000,
    },
    {
      what: 'nothing wanted of any meter, also where too much was given away',
      asks: range.map((id) => ({ id, options: [{ resource: 1n, amounts: [0n, 0n, 0n], costMicro: id }] })),
      rooms: [{ resource: 1n, free: [0n, -3n] }],
      served: many,
    },
    {
      what: 'more wanted than any room has',
      asks: range.map((id) => ({
        id,
        options: small.map(({ resource }) => ({ resource, amounts: [1n, 3n], costMicro: 1n })),
      })),
      rooms: small,
      served: 0,
    },
    {
      what: 'thousands of sizes on one room, costs and room near the limit of 63 bits',
      asks: range.map((id) => ({
        id,
        options: [{ resource: 1n, amounts: [id * 2n ** 49n], costMicro: 2n ** 62n + id }],
      })),
      rooms: [{ resource: 1n, free: [2n ** 62n] }],
      // 1 + 2 + … + 127 is 8,128; 2¹³ is 8,192.
      served: 127,
    },
    {
      what: 'twenty options each, all of which the same few rooms',
      asks: range.map((id) => ({
        id,
        options: range
          .slice(0, 20)
          .map((resource) => ({ resource, amounts: [(id * resource) % 13n, 1n], costMicro: id })),
      })),
      rooms: range.slice(0, 20).map((resource) => ({ resource, free: [40n, 30n] })),
      served: 20 * 30,
    },
  ])(
    '$what: every step is counted, and as many are served as can be [8.3.2-b]',
    ({ asks, rooms, served }) => {
      const found = worthOf(matchBatch(asks, rooms, STEPS), asks, rooms);
      expect(found.served).toBe(served);
      expect(isAsGood(found, worthOf(firstComeFirstServed(asks, rooms), asks, rooms))).toBe(true);
    },
    30_000,
  );

  test.each([
    [
      'an ask',
      [
        { id: 1n, options: [] },
        { id: 1n, options: [] },
      ],
      [],
    ],
    [
      'a room',
      [],
      [
        { resource: 1n, free: [] },
        { resource: 1n, free: [] },
      ],
    ],
  ])('%s that stands twice is a defect of who asks', (_, asks, rooms) => {
    expect(() => matchBatch(asks, rooms, STEPS)).toThrow('stands once in a batch');
  });
});

describe('the value of an assignment', () => {
  const asks = [
    {
      id: 1n,
      options: [
        { resource: 7n, amounts: [2n, 1n], costMicro: 10n },
        { resource: 8n, amounts: [2n, 1n], costMicro: 20n },
      ],
    },
    { id: 2n, options: [{ resource: 7n, amounts: [2n, 1n], costMicro: 30n }] },
  ];
  const rooms = [7n, 8n].map((resource) => ({ resource, free: [3n, 3n] }));

  test('is how many are served, and what that costs; more served is better, then less cost [8.3.2-b]', () => {
    expect(
      valueOf(
        new Map([
          [1n, 8n],
          [2n, 7n],
        ]),
        asks,
        rooms,
      ),
    ).toEqual({ served: 2, costMicro: 50n });
    expect(valueOf(new Map(), asks, rooms)).toEqual({ served: 0, costMicro: 0n });
    const value = { served: 2, costMicro: 50n };
    expect(isBetter(value, { served: 1, costMicro: 10n })).toBe(true);
    expect(isBetter(value, { served: 2, costMicro: 51n })).toBe(true);
    expect(isBetter(value, value)).toBe(false);
    expect(isBetter({ served: 1, costMicro: 0n }, value)).toBe(false);
  });

  test.each([
    ['an ask that nobody made', [[3n, 7n]]],
    ['an option that the ask does not have', [[2n, 8n]]],
    ['a resource that is no room', [[1n, 9n]]],
    [
      'a room given to more than it has room for',
      [
        [1n, 7n],
        [2n, 7n],
      ],
    ],
  ] as const)('is none for %s [8.3.2-b]', (_, entries) => {
    expect(valueOf(new Map(entries), asks, rooms)).toBeUndefined();
  });
});
