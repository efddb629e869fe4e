import { describe, expect, test } from 'vitest';
import { HOUR_MS, filled, perHour, perMegabyte, perUse, places } from '#ledger/contracts/testing/samples.ts';
import {
  CUSTOMER,
  PROVIDER,
  TestLedger,
  applyArgs,
  prepareArgs,
  reviseArgs,
} from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import { agreementCodes as codes } from './definition.ts';
import { readAgreement, readHistory } from './record.ts';

const published = () => new TestLedger().publish();
const reserved = () => new TestLedger().reserve();
const active = () => new TestLedger().activate();
const reissuing = () => {
  const ledger = active();
  ledger.run(CUSTOMER, 'RequestReissue', { agreement: 1n, encryptionKey: filled(4) });
  return ledger;
};
const descriptor = filled(6, 80);
const ENDED = ['AgreementEnded', 'CapacityChanged'];
const REFUNDED = [...ENDED, 'HoldSettled', 'AgreementSettled'];

describe('life of an order', () => {
  test('what is not delivered in time is refunded whole, by itself [8.2.2-a]', () => {
    const ledger = reserved();
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({
      balanceMicro: 96_400_000n,
      heldMicro: 3_600_000n,
      holds: 1n,
    });
    expect(ledger.wait(10_000n).map((event) => event.type)).toEqual(REFUNDED);
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({ balanceMicro: 100_000_000n, heldMicro: 0n, holds: 0n });
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ status: 'settled', endReason: 'not-delivered' });
    expect(readHistory(ledger.state, PROVIDER)).toEqual({ completed: 0n, broken: 1n });
    expect(readHistory(ledger.state, CUSTOMER)).toEqual({ completed: 0n, broken: 0n });
    expect(ledger.waiting).toEqual([]);
  });

  test('a window does not start before its order was made, whatever the provider’s clock says', () => {
    const ledger = reserved();
    const { reservedAtMs } = readAgreement(ledger.state, 1n)!;
    ledger.wait(2_000n);
    const { events } = ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs - 30_000n));
    expect(events[0]).toMatchObject({ startsAtMs: reservedAtMs, endsAtMs: reservedAtMs + HOUR_MS });
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ startsAtMs: reservedAtMs, status: 'active' });
  });

  test('the window ends by itself and every step names from and to [8.2.2-a] [8.2.2-b] [I.2-6]', () => {
    const ledger = reserved();
    ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs + 5_000n));
    const events = ledger.wait(2n * HOUR_MS);
    expect(events.map((event) => event.type)).toEqual([
      'AgreementActivated',
      ...ENDED,
      'HoldSettled',
      'AgreementSettled',
    ]);
    expect(events[1]).toMatchObject({ from: 'active', to: 'completed', by: 0n, reason: 'time-up' });
    expect(readHistory(ledger.state, CUSTOMER)).toEqual({ completed: 1n, broken: 0n });
    expect(readHistory(ledger.state, PROVIDER)).toEqual({ completed: 1n, broken: 0n });
  });

  test.each([
    [CUSTOMER, 'done', 'completed', { customer: 0n, provider: 0n }],
    [CUSTOMER, 'no-longer-needed', 'terminated', { customer: 0n, provider: 0n }],
    [CUSTOMER, 'not-as-described', 'terminated', { customer: 0n, provider: 1n }],
    [PROVIDER, 'used-up', 'completed', { customer: 0n, provider: 0n }],
    [PROVIDER, 'misuse', 'terminated', { customer: 1n, provider: 0n }],
    [PROVIDER, 'withdrawn', 'terminated', { customer: 0n, provider: 1n }],
  ])('account %s ending with %s leaves it %s, broken %o', (who, reason, status, broken) => {
    const ledger = active();
    ledger.wait(60_000n);
    expect(ledger.run(who, 'EndAgreement', { agreement: 1n, reason }).events.map((event) => event.type)).toEqual(ENDED);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({
      status,
      endReason: reason,
      settleAtMs: ledger.nowMs + 5_000n,
    });
    expect(readHistory(ledger.state, CUSTOMER).broken).toBe(broken.customer);
    expect(readHistory(ledger.state, PROVIDER).broken).toBe(broken.provider);
    expect(ledger.waiting.map((item) => item.kind)).toEqual(['settle']);
  });

  test('a new descriptor is sealed to the key that was asked for and outdates the one before', () => {
    const ledger = reissuing();
    const { events } = ledger.run(PROVIDER, 'Reissue', { agreement: 1n, issue: 2n, descriptor });
    expect(events[0]).toMatchObject({ issue: 2n, encryptionKey: filled(4) });
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ issue: 2n, isReissuePending: false });
    expect(ledger.run(PROVIDER, 'Reissue', { agreement: 1n, issue: 3n, descriptor }).code).toBe(
      codes.STATUS_DOES_NOT_ALLOW,
    );
  });

  test('a refused application takes nothing and names who asked for what [I.2-5] [8.2.2-b]', () => {
    const ledger = published();
    const refused = ledger.run(CUSTOMER, 'Apply', applyArgs({ durationMs: 6n * HOUR_MS, holdMicro: 21_600_000n }));
    expect(refused).toMatchObject({ code: 0, data: { refused: 1n } });
    expect(refused.events[0]).toMatchObject({
      customer: CUSTOMER,
      provider: PROVIDER,
      resource: 1n,
      strategyVersion: 1n,
      durationMs: 6n * HOUR_MS,
      failed: [{ sentence: 'use must be at most 2 hours', values: [{ name: 'use.durationMs', value: '21600000' }] }],
    });
    expect(readBalance(ledger.state, CUSTOMER).heldMicro).toBe(0n);
    expect(ledger.waiting).toEqual([]);
  });

  test.each([
    ['use', perUse(700n), 700n],
    ['hour', perHour(1_000_000n), 1_000_000n],
    ['hour', perHour(1n), 1n],
    ['megabyte', perMegabyte(3n), 3n],
    ['megabyte', perMegabyte(0n), 0n],
    ['seven calls', { meter: 'calls', per: 7n, perMs: 0n, amountMicro: 10n }, 143n],
  ])('the hold of a price per %s, %o, is %s', (_of, price, holdMicro) => {
    const ledger = new TestLedger().publish({ prices: [price] });
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ holdMicro: holdMicro + 1n })).code).toBe(codes.HOLD_MISMATCH);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ holdMicro })).code).toBe(0);
  });

  test('a thousand applications for one place make one reservation', () => {
    const ledger = new TestLedger().publish({}, places(1n));
    const outcomes = Array.from({ length: 1_000 }, () => ledger.run(CUSTOMER, 'Apply', applyArgs()).code);
    expect(outcomes.filter((code) => code === 0)).toHaveLength(1);
    expect(new Set(outcomes.slice(1))).toEqual(new Set([codes.NO_CAPACITY]));
  });

  test('a strategy may ask for history: the first completed order opens the next door', () => {
    const ledger = new TestLedger().activate();
    const conditions = [{ rule: 'applicant.completedOrders >= 1', sentence: 'applicant must have completed an order' }];
    ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({ conditions }));
    const again = applyArgs({ strategyVersion: 2n });
    expect(ledger.run(CUSTOMER, 'Apply', again).data).toEqual({ refused: 1n });
    ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'done' });
    ledger.wait(1n);
    expect(ledger.run(CUSTOMER, 'Apply', again).data).toEqual({ refused: 2n });
    ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs());
    ledger.run(CUSTOMER, 'Apply', applyArgs({ strategyVersion: 3n }));
    ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(ledger.nowMs), agreement: 2n });
    ledger.wait(HOUR_MS);
    ledger.run(PROVIDER, 'ReviseStrategy', reviseArgs({ conditions }));
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ strategyVersion: 4n })).data).toEqual({ agreement: 3n });
  });
});
