import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connection } from '#ledger/contracts/kinds/connection.ts';
import { soFarMicro } from '#ledger/contracts/shared/charge.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import { usualPlanRule, usualRule } from './voucher-choice.tsx';

const HOUR_MS = 3_600_000;
const byTime = (amountMicro: bigint) => ({
  meter: 'connections',
  per: 1,
  perMs: HOUR_MS,
  amountMicro: amountMicro.toString(),
});
const byMegabyte = { meter: 'bytes', per: 1_000_000, perMs: 0, amountMicro: '2000000' };

test('the usual rule lets an order that is priced by time cost a minute what a minute of it costs, and no voucher of it is refused [8.1.2-a]', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 9n }),
      fc.integer({ min: 60_000, max: 30 * 24 * HOUR_MS }),
      fc.integer({ min: 1, max: 1_000 }),
      (amountMicro, durationMs, perMille) => {
        const prices = [{ meter: 'connections', per: 1n, perMs: BigInt(HOUR_MS), amountMicro }];
        const amounts = [{ meter: 'connections', amount: 1n }];
        const wholeMs = BigInt(durationMs);
        const holdMicro = holdMicroOf(prices, { amounts, durationMs: wholeMs });
        const rule = usualRule([byTime(amountMicro)], { holdMicro, durationMs });
        const keptMs = (wholeMs * BigInt(perMille)) / 1_000n;
        const terms = { kind: connection, prices, amounts, degradedPerMille: 0n, durationMs: wholeMs, holdMicro };
        const dueMicro = soFarMicro(terms, { used: [], keptMs, degradedMs: 0n });
        // As the rule measures it: a minute at least.
        const coveredMs = keptMs > 60_000n ? keptMs : 60_000n;
        expect(dueMicro * 60_000n).toBeLessThanOrEqual(rule.perMinuteMicro * coveredMs);
        expect(dueMicro).toBeLessThanOrEqual(rule.inAllMicro);
      },
    ),
  );
});

test('a plan’s usual rule is that of its parts together, and no voucher of one that is priced by time is refused by it [8.1.2-a]', () => {
  const part = (prices: (typeof byMegabyte)[], holdMicro: string) => ({
    offer: { prices },
    holdMicro,
    durationMs: HOUR_MS,
  });
  const plan = {
    parts: [part([byTime(36_000n)], '36000'), part([byTime(72_000n)], '72000'), part([byMegabyte], '500')],
  };
  expect(usualPlanRule(plan as unknown as Parameters<typeof usualPlanRule>[0])).toEqual({
    perMinuteMicro: 600n + 1_200n + 500n,
    inAllMicro: 108_500n,
  });
});

test('where amounts are counted all that is held may flow in the first minute', () => {
  expect(usualRule([byTime(36n), byMegabyte], { holdMicro: 20_000_000n, durationMs: HOUR_MS })).toEqual({
    perMinuteMicro: 20_000_000n,
    inAllMicro: 20_000_000n,
  });
});
