import type { ShownKind } from '#components/kinds/kinds.ts';
import type { Pricing } from '#components/kinds/kind.ts';
import { formatMicro, parseMicro } from '#components/ui/format.ts';
import type { PriceDto } from '#lib/shared/dto.ts';
import { PRICE_MICRO_MAX, PRICES_MAX, type Price } from '#ledger/contracts/shared/price.ts';

/** A price line as it is typed. */
export interface PriceLineDraft {
  /** Title of one of the kind's ways of pricing. */
  pricing: string;
  /** Tokens. */
  amount: string;
}

/** What is wrong with each line, by its place; undefined where nothing is. */
export type PriceErrors = readonly (string | undefined)[];
export type ParsedPrices = { ok: true; prices: Price[] } | { ok: false; errors: PriceErrors };

function pricingOf({ screen }: ShownKind, title: string): Pricing | undefined {
  return screen.pricings.find((pricing) => pricing.title === title);
}

/** Ways of pricing that another line may still have: one line for each thing that is counted. */
export function freePricings(kind: ShownKind, lines: readonly PriceLineDraft[]): Pricing[] {
  const taken = new Set(lines.map(({ pricing }) => pricingOf(kind, pricing)?.meter));
  return lines.length < PRICES_MAX ? kind.screen.pricings.filter(({ meter }) => !taken.has(meter)) : [];
}

function problemOf(kind: ShownKind, lines: readonly PriceLineDraft[], index: number): string | undefined {
  const { pricing: title, amount } = lines[index]!;
  const pricing = pricingOf(kind, title);
  if (pricing === undefined) return 'Choose what the price is for.';
  const isTaken = lines.slice(0, index).some((line) => pricingOf(kind, line.pricing)?.meter === pricing.meter);
  if (isTaken) return `Another line prices the same already: “${pricing.title}” and that one cannot stand together.`;
  const amountMicro = parseMicro(amount);
  if (amountMicro !== undefined && BigInt(amountMicro) <= PRICE_MICRO_MAX) return undefined;
  return `The price must be a number such as 1.50, at most ${formatMicro(PRICE_MICRO_MAX.toString())}, with at most six decimals; 0 is free.`;
}

/** Price lines in the order of their meters, without those that cost nothing; or what is wrong with each. */
export function parsePrices(kind: ShownKind, lines: readonly PriceLineDraft[]): ParsedPrices {
  const errors = lines.map((_, index) => problemOf(kind, lines, index));
  if (lines.length > PRICES_MAX || errors.some((error) => error !== undefined)) return { ok: false, errors };
  const prices = lines.map(({ pricing: title, amount }) => {
    const { meter, per, perMs } = pricingOf(kind, title)!;
    return { meter, per, perMs, amountMicro: BigInt(parseMicro(amount)!) };
  });
  const charged = prices.filter(({ amountMicro }) => amountMicro > 0n);
  return { ok: true, prices: charged.toSorted((left, right) => (left.meter < right.meter ? -1 : 1)) };
}

/** Lines that give these prices. Where the form does not offer the way of pricing, it is left open. */
export function priceLinesDraft({ screen }: ShownKind, prices: readonly PriceDto[]): PriceLineDraft[] {
  return prices.map(({ meter, per, perMs, amountMicro }) => {
    const pricing = screen.pricings.find(
      (known) => known.meter === meter && known.per === BigInt(per) && known.perMs === BigInt(perMs),
    );
    return { pricing: pricing?.title ?? '', amount: formatMicro(amountMicro).replaceAll(',', '') };
  });
}
