import { expect, test } from 'vitest';
import type { SignedVoucher } from '#agent/voucher-signer/offer.ts';
import { besideOf, newestOf } from './signed-parts.ts';
import { withNewest } from './voucher-keys.ts';

const signed = (agreement: number, interval: number, amountMicro: string): SignedVoucher => ({
  agreement,
  interval,
  amountMicro,
  used: {},
  runs: '',
  signature: '',
  voucherSignature: '',
});
const START_MS = 1_800_000_000_000;
const times = new Map([
  [7, { startsAtMs: START_MS, intervalMs: 60_000 }],
  [8, { startsAtMs: START_MS + 30_000, intervalMs: 60_000 }],
  [9, { startsAtMs: START_MS - 10_000, intervalMs: 60_000 }],
]);
const timeOf = (agreement: number) => times.get(agreement);

test('of each agreement the newest voucher is kept, whatever was signed for others [8.1.2-a]', () => {
  const lasts = [signed(7, 1, '10'), signed(8, 1, '20'), signed(7, 2, '15')].reduce<SignedVoucher[]>(withNewest, []);
  expect(newestOf(lasts, 7)).toMatchObject({ interval: 2, amountMicro: '15' });
  expect(newestOf(lasts, 8)).toMatchObject({ interval: 1, amountMicro: '20' });
  expect(newestOf(lasts, 9)).toBeNull();
  expect(lasts).toHaveLength(2);
});

test('beside an agreement stand the sums of the others, from the first start to the last end [8.1.2-a]', () => {
  const lasts = [signed(7, 1, '10'), signed(8, 3, '20'), signed(9, 1, '5')];
  expect(besideOf(lasts, 7, timeOf)).toEqual({
    amountMicro: 25n,
    startsAtMs: BigInt(START_MS - 10_000),
    untilMs: BigInt(START_MS + 210_000),
  });
  expect(besideOf(lasts, 9, timeOf)).toMatchObject({ amountMicro: 30n, startsAtMs: BigInt(START_MS - 10_000) });
});

test('alone it has nothing beside it; an agreement of unknown times counts by its amount', () => {
  expect(besideOf([signed(7, 1, '10')], 7, timeOf)).toBeNull();
  expect(besideOf([signed(5, 9, '10')], 7, timeOf)).toEqual({
    amountMicro: 10n,
    startsAtMs: BigInt(START_MS),
    untilMs: BigInt(START_MS),
  });
});
