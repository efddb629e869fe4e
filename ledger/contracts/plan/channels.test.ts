import { describe, expect, test } from 'vitest';
import { readAgreement } from '#ledger/contracts/agreement/record.ts';
import { readChannel } from '#ledger/contracts/channel/record.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readBill } from '#ledger/contracts/settlement/record.ts';
import { batchArgs, chooseArgs, market, publishDemand } from '#ledger/contracts/testing/market.ts';
import { quantities, runs } from '#ledger/contracts/testing/samples.ts';
import { deliver, planned, providerOf } from '#ledger/contracts/testing/tasks.ts';
import { CUSTOMER, type TestLedger } from '#ledger/contracts/testing/test-ledger.ts';
import { VOUCHER_KEY, VOUCHER_SECRET, voucherArgs } from '#ledger/contracts/testing/vouchers.ts';
import { readTask } from './record.ts';

const INTERVAL_MS = 1_000n;

/** A plan of three parts, paid by vouchers under one key; its agreements. */
function paying(fields: Parameters<typeof planned>[1] = {}): { ledger: TestLedger; agreements: bigint[] } {
  const { ledger, demand, plan } = planned(undefined, { durationMs: 4_000n, ...fields });
  ledger.setParameter('intervalMs', INTERVAL_MS);
  const outcome = ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, plan, { voucherKey: VOUCHER_KEY }));
  expect(outcome.code).toBe(0);
  return { ledger, agreements: readTask(ledger.state, demand)?.agreements ?? [] };
}

/** What one part's agent shows of it: so many intervals, kept, at its price. */
function show(ledger: TestLedger, agreement: bigint, interval: bigint): number {
  const { holdMicro = 0n } = readAgreement(ledger.state, agreement) ?? {};
  const said = { agreement, interval, amountMicro: (holdMicro * interval) / 4n, used: quantities({}) };
  const voucher = { ...said, runs: runs(['kept', Number(interval)]) };
  const args = voucherArgs(voucher, { secret: VOUCHER_SECRET, network: ledger.network });
  return ledger.run(providerOf(ledger, agreement), 'CloseChannel', args, { key: 1n }).code;
}

describe('channels of plans [8.1.2-a]', () => {
  test('a plan that names a voucher key opens a channel for every agreement, each with that agreement’s hold and id', () => {
    const { ledger, agreements } = paying();
    expect(agreements).toHaveLength(3);
    for (const agreement of agreements)
      expect(readChannel(ledger.state, agreement)).toMatchObject({ voucherKey: VOUCHER_KEY, isClosed: false });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a part’s voucher pays that part alone, and each bill says what both agreed on', () => {
    const { ledger, agreements } = paying();
    for (const agreement of agreements) expect(deliver(ledger, agreement).code).toBe(0);
    ledger.wait(2n * INTERVAL_MS);
    ledger.run(CUSTOMER, 'CancelTask', { demand: 1n });
    const [first = 0n, second = 0n, third = 0n] = agreements;
    expect([show(ledger, first, 2n), show(ledger, second, 1n)]).toEqual([0, 0]);
    const events = ledger.wait(60_000n);
    const closed = events.filter(({ type }) => type === 'ChannelClosed');
    const hold = (agreement: bigint) => readAgreement(ledger.state, agreement)?.holdMicro ?? 0n;
    expect(closed).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ agreement: first, agreedMicro: hold(first) / 2n }),
        expect.objectContaining({ agreement: second, agreedMicro: hold(second) / 4n }),
        expect.objectContaining({ agreement: third, agreedMicro: 0n }),
      ]),
    );
    expect(readBill(ledger.state, first)).toMatchObject({ chargeMicro: hold(first) / 2n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a backup that takes a part’s place has a channel under the same key', () => {
    const { ledger, demand, plan } = planned([{ slots: 6n }, { slots: 6n }], { backup: true });
    ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, plan, { voucherKey: VOUCHER_KEY }));
    const events = ledger.wait(10_000n);
    const replaced = events.find((event) => event.type === 'AgreementReplaced');
    if (replaced?.type !== 'AgreementReplaced') throw new Error('a part that is not delivered is replaced');
    expect(readChannel(ledger.state, replaced.replacement)).toMatchObject({ voucherKey: VOUCHER_KEY });
  });

  test('a plan without a key, and what a match buys, have no channel', () => {
    const { ledger, demand, plan } = planned();
    const plain = ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, plan));
    const matched = market([{ slots: 2n }]);
    publishDemand(matched, batchArgs());
    const events = [...plain.events, ...matched.wait(600_000n)].map(({ type }) => type);
    expect(events.filter((type) => type === 'AgreementReserved')).toHaveLength(4);
    expect(events).not.toContain('ChannelOpened');
  });
});
