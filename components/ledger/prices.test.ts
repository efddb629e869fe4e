import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { parseMicro } from '#components/ui/format.ts';
import { holdMicroOf, PRICE_MICRO_MAX } from '#ledger/contracts/shared/price.ts';
import { toPriceDto } from '#lib/shared/amounts-dto.ts';
import { chargedInWords, holdMicroFor, priceFromDto, rateInWords } from './prices.ts';

const data = kindOf('data');

test('each way of pricing that a kind offers is said in words of its own', () => {
  const rates = data.screen.pricings.map(({ meter, per, perMs }) =>
    rateInWords({ meter, per: Number(per), perMs: Number(perMs) }, data),
  );
  expect(rates).toEqual(['per use', 'per hour', 'per MB', 'per 1,000 calls']);
  expect(new Set(rates).size).toBe(rates.length);
});

test('a rate that no form offers is said exactly too', () => {
  expect(rateInWords({ meter: 'places', per: 1, perMs: 5_400_000 }, data)).toBe('per 90 minutes');
  expect(rateInWords({ meter: 'places', per: 2, perMs: 0 }, data)).toBe('per 2 places and use');
  expect(rateInWords({ meter: 'bytes', per: 1, perMs: 0 }, data)).toBe('per byte');
  expect(rateInWords({ meter: 'bytes', per: 1_500, perMs: 0 }, data)).toBe('per 1,500 bytes');
  expect(rateInWords({ meter: 'calls', per: 1, perMs: 0 }, data)).toBe('per call');
});

test.each([
  ['a price per use', { meter: 'places', per: 1, perMs: 0 }, 'the served part is charged'],
  ['a price per hour', { meter: 'places', per: 1, perMs: 3_600_000 }, 'time in which the agent served'],
  ['a price per MB', { meter: 'bytes', per: 1_000_000, perMs: 0 }, 'what was served'],
])('of %s it is said beforehand what is charged in the end', (_what, rate, words) => {
  expect(chargedInWords(rate, data)).toContain(words);
});

test('what the customer signs as held is what the price rule makes of the shown prices [I.2-5]', () => {
  const price = fc.record({
    meter: fc.constantFrom('bytes', 'calls', 'places'),
    per: fc.bigInt(1n, 1n << 44n),
    perMs: fc.bigInt(0n, 10_000_000n),
    amountMicro: fc.bigInt(0n, PRICE_MICRO_MAX),
  });
  const amounts = fc.tuple(fc.bigInt(1n, 1n << 44n), fc.bigInt(1n, 1_000_000_000n)).map(([bytes, calls]) => [
    { meter: 'bytes', amount: bytes },
    { meter: 'calls', amount: calls },
    { meter: 'places', amount: 1n },
  ]);
  fc.assert(
    fc.property(
      fc.array(price, { maxLength: 4 }),
      amounts,
      fc.integer({ min: 1_000, max: 2_678_400_000 }),
      (prices, asked, durationMs) => {
        expect(prices.map(toPriceDto).map(priceFromDto)).toEqual(prices);
        expect(holdMicroFor(prices.map(toPriceDto), { amounts: asked, durationMs })).toBe(
          holdMicroOf(prices, { amounts: asked, durationMs: BigInt(durationMs) }),
        );
      },
    ),
  );
});

test('2 hours at 2.50 an hour and half a megabyte at 0.10 hold 5.05', () => {
  const prices = [
    { meter: 'bytes', per: 1_000_000, perMs: 0, amountMicro: parseMicro('0.10')! },
    { meter: 'places', per: 1, perMs: 3_600_000, amountMicro: parseMicro('2.50')! },
  ];
  const amounts = [
    { meter: 'bytes', amount: 500_000n },
    { meter: 'calls', amount: 1n },
    { meter: 'places', amount: 1n },
  ];
  expect(holdMicroFor(prices, { amounts, durationMs: 7_200_000 })).toBe(5_050_000n);
  expect(holdMicroFor([], { amounts, durationMs: 7_200_000 })).toBe(0n);
});
