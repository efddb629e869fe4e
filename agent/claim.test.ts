import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { claimedTime } from '#ledger/contracts/shared/claim.ts';
import { claimDue } from './claim.ts';
import { intervalsOf, type IntervalFacts } from './intervals.ts';
import { claimCommand } from './ledger-terms.ts';
import type { Order } from './order-book.ts';
import type { OrderTerms } from './resources/kind.ts';

const START = 1_000_000;
const END = START + 3_600_000;
const MINUTE = 60_000;
const used = { bytes: 300, calls: 3, rows: 30 };

function order(facts: Partial<Order> = {}): Order {
  const terms = { intervalMs: MINUTE } as Order['terms'];
  const window = { startsAtMs: START, endsAtMs: END };
  return {
    terms,
    links: new Map(),
    issue: 1,
    window,
    reissueRequested: null,
    ended: null,
    claimed: null,
    channel: null,
    isReleased: false,
    isSettled: false,
    isErased: false,
    continuedBy: 0,
    ranges: new Map(),
    isForgotten: false,
    isSession: false,
    ...facts,
  };
}

describe('a claim', () => {
  const ended = { endedAtMs: START + 90_500, settleAtMs: START + 200_000, graceUntilMs: 0, reason: 'done' };
  const whole = { untilMs: START + 90_500, used };
  const less = { ...used, calls: 2 };

  test.each<[string, Partial<Order>, number, ReturnType<typeof claimDue>]>([
    ['not before the window', { window: null }, START, null],
    ['not in the first 10 minutes', {}, START + 9 * MINUTE, null],
    [
      'for whole intervals only, every 10 minutes',
      {},
      START + 10 * MINUTE + 30_007,
      { isLast: false, untilMs: START + 10 * MINUTE },
    ],
    [
      'only to the last interval that ended 30 s ago or earlier',
      {},
      START + 10 * MINUTE + 29_999,
      { isLast: false, untilMs: START + 9 * MINUTE },
    ],
    ['not again at once', { claimed: { untilMs: START + 10 * MINUTE, used } }, START + 11 * MINUTE, null],
    ['not after the window while its end is not proved', {}, END + 1, null],
    ['at the proved end, to the millisecond', { ended }, START + 90_500, { isLast: true, untilMs: START + 90_500 }],
    ['not before the end by the agent’s clock', { ended }, START + 90_499, null],
    [
      'again when more was counted',
      { ended, claimed: { ...whole, used: less } },
      START + 91_000,
      { isLast: true, untilMs: START + 90_500 },
    ],
    [
      'never back behind what was claimed',
      { ended, claimed: { ...whole, untilMs: START + 90_600, used: less } },
      START + 91_000,
      { isLast: true, untilMs: START + 90_600 },
    ],
    ['not when the ledger has it', { ended, claimed: whole }, START + 91_000, null],
    ['not after settlement', { ended }, START + 200_000, null],
    [
      'at most to the end of the window',
      { ended: { ...ended, endedAtMs: END + 400, settleAtMs: END + 9_000 } },
      END + 500,
      { isLast: true, untilMs: END },
    ],
    ['not for a window that never opened', { ended: { ...ended, endedAtMs: START } }, START + 91_000, null],
  ])('is due %s [I.2-6]', (_, facts, nowMs, due) => {
    expect(claimDue(order(facts), { used, nowMs })).toEqual(due);
  });
});

describe('what an agent measured, whatever it was,', () => {
  const kind = {
    ...kinds.data,
    promises: {
      ...kinds.data.promises,
      rateKbit: { unit: 'kbit/s', title: 'Rate', kept: 'atLeast', max: 10_000_000n },
    },
  } as const;
  const promise = [
    { meter: 'firstByteMs', amount: 100 },
    { meter: 'rateKbit', amount: 500 },
  ];
  const INTERVAL_MS = 10;
  const LENGTH_MS = 8_000;
  const terms = { agreement: 1, intervalMs: INTERVAL_MS, promise, degradedPerMille: 300 } as unknown as OrderTerms;

  const measuredWindows = fc.record({
    gapsMs: fc.array(fc.integer({ min: 0, max: LENGTH_MS }), { maxLength: 200, size: 'max' }),
    measured: fc.array(
      fc.record({
        index: fc.integer({ min: 0, max: LENGTH_MS / INTERVAL_MS }),
        firstByteMs: fc.constantFrom(0, 20, 100, 101, 2 ** 40),
        rateKbit: fc.constantFrom(0, 499, 500, 2 ** 40),
      }),
      { minLength: 300, maxLength: 600, size: 'max' },
    ),
    /** Where the order ended: in the middle of an interval more often than not. */
    untilMs: fc.oneof(fc.integer({ min: 1, max: LENGTH_MS }), fc.integer({ min: LENGTH_MS - 100, max: LENGTH_MS })),
    sinceInterval: fc.integer({ min: 0, max: 100 }),
  });

  test('is a claim that the contract takes, over exactly its time [8.1.2-b] [I.2-6]', () => {
    fc.assert(
      fc.property(measuredWindows, ({ gapsMs, measured, untilMs, sinceInterval }) => {
        const edges = [0, ...gapsMs.toSorted((left, right) => left - right), LENGTH_MS];
        const facts: IntervalFacts = {
          spans: edges.slice(1).map((toMs, index) => ({ fromMs: START + (edges[index] ?? 0) + 1, toMs: START + toMs })),
          measured: new Map(measured.map(({ index, ...found }) => [START + index * INTERVAL_MS, found])),
          measuredUntilMs: Number.MAX_SAFE_INTEGER,
          promise,
          promises: kind.promises,
          startsAtMs: START,
          intervalMs: INTERVAL_MS,
        };
        const endMs = START + untilMs;
        const sinceMs = Math.min(START + sinceInterval * INTERVAL_MS, endMs);
        const intervals = intervalsOf(facts, { fromMs: sinceMs, toMs: endMs });
        const { args } = claimCommand({ terms, promises: kind.promises, used: {}, untilMs: endMs, intervals });
        const last = { untilMs: sinceMs === START ? 0n : BigInt(sinceMs) } as Parameters<typeof claimedTime>[1];
        const time = claimedTime(
          { runs: args['runs'] as Uint8Array, untilMs: BigInt(endMs) },
          last,
          {
            kind,
            promise: promise.map(({ meter, amount }) => ({ meter, amount: BigInt(amount) })),
            amounts: [],
            startsAtMs: BigInt(START),
            endsAtMs: BigInt(END),
            endedAtMs: BigInt(endMs),
            intervalMs: BigInt(INTERVAL_MS),
          },
          BigInt(endMs),
        );
        const { kept = -1n, degraded = 0n, down = 0n } = time ?? {};
        expect(kept + degraded + down).toBe(BigInt(endMs - sinceMs));
      }),
      // A smaller case of some hundred measurements takes minutes to find; the seed repeats this one.
      { numRuns: 100, endOnFailure: true },
    );
  });
});
