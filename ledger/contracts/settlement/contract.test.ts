import { settlementCodes as codes } from './definition.ts';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { Args } from '#ledger/core/typed-data.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  HOUR_MS,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  prepareArgs,
} from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import { bill } from './bill.ts';
import { readBill } from './record.ts';

const MINUTE_MS = 60_000n;
const [STRANGER] = NODES;
/** An hour of 60 one-minute intervals that began five minutes ago. */
const active = () => {
  const ledger = new TestLedger().activate();
  ledger.wait(5n * MINUTE_MS);
  return ledger;
};
const startOf = (ledger: TestLedger) =>
  (ledger.state.read({ contract: 5, table: 1 }, 1n) as unknown as { startsAtMs: bigint }).startsAtMs;
const claimArgs = (ledger: TestLedger, fields: Args = {}): Args => ({
  ...{ agreement: 1n, calls: 5n, rows: 50n, bytes: 5_000n, served: Uint8Array.of(0b11111) },
  ...{ untilMs: startOf(ledger) + 5n * MINUTE_MS, ...fields },
});
const claim = (fields: Args = {}, by: { who?: bigint; key?: bigint } = {}): Pick<Case, 'when'> => ({
  when: (ledger) =>
    ledger.run(by.who ?? PROVIDER, 'ClaimUsage', claimArgs(ledger, fields), { key: by.key ?? AGENT_KEY }),
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
    { what: 'the same claim again changes nothing and is allowed', given: claimed, ...claim(), then: ['UsageClaimed'] },
    { what: 'calls never shrink', given: claimed, ...claim({ calls: 4n }), then: codes.CLAIM_SHRINKS },
    { what: 'bytes never shrink', given: claimed, ...claim({ bytes: 4_999n }), then: codes.CLAIM_SHRINKS },
    { what: 'time never shrinks', given: claimed, ...claim({ untilMs: 1n }), then: codes.CLAIM_SHRINKS },
    {
      what: 'a served interval stays served',
      given: claimed,
      ...claim({ served: Uint8Array.of(0b01111) }),
      then: codes.CLAIM_SHRINKS,
    },
    {
      what: 'calls stay within the allowance',
      given: active,
      ...claim({ calls: 101n }),
      then: codes.CLAIM_EXCEEDS_ALLOWANCE,
    },
    {
      what: 'bytes stay within the allowance',
      given: active,
      ...claim({ bytes: 1_000_001n }),
      then: codes.CLAIM_EXCEEDS_ALLOWANCE,
    },
    {
      what: 'an interval that has not begun was not served',
      given: active,
      ...claim({ served: Uint8Array.of(0b111111) }),
      then: codes.BITMAP_INVALID,
    },
    {
      what: 'a bitmap is no longer than the window',
      given: active,
      ...claim({ served: new Uint8Array(9) }),
      then: codes.BITMAP_INVALID,
    },
    {
      what: 'nobody claims the future',
      given: active,
      when: (ledger) => ledger.run(PROVIDER, 'ClaimUsage', claimArgs(ledger, { untilMs: ledger.nowMs + 30_001n })),
      then: codes.BITMAP_INVALID,
    },
    {
      what: 'a claim after the end counts while it may be contested',
      given: ended,
      ...claim({ calls: 6n }),
      then: ['UsageClaimed'],
    },
    {
      what: 'a claim after the contest time is too late, also when the bill is late',
      given: () => {
        const ledger = ended();
        ledger.lag(5_000n);
        return ledger;
      },
      ...claim(),
      then: codes.CLAIM_TOO_LATE,
    },
    {
      what: 'a settled agreement takes no claim',
      given: () => {
        const ledger = ended();
        ledger.wait(5_000n);
        return ledger;
      },
      ...claim(),
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

  test('the bill charges served intervals up to the real end, takes the fee and returns the rest [8.2.2-a]', () => {
    const ledger = claimed();
    ledger.wait(30_000n);
    ledger.run(
      PROVIDER,
      'ClaimUsage',
      claimArgs(ledger, { served: Uint8Array.of(0b110111 | 0b1000), untilMs: ledger.nowMs }),
    );
    ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'done' });
    const settled = ledger.wait(5_000n).at(-1);
    // Five whole minutes and thirty seconds of the sixth, at 60,000 a minute.
    expect(settled).toMatchObject({
      ...{ type: 'AgreementSettled', intervalsServed: 6n, intervalsDown: 0n, served: Uint8Array.of(0b111111) },
      ...{ holdMicro: 3_600_000n, chargeMicro: 330_000n, feeMicro: 6_600n, refundMicro: 3_270_000n, contested: false },
    });
    expect(readBalance(ledger.state, PROVIDER).balanceMicro).toBe(100_323_400n);
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({ balanceMicro: 99_670_000n, heldMicro: 0n, holds: 0n });
    expect(readBalance(ledger.state, 0n).balanceMicro).toBe(1_000_006_600n);
  });

  test('without a claim everything was down, and down costs nothing', () => {
    const ledger = new TestLedger().activate();
    ledger.wait(2n * HOUR_MS);
    expect(readBill(ledger.state, 1n)).toMatchObject({
      intervalsServed: 0n,
      intervalsDown: 60n,
      chargeMicro: 0n,
      refundMicro: 3_600_000n,
    });
  });

  test('a contested claim stands and is marked', () => {
    const ledger = claimed();
    ledger.run(CUSTOMER, 'ContestClaim', { agreement: 1n, reason: 'wrong-usage' });
    ledger.wait(2n * HOUR_MS);
    expect(readBill(ledger.state, 1n)).toMatchObject({ intervalsServed: 5n, chargeMicro: 300_000n, contested: true });
  });

  test.each([
    ['use', 3_600_000n, 300_000n],
    ['megabyte', 2_000_000n, 10_000n],
  ])('a price per %s charges what was served of it', (unit, amountMicro, chargeMicro) => {
    const ledger = new TestLedger().publish({ price: { unit, amountMicro } });
    const holdMicro = unit === 'use' ? amountMicro : 2_000_000n;
    ledger.run(CUSTOMER, 'Apply', applyArgs({ holdMicro }));
    ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs));
    ledger.wait(5n * MINUTE_MS);
    ledger.run(PROVIDER, 'ClaimUsage', claimArgs(ledger));
    ledger.wait(2n * HOUR_MS);
    expect(readBill(ledger.state, 1n)).toMatchObject({ intervalsServed: 5n, intervalsDown: 55n, chargeMicro });
  });

  test('0 ≤ fee ≤ charge ≤ hold, charge + refund = hold, served + down = intervals, nothing served costs nothing', () => {
    const terms = fc.record({
      lengthMs: fc.bigInt(0n, 400_000n),
      endedAfterMs: fc.bigInt(0n, 400_000n),
      intervalMs: fc.bigInt(100n, 60_000n),
      priceUnit: fc.constantFrom('use', 'hour', 'megabyte'),
      priceMicro: fc.bigInt(0n, 1_000_000_000_000n),
      holdMicro: fc.bigInt(0n, 1_000_000_000n),
      feePerMille: fc.bigInt(0n, 1_000n),
    });
    const usage = fc.record({ bytes: fc.bigInt(0n, 1n << 40n), served: fc.uint8Array({ maxLength: 600 }) });
    fc.assert(
      fc.property(terms, usage, ({ lengthMs, endedAfterMs, ...rest }, claimOf) => {
        const startsAtMs = 1_000n;
        const times = { startsAtMs, endsAtMs: startsAtMs + lengthMs, endedAtMs: startsAtMs + endedAfterMs };
        const made = bill({ ...rest, ...times }, claimOf);
        expect(made.feeMicro >= 0n && made.feeMicro <= made.chargeMicro && made.chargeMicro <= rest.holdMicro).toBe(
          true,
        );
        expect(made.chargeMicro + made.refundMicro).toBe(rest.holdMicro);
        if (made.intervalsServed === 0n) expect(made.chargeMicro).toBe(0n);
        const realMs = endedAfterMs < lengthMs ? endedAfterMs : lengthMs;
        expect(made.intervalsServed + made.intervalsDown).toBe((realMs + rest.intervalMs - 1n) / rest.intervalMs);
      }),
    );
  });
});
