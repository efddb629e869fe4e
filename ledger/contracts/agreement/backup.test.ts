import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { ContractEvent } from '#ledger/contracts/definitions.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { holdMicroOf, type Price } from '#ledger/contracts/shared/price.ts';
import { data } from '#ledger/contracts/kinds/data.ts';
import { chargeLines } from '#ledger/contracts/shared/charge.ts';
import { readBill } from '#ledger/contracts/settlement/record.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import {
  HOUR_MS,
  amountsOfUse,
  perHour,
  perMegabyte,
  perUse,
  places,
  quantities,
  runs,
} from '#ledger/contracts/testing/samples.ts';
import {
  CUSTOMER,
  PROVIDER,
  TestLedger,
  backup,
  orderArgs,
  part,
  prepareArgs,
  reviseArgs,
} from '#ledger/contracts/testing/test-ledger.ts';
import { holdOf, readBalance } from '#ledger/contracts/token/contract.ts';
import { agreementCodes as codes } from './definition.ts';
import { readAgreement } from './record.ts';

const MINUTE_MS = 60_000n;
const HALF_MS = HOUR_MS / 2n;
const types = (events: readonly ContractEvent[]) => events.map((event) => event.type);
const firstOf = (events: readonly ContractEvent[], type: ContractEvent['type']) =>
  events.find((event) => event.type === type);

interface Offered {
  /** Terms of the part's resource, 1, and of its backup, 2. */
  readonly part?: Partial<StrategyArgs>;
  readonly backup?: Partial<StrategyArgs>;
}

/** Reserved: agreement 1 on resource 1 with resource 2 as its backup, at the same price, and agreement 2 on resource 1 without one. */
function ordered(terms: Offered = {}, holdMicro = 3_600_000n, backupMicro = holdMicro): TestLedger {
  const ledger = new TestLedger().publish(terms.part, places(2n));
  ledger.publishAnother('second', terms.backup, places(1n));
  const plain = part({ holdMicro: holdMicroOf(terms.part?.prices ?? [perHour(3_600_000n)], part()) });
  const parts = [part({ holdMicro, backup: [backup({ holdMicro: backupMicro })] }), plain];
  expect(ledger.run(CUSTOMER, 'PlaceOrder', orderArgs(parts)).code).toBe(0);
  return ledger;
}

/** Delivered, and half an hour of the hour has passed. */
function halfway(terms: Offered = {}, holdMicro = 3_600_000n, backupMicro = holdMicro): TestLedger {
  const ledger = ordered(terms, holdMicro, backupMicro);
  for (const agreement of [1n, 2n]) ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(ledger.nowMs), agreement });
  ledger.wait(HALF_MS);
  return ledger;
}

const withdraw = (ledger: TestLedger, agreement = 1n) =>
  ledger.run(PROVIDER, 'EndAgreement', { agreement, reason: 'withdrawn' }).events;

describe('a part that fails is replaced by its backup', () => {
  test('when it is not delivered: for the whole time, with a delivery time of its own, and the rest of the hold comes back', () => {
    const ledger = ordered();
    const events = ledger.wait(10_000n);
    expect(types(events.slice(0, 8))).toEqual([
      ...['AgreementEnded', 'CapacityChanged', 'AgreementReserved', 'CapacityChanged', 'HoldSplit'],
      ...['AgreementReplaced', 'HoldSettled', 'AgreementSettled'],
    ]);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ status: 'settled', endReason: 'not-delivered' });
    expect(readAgreement(ledger.state, 3n)).toMatchObject({
      order: 1n,
      part: 3n,
      replaces: 1n,
      backup: [],
      resource: 2n,
      customer: CUSTOMER,
      status: 'reserved',
      durationMs: HOUR_MS,
      holdMicro: 3_600_000n,
      reservedAtMs: ledger.nowMs,
      prepareByMs: ledger.nowMs + 10_000n,
    });
    expect(ledger.waiting).toEqual([
      expect.objectContaining({ kind: 'prepare-by', subject: 3n, atMs: ledger.nowMs + 10_000n }),
    ]);
    expect(readBill(ledger.state, 1n)).toMatchObject({ chargeMicro: 0n, refundMicro: 0n });
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({
      balanceMicro: 96_400_000n,
      heldMicro: 3_600_000n,
      holds: 1n,
    });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('when it is withdrawn half-way: for the time that is left, and what it may still be charged stays held for it', () => {
    const ledger = halfway();
    const events = withdraw(ledger);
    expect(types(events)).toEqual([
      ...[
        'AgreementEnded',
        'CapacityChanged',
        'AgreementReserved',
        'CapacityChanged',
        'HoldSplit',
        'AgreementReplaced',
      ],
    ]);
    expect(firstOf(events, 'AgreementReplaced')).toMatchObject({
      agreement: 1n,
      replacement: 3n,
      holdMicro: 1_800_000n,
    });
    expect(readAgreement(ledger.state, 3n)).toMatchObject({ durationMs: HALF_MS, holdMicro: 1_800_000n, replaces: 1n });
    expect(holdOf(ledger.state, 1n).amountMicro + holdOf(ledger.state, 3n).amountMicro).toBe(3_600_000n);
    expect(readBalance(ledger.state, CUSTOMER).holds).toBe(3n);
    const startsAtMs = readAgreement(ledger.state, 1n)!.startsAtMs;
    const claim = {
      agreement: 1n,
      used: quantities({ calls: 1n }),
      runs: runs(['kept', 30]),
      untilMs: startsAtMs + HALF_MS,
    };
    expect(ledger.run(PROVIDER, 'ClaimUsage', claim).code).toBe(0);
    ledger.wait(5_000n);
    expect(readBill(ledger.state, 1n)).toMatchObject({ chargeMicro: 1_800_000n, refundMicro: 0n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('at a price that no millisecond divides: both halves fit the hold, which was rounded up once', () => {
    const prices = [perHour(1_000_000n)];
    const ledger = halfway({ part: { prices }, backup: { prices } }, 1_000_000n);
    ledger.wait(1n);
    expect(types(withdraw(ledger))).toContain('AgreementReplaced');
    expect(holdOf(ledger.state, 1n).amountMicro).toBe(500_000n);
    expect(holdOf(ledger.state, 3n).amountMicro).toBe(500_000n);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('before its window began: nothing can be charged any more, so all of its hold may pay the backup', () => {
    const ledger = ordered();
    ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs + 5_000n));
    withdraw(ledger);
    expect(readAgreement(ledger.state, 1n)?.status).toBe('settled');
    expect(readAgreement(ledger.state, 3n)).toMatchObject({ durationMs: HOUR_MS, holdMicro: 3_600_000n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('with the next number of its order, which is never used again', () => {
    const ledger = new TestLedger().publish({}, places(2n));
    ledger.publishAnother('second');
    const replaceable = part({ backup: [backup()] });
    ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([replaceable, replaceable]));
    withdraw(ledger, 2n);
    withdraw(ledger, 3n);
    withdraw(ledger, 1n);
    const facts = [1n, 2n, 3n, 4n].map((id) => readAgreement(ledger.state, id)!);
    expect(facts.map(({ order, part: number, replaces }) => [order, number, replaces])).toEqual([
      [1n, 1n, 0n],
      [1n, 2n, 0n],
      [1n, 3n, 2n],
      [1n, 4n, 1n],
    ]);
  });

  test('once: a replacement has no backup, and all comes back when it fails too', () => {
    const ledger = ordered();
    ledger.wait(10_000n);
    expect(types(ledger.wait(10_000n))).toEqual([
      'AgreementEnded',
      'CapacityChanged',
      'HoldSettled',
      'AgreementSettled',
      // The third broken order of a provider that completed none.
      'PermissionChanged',
    ]);
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({ balanceMicro: 100_000_000n, heldMicro: 0n, holds: 0n });
    expect(ledger.waiting).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('and is delivered, served and paid like any other agreement', () => {
    const ledger = halfway();
    withdraw(ledger);
    const startsAtMs = ledger.nowMs;
    expect(ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(startsAtMs), agreement: 3n }).code).toBe(0);
    ledger.wait(10n * MINUTE_MS);
    const claim = { agreement: 3n, used: [], runs: runs(['kept', 10]), untilMs: startsAtMs + 10n * MINUTE_MS };
    expect(ledger.run(PROVIDER, 'ClaimUsage', claim).code).toBe(0);
    ledger.wait(HOUR_MS);
    expect(readBill(ledger.state, 3n)).toMatchObject({ chargeMicro: 600_000n, refundMicro: 1_200_000n });
    expect(ledger.waiting).toEqual([]);
    expect(readBalance(ledger.state, CUSTOMER)).toMatchObject({ heldMicro: 0n, holds: 0n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test.each([
    [CUSTOMER, 'done'],
    [CUSTOMER, 'no-longer-needed'],
    [CUSTOMER, 'not-as-described'],
    [PROVIDER, 'used-up'],
    [PROVIDER, 'misuse'],
  ])('not when account %s ends it with %s', (who, reason) => {
    const { events } = halfway().run(who, 'EndAgreement', { agreement: 1n, reason });
    expect(types(events)).toEqual(['AgreementEnded', 'CapacityChanged']);
  });

  test('not when its time is up', () => {
    const ledger = halfway();
    const events = ledger.wait(HOUR_MS);
    expect(types(events)).not.toContain('AgreementReserved');
    expect(types(events)).not.toContain('BackupUnavailable');
  });
});

/** What happened to the backup between the order and the failure, the code that says so, and what it was ordered at. */
interface Lost {
  readonly what: string;
  readonly code: number;
  readonly terms?: Offered;
  readonly holds?: readonly [bigint, bigint];
  readonly meanwhile: (ledger: TestLedger) => void;
}

const LOST: readonly Lost[] = [
  {
    what: 'was suspended',
    code: codes.RESOURCE_NOT_PUBLISHED,
    meanwhile: (ledger) => ledger.run(PROVIDER, 'SuspendResource', { resource: 2n, reason: 'owner-decision' }),
  },
  {
    what: 'is gone for good',
    code: codes.RESOURCE_NOT_PUBLISHED,
    meanwhile: (ledger) => ledger.run(PROVIDER, 'RetireResource', { resource: 2n }),
  },
  {
    what: 'has another strategy than was signed for',
    code: codes.STRATEGY_CHANGED,
    meanwhile: (ledger) =>
      ledger.run(PROVIDER, 'ReviseStrategy', { ...reviseArgs({ useMsMax: HOUR_MS }), resource: 2n }),
  },
  {
    what: 'is full',
    code: codes.NO_CAPACITY,
    meanwhile: (ledger) => ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([part({ resource: 2n })])),
  },
  {
    what: 'no longer admits the customer',
    code: codes.CONDITIONS_NOT_MET,
    terms: {
      backup: {
        conditions: [{ rule: 'applicant.brokenOrders == 0', sentence: 'applicant must have broken no order' }],
      },
    },
    meanwhile: (ledger) => {
      ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(ledger.nowMs), agreement: 2n });
      ledger.wait(1n);
      ledger.run(PROVIDER, 'EndAgreement', { agreement: 2n, reason: 'misuse' });
    },
  },
];

describe('a backup that cannot take the place', () => {
  test.each(LOST)(
    'because it $what is named with the code $code, and everything comes back',
    ({ code, terms, meanwhile }) => {
      const ledger = ordered(terms);
      meanwhile(ledger);
      const held = readBalance(ledger.state, CUSTOMER);
      const events = withdraw(ledger);
      expect(types(events)).toEqual([
        ...['AgreementEnded', 'CapacityChanged', 'BackupUnavailable', 'HoldSettled', 'AgreementSettled'],
      ]);
      expect(firstOf(events, 'BackupUnavailable')).toMatchObject({ agreement: 1n, resource: 2n, code: BigInt(code) });
      expect(readBalance(ledger.state, CUSTOMER)).toEqual({
        balanceMicro: held.balanceMicro + 3_600_000n,
        heldMicro: held.heldMicro - 3_600_000n,
        holds: held.holds - 1n,
      });
      expect(readAgreement(ledger.state, 1n)?.status).toBe('settled');
      expect(brokenInvariants(ledger.state)).toEqual([]);
    },
  );

  test('because it costs more than is left after what the failed part may still claim is named so (527)', () => {
    const prices = [perUse(3_600_000n)];
    const ledger = halfway({ part: { prices }, backup: { prices } });
    const events = withdraw(ledger);
    expect(firstOf(events, 'BackupUnavailable')).toMatchObject({ code: BigInt(codes.HOLD_TOO_LOW) });
    expect(holdOf(ledger.state, 1n).amountMicro).toBe(3_600_000n);
    ledger.wait(5_000n);
    expect(readBill(ledger.state, 1n)).toMatchObject({ chargeMicro: 0n, refundMicro: 3_600_000n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('because less than a second is left is named so (509)', () => {
    const ledger = halfway();
    ledger.wait(HALF_MS - 999n);
    expect(firstOf(withdraw(ledger), 'BackupUnavailable')).toMatchObject({ code: BigInt(codes.DURATION_INVALID) });
  });

  test('leaves the claim for the served half as it would be without a backup', () => {
    const ledger = halfway();
    ledger.run(PROVIDER, 'RetireResource', { resource: 2n });
    const { startsAtMs } = readAgreement(ledger.state, 1n)!;
    withdraw(ledger);
    const claim = { agreement: 1n, used: [], runs: runs(['kept', 30]), untilMs: startsAtMs + HALF_MS };
    expect(ledger.run(PROVIDER, 'ClaimUsage', claim).code).toBe(0);
    ledger.wait(5_000n);
    expect(readBill(ledger.state, 1n)).toMatchObject({ chargeMicro: 1_800_000n, refundMicro: 1_800_000n });
  });
});

const anyPrices: fc.Arbitrary<Price[]> = fc
  .tuple(
    fc.bigInt(0n, 3_000_000n).map(perMegabyte),
    fc.record({
      meter: fc.constant('calls'),
      per: fc.bigInt(1n, 200n),
      perMs: fc.constant(0n),
      amountMicro: fc.bigInt(0n, 50_000n),
    }),
    fc.oneof(fc.bigInt(0n, 5_000_000n).map(perUse), fc.bigInt(0n, 5_000_000n).map(perHour)),
  )
  .chain((all) => fc.subarray(all));

test('the split hold conserves the supply, and the failed part’s charge never exceeds what stayed, whatever it claims', () => {
  const seen = new Set<string>();
  const any = fc.record({
    partPrices: anyPrices,
    backupPrices: anyPrices,
    passedMs: fc.bigInt(0n, HOUR_MS - 1n),
    bytes: fc.bigInt(1n, 1_000_000n),
    calls: fc.bigInt(1n, 100n),
    state: fc.constantFrom('kept' as const, 'down' as const),
  });
  fc.assert(
    fc.property(any, ({ partPrices, backupPrices, passedMs, bytes, calls, state }) => {
      const use = { amounts: amountsOfUse(), durationMs: HOUR_MS };
      const [own, other] = [holdMicroOf(partPrices, use), holdMicroOf(backupPrices, use)];
      const holdMicro = own > other ? own : other;
      const ledger = ordered({ part: { prices: partPrices }, backup: { prices: backupPrices } }, holdMicro, other);
      ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs));
      ledger.wait(passedMs);
      const before = readBalance(ledger.state, CUSTOMER);
      const events = withdraw(ledger);
      seen.add(types(events).includes('AgreementReplaced') ? 'replaced' : 'unavailable');
      expect(brokenInvariants(ledger.state)).toEqual([]);
      const stays = readAgreement(ledger.state, 1n)!.holdMicro;
      const replacement = readAgreement(ledger.state, 3n);
      expect(stays + (replacement?.holdMicro ?? 0n)).toBe(holdMicro);
      const after = readBalance(ledger.state, CUSTOMER);
      expect(after.balanceMicro + after.heldMicro).toBe(before.balanceMicro + before.heldMicro);
      const { startsAtMs, endedAtMs } = readAgreement(ledger.state, 1n)!;
      const count = Number((passedMs + MINUTE_MS - 1n) / MINUTE_MS);
      const claimed = count === 0 ? new Uint8Array(0) : runs([state, count]);
      const claim = { agreement: 1n, used: quantities({ bytes, calls }), runs: claimed, untilMs: endedAtMs };
      if (endedAtMs > startsAtMs) expect(ledger.run(PROVIDER, 'ClaimUsage', claim).code).toBe(0);
      ledger.wait(5_000n);
      const bill = readBill(ledger.state, 1n)!;
      expect(bill.chargeMicro <= stays && bill.chargeMicro + bill.refundMicro === stays).toBe(true);
      // What stayed is enough by itself: no part of what is owed is cut off by it.
      const { keptMs, degradedMs } = bill;
      const service = { keptMs, degradedMs, degradedPerMille: 500n, wholeMs: HOUR_MS };
      const owed = chargeLines({ kind: data, prices: partPrices, amounts: use.amounts }, claim, service);
      expect(owed.reduce((sum, line) => sum + line, 0n) <= stays).toBe(true);
      expect(brokenInvariants(ledger.state)).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(seen).toEqual(new Set(['replaced', 'unavailable']));
});
