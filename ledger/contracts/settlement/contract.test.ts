import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { data } from '#ledger/contracts/kinds/data.ts';
import { holdMicroOf, type Price } from '#ledger/contracts/shared/price.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  HOUR_MS,
  amountsOfUse,
  perHour,
  perMegabyte,
  perUse,
  quantities,
  runs,
} from '#ledger/contracts/testing/samples.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  prepareArgs,
} from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { settlementCodes as codes } from './definition.ts';
import { bill } from './bill.ts';
import { readBill, readClaim } from './record.ts';

const MINUTE_MS = 60_000n;
const [STRANGER] = NODES;
/** An hour of 60 one-minute intervals that began five minutes ago. */
const active = () => {
  const ledger = new TestLedger().activate();
  ledger.wait(5n * MINUTE_MS);
  return ledger;
};
/** The same, with a first byte promised within half a second. */
const promising = () => {
  const ledger = new TestLedger().activate({ promise: quantities({ firstByteMs: 500n }), degradedPerMille: 250n });
  ledger.wait(5n * MINUTE_MS);
  return ledger;
};
const startOf = (ledger: TestLedger) =>
  (ledger.state.read({ contract: 5, table: 1 }, 1n) as unknown as { startsAtMs: bigint }).startsAtMs;
const used = (fields: Readonly<Record<string, bigint>> = {}) =>
  quantities({ bytes: 5_000n, calls: 5n, rows: 50n, ...fields });
const claimArgs = (ledger: TestLedger, fields: Args = {}): Args => ({
  agreement: 1n,
  used: used(),
  runs: runs(['kept', 5]),
  untilMs: startOf(ledger) + 5n * MINUTE_MS,
  ...fields,
});
const claim = (fields: Args = {}, by: { who?: bigint; key?: bigint } = {}): Pick<Case, 'when'> => ({
  when: (ledger) =>
    ledger.run(by.who ?? PROVIDER, 'ClaimUsage', claimArgs(ledger, fields), { key: by.key ?? AGENT_KEY }),
});
/** A claim until so many milliseconds after the start. */
const claimUntil = (afterMs: bigint, claimed: Uint8Array): Pick<Case, 'when'> => ({
  when: (ledger) =>
    ledger.run(PROVIDER, 'ClaimUsage', claimArgs(ledger, { untilMs: startOf(ledger) + afterMs, runs: claimed })),
});
const contest = (reason = 'not-served', who: bigint = CUSTOMER): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'ContestClaim', { agreement: 1n, reason }),
});
const claimed = () => {
  const ledger = active();
  ledger.run(PROVIDER, 'ClaimUsage', claimArgs(ledger), { key: AGENT_KEY });
  return ledger;
};
const ended = () => {
  const ledger = claimed();
  ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'done' });
  return ledger;
};
/** Claimed for five minutes and ended half a minute later: half an interval is left to claim. */
const endedMidway = () => {
  const ledger = claimed();
  ledger.wait(30_000n);
  ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'done' });
  return ledger;
};
const NOTHING = new Uint8Array(0);

describe('settlement', () => {
  runCases(codes, [
    { what: 'the agent claims what it served', given: active, ...claim(), then: ['UsageClaimed'] },
    { what: 'the owner may claim himself', given: active, ...claim({}, { key: 0n }), then: ['UsageClaimed'] },
    { what: 'a claim names an agreement', given: active, ...claim({ agreement: 9n }), then: codes.AGREEMENT_UNKNOWN },
    {
      what: 'a stranger claims nothing',
      given: active,
      ...claim({}, { who: STRANGER, key: 0n }),
      then: codes.NOT_THE_PROVIDER,
    },
    {
      what: 'another key of the provider claims nothing',
      given: active,
      ...claim({}, { key: 5n }),
      then: codes.NOT_THE_PROVIDER,
    },
    {
      what: 'before delivery there is nothing to claim',
      given: () => new TestLedger().reserve(),
      when: (ledger) => ledger.run(PROVIDER, 'ClaimUsage', { ...claimArgs(ledger), untilMs: ledger.nowMs }),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'a claim of no more time changes nothing and is allowed',
      given: claimed,
      ...claim({ runs: NOTHING }),
      then: ['UsageClaimed'],
    },
    { what: 'calls never shrink', given: claimed, ...claim({ used: used({ calls: 4n }) }), then: codes.CLAIM_SHRINKS },
    {
      what: 'bytes never shrink',
      given: claimed,
      ...claim({ used: used({ bytes: 4_999n }) }),
      then: codes.CLAIM_SHRINKS,
    },
    {
      what: 'what was counted once is counted from then on',
      given: claimed,
      ...claim({ used: quantities({ bytes: 5_000n, calls: 5n }) }),
      then: codes.CLAIM_SHRINKS,
    },
    { what: 'time never shrinks', given: claimed, ...claim({ untilMs: 1n }), then: codes.CLAIM_SHRINKS },
    {
      what: 'a claimed interval is final: it is not claimed again, as what was or as something else',
      given: claimed,
      ...claim({ runs: runs(['down', 5]) }),
      then: codes.RUNS_INVALID,
    },
    {
      what: 'calls stay within the allowance',
      given: active,
      ...claim({ used: used({ calls: 101n }) }),
      then: codes.CLAIM_EXCEEDS_ALLOWANCE,
    },
    {
      what: 'bytes stay within the allowance',
      given: active,
      ...claim({ used: used({ bytes: 1_000_001n }) }),
      then: codes.CLAIM_EXCEEDS_ALLOWANCE,
    },
    ...(
      [
        ['of a meter that the kind lacks', used({ seats: 1n })],
        ['of a meter that is held, not counted', used({ places: 1n })],
        ['of an inherited name', used({ constructor: 1n })],
        ['of more rows than there can be', used({ rows: (1n << 44n) + 1n })],
        ['of nothing', used({ rows: 0n })],
        ['that stands twice', [...quantities({ bytes: 1n }), ...quantities({ bytes: 2n })]],
        ['in another order than the meters’', used().reverse()],
      ] as const
    ).map(([what, list]): Case => ({
      what: `there is no count ${what}`,
      given: active,
      ...claim({ used: [...list] }),
      then: codes.CLAIM_EXCEEDS_ALLOWANCE,
    })),
    {
      what: 'what nobody asked for is counted up to its own bound',
      given: active,
      ...claim({ used: used({ rows: 1n << 44n }) }),
      then: ['UsageClaimed'],
    },
    {
      what: 'a claim tells states apart',
      given: active,
      ...claimUntil(5n * MINUTE_MS, runs(['kept', 2], ['down', 3])),
      then: ['UsageClaimed'],
    },
    ...(
      [
        ['of more intervals than passed', 5n * MINUTE_MS, runs(['kept', 6])],
        ['of fewer intervals than passed', 5n * MINUTE_MS, runs(['kept', 4])],
        ['whose states overlap', 5n * MINUTE_MS, runs(['kept', 5], ['down', 1])],
        ['of a run without intervals', 5n * MINUTE_MS, Uint8Array.of(...runs(['kept', 5]), 0, 0, 0)],
        ['of an unknown state', 5n * MINUTE_MS, Uint8Array.of(0, 5, 3)],
        ['with a byte behind', 5n * MINUTE_MS, Uint8Array.of(...runs(['kept', 5]), 0)],
        ['with values of nothing that was promised', 5n * MINUTE_MS, runs(['kept', 5, 100])],
        ['of a degraded time where nothing was promised', 5n * MINUTE_MS, runs(['degraded', 5])],
        ['of the future', 6n * MINUTE_MS, runs(['kept', 6])],
        ['of the millisecond to come', 5n * MINUTE_MS + 1n, runs(['kept', 6])],
        ['that stops within an interval that goes on', 4n * MINUTE_MS + 30_000n, runs(['kept', 5])],
        ['until before the start', -MINUTE_MS, NOTHING],
      ] as const
    ).map(([what, afterMs, bytes]): Case => ({
      what: `there is no claim ${what}`,
      given: active,
      ...claimUntil(afterMs, bytes),
      then: codes.RUNS_INVALID,
    })),
    {
      what: 'a claim has at most 256 runs',
      given: () => {
        const ledger = new TestLedger({ intervalMs: 1_000n }).activate();
        ledger.wait(257_000n);
        return ledger;
      },
      ...claimUntil(
        257_000n,
        runs(...Array.from({ length: 257 }, (_, at) => [at % 2 === 0 ? 'kept' : 'down', 1] as const)),
      ),
      then: codes.RUNS_INVALID,
    },
    {
      what: 'a claim tells what was measured of each promise',
      given: promising,
      ...claimUntil(5n * MINUTE_MS, runs(['kept', 2, 500], ['degraded', 2, 501], ['down', 1, 0])),
      then: ['UsageClaimed'],
    },
    ...(
      [
        ['kept against a value above it', runs(['kept', 5, 501])],
        ['degraded though it was kept', runs(['degraded', 5, 500])],
        ['down with a measured value', runs(['down', 5, 1])],
        ['without the values', runs(['kept', 5])],
        ['with one value too many', runs(['kept', 5, 1, 1])],
      ] as const
    ).map(([what, bytes]): Case => ({
      what: `there is no claim that a promise was ${what}`,
      given: promising,
      ...claimUntil(5n * MINUTE_MS, bytes),
      then: codes.RUNS_INVALID,
    })),
    {
      what: 'after an early end the part of the interval that remains is claimed',
      given: endedMidway,
      ...claimUntil(5n * MINUTE_MS + 30_000n, runs(['kept', 1])),
      then: ['UsageClaimed'],
    },
    {
      what: 'nothing is claimed beyond an early end, though its time has passed',
      given: () => {
        const ledger = endedMidway();
        ledger.wait(2_000n);
        return ledger;
      },
      ...claimUntil(5n * MINUTE_MS + 30_001n, runs(['kept', 1])),
      then: codes.RUNS_INVALID,
    },
    {
      what: 'nothing is claimed beyond the window, though its time has passed and its end has not run yet',
      given: () => {
        const ledger = active();
        ledger.lag(HOUR_MS);
        return ledger;
      },
      ...claimUntil(61n * MINUTE_MS, runs(['kept', 61])),
      then: codes.RUNS_INVALID,
    },
    {
      what: 'all of the window is claimed once it has passed',
      given: () => {
        const ledger = active();
        ledger.lag(HOUR_MS);
        return ledger;
      },
      ...claimUntil(60n * MINUTE_MS, runs(['kept', 60])),
      then: ['UsageClaimed'],
    },
    {
      what: 'the part of the last interval is final',
      given: () => {
        const ledger = endedMidway();
        const untilMs = startOf(ledger) + 5n * MINUTE_MS + 30_000n;
        ledger.run(PROVIDER, 'ClaimUsage', claimArgs(ledger, { untilMs, runs: runs(['down', 1]) }));
        return ledger;
      },
      ...claimUntil(5n * MINUTE_MS + 30_000n, runs(['kept', 1])),
      then: codes.RUNS_INVALID,
    },
    {
      what: 'a claim after the end counts while it may be contested',
      given: ended,
      ...claim({ used: used({ calls: 6n }), runs: NOTHING }),
      then: ['UsageClaimed'],
    },
    {
      what: 'a claim after the contest time is too late, also when the bill is late',
      given: () => {
        const ledger = ended();
        ledger.lag(5_000n);
        return ledger;
      },
      ...claim({ runs: NOTHING }),
      then: codes.CLAIM_TOO_LATE,
    },
    {
      what: 'a settled agreement takes no claim',
      given: () => {
        const ledger = ended();
        ledger.wait(5_000n);
        return ledger;
      },
      ...claim({ runs: NOTHING }),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    { what: 'the customer contests', given: claimed, ...contest(), then: ['ClaimContested'] },
    { what: 'nobody else contests', given: claimed, ...contest('not-served', PROVIDER), then: codes.NOT_THE_CUSTOMER },
    {
      what: 'a claim is contested once',
      given: () => {
        const ledger = claimed();
        ledger.run(CUSTOMER, 'ContestClaim', { agreement: 1n, reason: 'not-served' });
        return ledger;
      },
      ...contest(),
      then: codes.ALREADY_CONTESTED,
    },
    { what: 'a contest has a reason from the list', given: claimed, ...contest('mood'), then: codes.REASON_INVALID },
  ]);

  test('the bill charges served time up to the real end, takes the fee and returns the rest [8.2.2-a]', () => {
    const ledger = endedMidway();
    claimUntil(5n * MINUTE_MS + 30_000n, runs(['kept', 1])).when(ledger);
    const settled = ledger.wait(5_000n).at(-1);
    // Five whole minutes and thirty seconds of the sixth, at 60,000 a minute.
    expect(settled).toMatchObject({
      type: 'AgreementSettled',
      keptMs: 330_000n,
      degradedMs: 0n,
      downMs: 0n,
      used: used(),
      holdMicro: 3_600_000n,
      chargeMicro: 330_000n,
      feeMicro: 6_600n,
      refundMicro: 3_270_000n,
      contested: false,
    });
    expect(readBalance(ledger.state, PROVIDER).balanceMicro).toBe(100_323_400n);
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({ balanceMicro: 99_670_000n, heldMicro: 0n, holds: 0n });
    expect(readBalance(ledger.state, 0n).balanceMicro).toBe(1_000_006_600n);
  });

  test('the record keeps three sums, each claim’s event its runs, and the next claim goes on where it ended [8.1.2-b]', () => {
    const ledger = promising();
    const first = runs(['kept', 1, 500], ['degraded', 2, 501]);
    const startsAtMs = startOf(ledger);
    claimUntil(3n * MINUTE_MS, first).when(ledger);
    const second = runs(['down', 1, 0], ['kept', 1, 20]);
    const { events } = claimUntil(5n * MINUTE_MS, second).when(ledger);
    expect(events[0]).toMatchObject({
      fromMs: startsAtMs + 3n * MINUTE_MS,
      untilMs: startsAtMs + 5n * MINUTE_MS,
      runs: second,
      keptMs: 2n * MINUTE_MS,
      degradedMs: 2n * MINUTE_MS,
      downMs: MINUTE_MS,
    });
    expect(readClaim(ledger.state, 1n)).toEqual({
      used: used(),
      untilMs: startsAtMs + 5n * MINUTE_MS,
      contested: '',
      keptMs: 2n * MINUTE_MS,
      degradedMs: 2n * MINUTE_MS,
      downMs: MINUTE_MS,
    });
    ledger.wait(2n * HOUR_MS);
    // Two minutes whole and two at a quarter, at 60,000 a minute; nobody claimed the rest, which was down.
    expect(readBill(ledger.state, 1n)).toMatchObject({ chargeMicro: 150_000n, downMs: 56n * MINUTE_MS });
  });

  test('without a claim everything was down, and down costs nothing', () => {
    const ledger = new TestLedger().activate();
    ledger.wait(2n * HOUR_MS);
    expect(readBill(ledger.state, 1n)).toMatchObject({
      keptMs: 0n,
      degradedMs: 0n,
      downMs: HOUR_MS,
      chargeMicro: 0n,
      refundMicro: 3_600_000n,
    });
  });

  test('a contested claim stands and is marked', () => {
    const ledger = claimed();
    ledger.run(CUSTOMER, 'ContestClaim', { agreement: 1n, reason: 'wrong-usage' });
    ledger.wait(2n * HOUR_MS);
    expect(readBill(ledger.state, 1n)).toMatchObject({
      keptMs: 5n * MINUTE_MS,
      chargeMicro: 300_000n,
      contested: true,
    });
  });

  test.each([
    ['use', [perUse(3_600_000n)], 3_600_000n, 300_000n],
    ['megabyte', [perMegabyte(2_000_000n)], 2_000_000n, 10_000n],
    ['megabyte and hour', [perMegabyte(2_000_000n), perHour(3_600_000n)], 5_600_000n, 310_000n],
    ['nothing', [], 0n, 0n],
  ])('a price per %s charges what was served of it', (_of, prices, holdMicro, chargeMicro) => {
    const ledger = new TestLedger().publish({ prices });
    ledger.run(CUSTOMER, 'Apply', applyArgs({ holdMicro }));
    ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs));
    ledger.wait(5n * MINUTE_MS);
    ledger.run(PROVIDER, 'ClaimUsage', claimArgs(ledger));
    ledger.wait(2n * HOUR_MS);
    expect(readBill(ledger.state, 1n)).toMatchObject({ keptMs: 5n * MINUTE_MS, downMs: 55n * MINUTE_MS, chargeMicro });
  });

  test.each([
    [CUSTOMER, 'done', 3_600_000n],
    [CUSTOMER, 'no-longer-needed', 3_600_000n],
    [PROVIDER, 'used-up', 300_000n],
    [PROVIDER, 'used-up', 300_000n, { calls: 99n, bytes: 999_999n }],
    [PROVIDER, 'used-up', 3_600_000n, { calls: 100n }],
    [PROVIDER, 'used-up', 3_600_000n, { bytes: 1_000_000n }],
    [PROVIDER, 'withdrawn', 300_000n],
    [PROVIDER, 'misuse', 300_000n],
  ] as const)(
    'a price for the whole use, ended after 5 of 60 minutes by account %s with %s, charges %s when %o was claimed',
    (who, reason, chargeMicro, counted: Readonly<Record<string, bigint>> = {}) => {
      const ledger = new TestLedger().activate({ prices: [perUse(3_600_000n)] });
      ledger.wait(5n * MINUTE_MS);
      ledger.run(PROVIDER, 'ClaimUsage', claimArgs(ledger, { used: used(counted) }));
      ledger.run(who, 'EndAgreement', { agreement: 1n, reason });
      ledger.wait(5_000n);
      expect(readBill(ledger.state, 1n)?.chargeMicro).toBe(chargeMicro);
    },
  );

  test('0 ≤ fee ≤ charge ≤ hold, charge + refund = hold, kept + degraded + down = passed, nothing served costs nothing', () => {
    const price = (meter: string, perMs: fc.Arbitrary<bigint>): fc.Arbitrary<Price> =>
      fc.record({
        meter: fc.constant(meter),
        per: fc.bigInt(1n, 1_000_000n),
        perMs,
        amountMicro: fc.bigInt(0n, 10n ** 12n),
      });
    const prices = fc
      .tuple(price('bytes', fc.constant(0n)), price('calls', fc.constant(0n)), price('places', fc.bigInt(0n, HOUR_MS)))
      .chain((all) => fc.subarray(all));
    const terms = fc.record({
      prices,
      durationMs: fc.bigInt(1_000n, 400_000n),
      endedAfterMs: fc.bigInt(0n, 400_000n),
      degradedPerMille: fc.bigInt(0n, 1_000n),
      feePerMille: fc.bigInt(0n, 1_000n),
      whole: fc.constantFrom('agreed' as const, 'passed' as const, 'passed-if-claimed' as const, 'nothing' as const),
      shares: fc.tuple(fc.bigInt(0n, 1_000n), fc.bigInt(0n, 1_000n), fc.bigInt(0n, 1_000n)),
    });
    const use = fc.record({ bytes: fc.bigInt(1n, 1n << 44n), calls: fc.bigInt(1n, 1_000_000_000n) });
    fc.assert(
      fc.property(terms, use, ({ shares, durationMs, endedAfterMs, ...rest }, asked) => {
        const amounts = amountsOfUse(asked);
        const holdMicro = holdMicroOf(rest.prices, { amounts, durationMs });
        const startsAtMs = 1_000n;
        const passedMs = endedAfterMs < durationMs ? endedAfterMs : durationMs;
        const keptMs = (passedMs * shares[0]) / 1_000n;
        const degradedMs = ((passedMs - keptMs) * shares[1]) / 1_000n;
        const counted = quantities({ bytes: (asked.bytes * shares[2]) / 1_000n, calls: asked.calls });
        const made = bill(
          { ...rest, kind: data, amounts, durationMs, holdMicro, startsAtMs, endedAtMs: startsAtMs + passedMs },
          { used: counted, keptMs, degradedMs },
        );
        expect(made.feeMicro >= 0n && made.feeMicro <= made.chargeMicro && made.chargeMicro <= holdMicro).toBe(true);
        expect(made.chargeMicro + made.refundMicro).toBe(holdMicro);
        if (made.keptMs + made.degradedMs === 0n) expect(made.chargeMicro).toBe(0n);
        expect(made.keptMs + made.degradedMs + made.downMs).toBe(passedMs);
        expect(made.downMs >= 0n).toBe(true);
      }),
    );
  });
});
