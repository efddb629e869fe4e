import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { data } from '#ledger/contracts/kinds/data.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { bill, billInChannel } from '#ledger/contracts/settlement/bill.ts';
import { holdMicroOf, type Price } from '#ledger/contracts/shared/price.ts';
import { encodeRuns, intervalsOf, timeOfRuns, type Run } from '#ledger/contracts/shared/runs.ts';
import { toBill, type BillFacts } from './bill.ts';

const HOUR_MS = 3_600_000n;
const INTERVAL_MS = 60_000n;
const STARTS_AT_MS = 1_000_000n;
const promise = [{ meter: 'firstByteMs', amount: 500n }];

interface Use {
  prices: readonly Price[];
  runs: readonly Run[];
  /** Where the runs are cut into claims: intervals of the first claim. */
  usedBytes: bigint;
  degradedPerMille: bigint;
  durationMs: bigint;
  endedMs: bigint;
  whole: 'agreed' | 'passed';
}

/** Runs of the claims that an agent makes after `intervals` of the window's intervals, and of the rest. */
function claimsOf(runs: readonly Run[], endMs: bigint): BillFacts['claims'] {
  let fromMs = STARTS_AT_MS;
  return runs.map((run) => {
    const untilMs = fromMs + BigInt(run.count) * INTERVAL_MS;
    const claim = { runs: toHex(encodeRuns([run])), fromMs, untilMs: untilMs < endMs ? untilMs : endMs };
    fromMs = claim.untilMs;
    return claim;
  });
}

/** A settled order as the contract itself would have settled it, its claims one a run. */
function settled(use: Use): BillFacts {
  const { prices, runs, degradedPerMille, durationMs, endedMs, whole } = use;
  const amounts = [
    { meter: 'bytes', amount: 5_000_000n },
    { meter: 'calls', amount: 50n },
    { meter: 'places', amount: 1n },
  ];
  const used = [
    ...(use.usedBytes === 0n ? [] : [{ meter: 'bytes', amount: use.usedBytes }]),
    { meter: 'calls', amount: 7n },
  ];
  const endedAtMs = STARTS_AT_MS + endedMs;
  const counted = runs.reduce((sum, { count }) => sum + BigInt(count), 0n);
  const reachedMs = STARTS_AT_MS + counted * INTERVAL_MS;
  const untilMs = reachedMs < endedAtMs ? reachedMs : endedAtMs;
  const time = timeOfRuns(runs, { fromMs: STARTS_AT_MS, untilMs, intervalMs: INTERVAL_MS });
  if (time === undefined) throw new Error('the runs are the intervals of what was claimed');
  const holdMicro = holdMicroOf(prices, { amounts, durationMs });
  const terms = { kind: data, prices, degradedPerMille, amounts, durationMs, whole, holdMicro, feePerMille: 10n };
  const settledAs = bill(
    { ...terms, startsAtMs: STARTS_AT_MS, endedAtMs },
    { used, keptMs: time.kept, degradedMs: time.degraded },
  );
  return {
    ...settledAs,
    kind: 'data',
    prices,
    promise,
    degradedPerMille,
    intervalMs: INTERVAL_MS,
    amounts,
    used,
    holdMicro,
    durationMs,
    channel: null,
    claims: claimsOf(runs, endedAtMs),
    startsAtMs: STARTS_AT_MS,
    untilMs: endedAtMs,
    contested: false,
    tx: null,
    settledAtMs: endedAtMs,
  };
}

const kept = (count: number): Run => ({ count, state: 'kept', measured: [120] });
const degraded = (count: number): Run => ({ count, state: 'degraded', measured: [900] });
const down = (count: number): Run => ({ count, state: 'down', measured: [0] });
const perHour: Price = { meter: 'places', per: 1n, perMs: HOUR_MS, amountMicro: 6_000_000n };
const perUse: Price = { meter: 'places', per: 1n, perMs: 0n, amountMicro: 5n };
const perMegabyte: Price = { meter: 'bytes', per: 1_000_000n, perMs: 0n, amountMicro: 1_000n };

const plain = { usedBytes: 2_500_000n, degradedPerMille: 400n, durationMs: HOUR_MS, endedMs: HOUR_MS };
const cases: [string, Use, { charge: string; runs: string[] }][] = [
  [
    'an hour, kept throughout',
    { ...plain, prices: [perHour], runs: [kept(60)], whole: 'agreed' },
    { charge: '6000000', runs: ['kept 6000000'] },
  ],
  [
    'kept, degraded and down, and a rest that nobody claimed',
    { ...plain, prices: [perHour], runs: [kept(20), degraded(10), down(5), kept(5), down(5)], whole: 'agreed' },
    {
      charge: '2900000',
      runs: ['kept 2000000', 'degraded 400000', 'down 0', 'kept 500000', 'down 0'],
    },
  ],
  [
    'a price that does not divide: the remainder goes where the sum first reaches it',
    { ...plain, prices: [perUse], runs: [kept(20), degraded(20), kept(20)], whole: 'agreed' },
    { charge: '4', runs: ['kept 1', 'degraded 1', 'kept 2'] },
  ],
  [
    'ended early in the middle of an interval',
    { ...plain, prices: [perHour], runs: [kept(16)], endedMs: 930_000n, whole: 'passed' },
    { charge: '1550000', runs: ['kept 1550000'] },
  ],
  [
    'time and amount together, neighbours of one state in two claims',
    { ...plain, prices: [perMegabyte, perHour], runs: [kept(30), kept(30)], whole: 'agreed' },
    { charge: '6002500', runs: ['kept 6002500'] },
  ],
  [
    'never kept: what is used of it costs nothing',
    { ...plain, prices: [perMegabyte], runs: [down(60)], whole: 'agreed' },
    { charge: '0', runs: ['down 0'] },
  ],
  ['free of charge', { ...plain, prices: [], runs: [kept(60)], whole: 'agreed' }, { charge: '0', runs: ['kept 0'] }],
];

const sum = (amounts: readonly { amountMicro?: string; chargeMicro?: string }[]): bigint =>
  amounts.reduce((total, { amountMicro, chargeMicro }) => total + BigInt(amountMicro ?? chargeMicro ?? 0), 0n);

/** The same order with a channel: both agreed on the first `intervals`, all of them kept, for `amountMicro`. */
function settledInChannel(of: { claimed: number; intervals: number; amountMicro?: bigint }): BillFacts {
  const { claimed, intervals } = of;
  const facts = settled({ ...plain, prices: [perHour], runs: [kept(claimed)], whole: 'agreed' });
  const keptMs = BigInt(intervals) * INTERVAL_MS;
  const untilMs = intervals === 0 ? 0n : STARTS_AT_MS + keptMs;
  const amountMicro = of.amountMicro ?? BigInt(intervals) * 100_000n;
  const used = [{ meter: 'calls', amount: intervals === 0 ? 0n : 7n }].filter(({ amount }) => amount > 0n);
  const terms = { ...facts, kind: data, whole: 'agreed', feePerMille: 10n, endedAtMs: facts.untilMs } as const;
  const claim = { used: facts.used, keptMs: facts.keptMs, degradedMs: 0n, untilMs: facts.claims[0]!.untilMs };
  const billed = billInChannel(terms, claim, { amountMicro, untilMs, used, keptMs, degradedMs: 0n });
  const { agreedMicro, chargeMicro } = billed;
  const voucher = intervals === 0 ? null : { runs: toHex(encodeRuns([kept(intervals)])), untilMs, amountMicro, used };
  const channel = { agreedMicro, claimedMicro: chargeMicro - agreedMicro, voucher };
  return { ...facts, ...billed, channel };
}

describe('bills of orders with a payment channel', () => {
  test.each([
    ['all of it agreed on', { claimed: 60, intervals: 60 }, ['kept 6000000 agreed'], '0'],
    [
      'agreed on in part, then two intervals',
      { claimed: 60, intervals: 20 },
      ['kept 2000000 agreed', 'kept 200000', 'down 0'],
      '200000',
    ],
    ['nothing agreed on', { claimed: 60, intervals: 0 }, ['kept 200000', 'down 0'], '200000'],
    ['nothing claimed beyond', { claimed: 20, intervals: 20 }, ['kept 2000000 agreed', 'down 0'], '0'],
    [
      'a voucher below the price',
      { claimed: 60, intervals: 60, amountMicro: 5_000_000n },
      ['kept 5000000 agreed'],
      '0',
    ],
  ])('%s: each run says on what it stands, and nothing is unexplained [8.1.2-a]', (_what, of, runs, claimedMicro) => {
    const shown = toBill(settledInChannel(of));
    const said = shown.runs.map((run) => `${run.state} ${run.chargeMicro}${run.isAgreed ? ' agreed' : ''}`);
    expect([said, shown.channel?.claimedMicro, shown.unexplainedMicro]).toEqual([runs, claimedMicro, '0']);
  });
});

describe('bills', () => {
  test.each(cases)('%s: lines and runs add up to the contract’s charge [8.1.2-b]', (_what, use, expected) => {
    const shown = toBill(settled(use));
    expect(shown.chargeMicro).toBe(expected.charge);
    expect(shown.runs.map(({ state, chargeMicro }) => `${state} ${chargeMicro}`)).toEqual(expected.runs);
    expect([sum(shown.lines), sum(shown.runs)].map(String)).toEqual([expected.charge, expected.charge]);
    expect(shown.unexplainedMicro).toBe('0');
  });

  test('each run says what was promised, what was measured and what part of the price it costs [8.1.2-b]', () => {
    const use = { ...plain, prices: [perHour], runs: [kept(20), degraded(10), down(30)], whole: 'agreed' } as const;
    const shown = toBill(settled(use));
    expect(shown.promise).toEqual([{ meter: 'firstByteMs', amount: 500 }]);
    expect(shown.runs.map(({ measured, factorPerMille }) => ({ measured, factorPerMille }))).toEqual([
      { measured: [{ meter: 'firstByteMs', amount: 120 }], factorPerMille: 1_000 },
      { measured: [{ meter: 'firstByteMs', amount: 900 }], factorPerMille: 400 },
      { measured: [], factorPerMille: 0 },
    ]);
  });

  test('an order that was never delivered has no runs and costs nothing', () => {
    const facts = settled({ ...plain, prices: [perHour], runs: [], whole: 'agreed' });
    const shown = toBill({ ...facts, startsAtMs: 0n, claims: [] });
    expect([shown.runs, shown.chargeMicro, shown.unexplainedMicro]).toEqual([[], '0', '0']);
  });

  test('a charge that the rows do not bear out shows as unexplained', () => {
    const facts = settled({ ...plain, prices: [perHour], runs: [kept(60)], whole: 'agreed' });
    const short = { ...facts, chargeMicro: facts.chargeMicro - 1n, refundMicro: facts.refundMicro + 1n };
    expect(toBill(short).unexplainedMicro).toBe('1');
    expect(toBill({ ...facts, refundMicro: facts.refundMicro + 3n }).unexplainedMicro).toBe('3');
    // Claims that say less than the ledger charged for.
    expect(toBill({ ...facts, claims: facts.claims.slice(0, 0) }).unexplainedMicro).not.toBe('0');
  });
});

const run = fc.record({
  count: fc.integer({ min: 1, max: 20 }),
  state: fc.constantFrom('kept', 'degraded', 'down'),
  measured: fc.integer({ min: 1, max: 500 }),
});
const priceOf = (meter: string, isTimed: boolean): fc.Arbitrary<Price> =>
  fc.record({
    meter: fc.constant(meter),
    per: fc.bigInt({ min: 1n, max: 1_000_000n }),
    perMs: isTimed ? fc.bigInt({ min: 0n, max: 2n * HOUR_MS }) : fc.constant(0n),
    amountMicro: fc.bigInt({ min: 0n, max: 1_000_000_000_000n }),
  });
const use = fc
  .record({
    prices: fc
      .tuple(fc.option(priceOf('bytes', false)), fc.option(priceOf('calls', false)), fc.option(priceOf('places', true)))
      .map((lines) => lines.filter((line) => line !== null)),
    runs: fc.array(run, { maxLength: 12 }).map((runs) =>
      runs.map(({ count, state, measured }): Run => {
        const value = { kept: measured, degraded: 500 + measured, down: 0 }[state];
        return { count, state, measured: [value] };
      }),
    ),
    usedBytes: fc.bigInt({ min: 0n, max: 5_000_000n }),
    degradedPerMille: fc.bigInt({ min: 0n, max: 1_000n }),
    passedMs: fc.bigInt({ min: 1n, max: 12n * 20n * INTERVAL_MS }),
    whole: fc.constantFrom('agreed', 'passed'),
  })
  .map(({ runs, passedMs, ...rest }): Use => {
    // What was claimed never reaches beyond the end: the claim of the last interval is cut there.
    const counted = runs.reduce((total, { count }) => total + BigInt(count), 0n);
    const leastMs = counted === 0n ? 1n : (counted - 1n) * INTERVAL_MS + 1n;
    const endedMs = passedMs < leastMs ? leastMs : passedMs;
    return { ...rest, runs, endedMs, durationMs: intervalsOf(endedMs, INTERVAL_MS) * INTERVAL_MS };
  });

test('every bill = the sum of its lines = the sum of its runs, and none of its time is left out [8.1.2-b]', () => {
  fc.assert(
    fc.property(use, (of) => {
      const facts = settled(of);
      const shown = toBill(facts);
      expect(shown.unexplainedMicro).toBe('0');
      expect([sum(shown.lines), sum(shown.runs)]).toEqual([facts.chargeMicro, facts.chargeMicro]);
      expect(shown.runs.every(({ chargeMicro }) => BigInt(chargeMicro) >= 0n)).toBe(true);
      expect(shown.runs[0]?.startMs).toBe(Number(facts.startsAtMs));
      expect(shown.runs.at(-1)?.endMs).toBe(Number(facts.untilMs));
      const edges = shown.runs.slice(1).map(({ startMs }, index) => startMs === shown.runs[index]!.endMs);
      expect(edges.every(Boolean)).toBe(true);
    }),
  );
});
