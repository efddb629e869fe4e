import type { ShownKind } from '#components/kinds/kinds.ts';
import { exactDuration } from '#components/ui/duration.ts';
import type { PriceDto } from '#lib/shared/dto.ts';
import { holdMicroOf, type Price } from '#ledger/contracts/shared/price.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { countInUnits } from './amounts.ts';

/** A price line as the ledger's price rule takes it. */
export function priceFromDto({ meter, per, perMs, amountMicro }: PriceDto): Price {
  return { meter, per: BigInt(per), perMs: BigInt(perMs), amountMicro: BigInt(amountMicro) };
}

/**
 * The most that a use can cost, in micro-units, by the ledger's own rule: it is part of what the customer signs, and the contract refuses
 * every other figure.
 */
export function holdMicroFor(
  prices: readonly PriceDto[],
  use: { amounts: readonly Quantity[]; durationMs: number },
): bigint {
  return holdMicroOf(prices.map(priceFromDto), { amounts: use.amounts, durationMs: BigInt(use.durationMs) });
}

/** Names of so many of a unit that have one. */
const LARGER_UNITS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  byte: { 1_000: 'kB', 1_000_000: 'MB', 1_000_000_000: 'GB' },
  'byte/s': { 1_000: 'kB/s', 1_000_000: 'MB/s', 1_000_000_000: 'GB/s' },
  // Time is charged by the clock too: which of the two it is has to be said.
  ms: { 1_000: 'processor second', 60_000: 'processor minute', 3_600_000: 'processor hour' },
};

function unitInWords(per: number, unit: string): string {
  const larger = LARGER_UNITS[unit]?.[per];
  if (larger !== undefined) return larger;
  return per === 1 ? unit : countInUnits(per, unit);
}

type Rate = Pick<PriceDto, 'meter' | 'per' | 'perMs'>;

/** `per hour`, `per use`, `per MB`, `per GB and hour`: what the amount of a price line is for. The one place that says it. */
export function rateInWords({ meter, per, perMs }: Rate, { ledger, screen }: ShownKind): string {
  const { unit = meter, counting } = ledger.meters[meter] ?? {};
  const isFixed = screen.fixedAmounts[meter] === BigInt(per);
  const amount = isFixed ? [] : [unitInWords(per, unit)];
  const time = perMs > 0 ? [exactDuration(perMs)] : counting === 'held' ? ['use'] : [];
  return `per ${[...amount, ...time].join(' and ')}`;
}

/** What of a line is charged in the end, for who is about to pay it. */
export function chargedInWords({ meter, perMs }: Rate, { ledger }: ShownKind): string {
  if (ledger.meters[meter]?.counting === 'counted') return 'Only what was served is charged.';
  if (perMs > 0) return 'Only time in which the agent served is charged.';
  return 'Of a price per use the served part is charged: all of it when the agent served the whole time, nothing for the time in which it did not.';
}
