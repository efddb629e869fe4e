import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { BOUNDED } from '#ledger/contracts/shared/fields.ts';
import { holdMicroOf, type Price } from '#ledger/contracts/shared/price.ts';
import { usualAmount } from './kind-facets.ts';

/** What the price of a use depends on: nothing, neither time nor amount, time, or the amount of something counted. */
type Pricing = 'free' | 'use' | 'time' | 'amount';

/** Prices of different meters and units are compared by a use of one hour. */
const COMPARED_MS = 3_600_000n;

const everyKind: readonly Kind[] = Object.values(kinds);

function isCounted({ meter }: Price): boolean {
  return everyKind.some(({ meters }) => meters[meter]?.counting === 'counted');
}

/** Time stands before amount where a price has lines of both. */
export function pricingOf(prices: readonly Price[]): Pricing {
  const charged = prices.filter(({ amountMicro }) => amountMicro > 0n);
  if (charged.length === 0) return 'free';
  if (charged.some(({ perMs }) => perMs > 0n)) return 'time';
  return charged.some(isCounted) ? 'amount' : 'use';
}

/** The most that an hour of usual use costs, in micro-units: what the cheapest stands first by. */
export function comparedPriceMicro(prices: readonly Price[]): bigint {
  const amounts = prices.map(({ meter }) => ({ meter, amount: usualAmount(meter) }));
  const priceMicro = holdMicroOf(prices, { amounts, durationMs: COMPARED_MS });
  return priceMicro < BOUNDED.Micro ? priceMicro : BOUNDED.Micro;
}
