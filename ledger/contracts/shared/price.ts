import { quotient } from '#ledger/core/integer.ts';
import type { Struct } from './fields.ts';
import { amountOf, type Quantity } from './terms.ts';

export type Price = Struct<'Price'>;

/** Price lines of a strategy. */
export const PRICES_MAX = 4;
/** One million tokens of a million micro-units each. */
export const PRICE_MICRO_MAX = 1_000_000_000_000n;

/** What happened in the window of an agreement; milliseconds. */
export interface Service {
  /** Time in which the promise was kept, and in which it was not. What remains of the window was down. */
  readonly keptMs: bigint;
  readonly degradedMs: bigint;
  /** What a degraded interval costs of its price, in thousandths. */
  readonly degradedPerMille: bigint;
  /** Time that a price for the whole use stands for: the agreed use; the time that passed when the customer ended it or the claim shows that it was used up. */
  readonly wholeMs: bigint;
}

function ceiling(dividend: bigint, divisor: bigint): bigint {
  return quotient(dividend + divisor - 1n, divisor);
}

/** The most that a line can cost: ⌈amount · price · (perMs ? useMs / perMs : 1) / per⌉. */
export function lineHoldMicro(price: Price, use: { amounts: readonly Quantity[]; durationMs: bigint }): bigint {
  const { meter, per, perMs, amountMicro } = price;
  const time = perMs === 0n ? 1n : use.durationMs;
  return ceiling(amountOf(use.amounts, meter) * amountMicro * time, per * (perMs === 0n ? 1n : perMs));
}

/** The most that a use can cost: the sum of its lines. */
export function holdMicroOf(
  prices: readonly Price[],
  use: { amounts: readonly Quantity[]; durationMs: bigint },
): bigint {
  return prices.reduce((sum, price) => sum + lineHoldMicro(price, use), 0n);
}

/** Served time in thousandths of a millisecond: kept time whole, degraded time by its part. */
function servedMilliMs({ keptMs, degradedMs, degradedPerMille }: Service): bigint {
  return keptMs * 1_000n + degradedMs * degradedPerMille;
}

/**
 * What a line costs, one division at its end, rounded down. A held meter is charged as reserved: by served time, or by the served share of
 * the whole use. A counted meter is charged as used, multiplied by servedMs / (kept + degraded time); 0 when both are 0.
 */
export function lineChargeMicro(
  price: Price,
  of: { isHeld: boolean; reserved: readonly Quantity[]; used: readonly Quantity[]; service: Service },
): bigint {
  const { meter, per, perMs, amountMicro } = price;
  const { isHeld, service } = of;
  const amount = amountOf(isHeld ? of.reserved : of.used, meter);
  const openMs = service.keptMs + service.degradedMs;
  const dividedBy = isHeld ? (perMs === 0n ? service.wholeMs : perMs) : openMs;
  if (dividedBy === 0n || openMs === 0n) return 0n;
  return quotient(amount * amountMicro * servedMilliMs(service), dividedBy * per * 1_000n);
}
