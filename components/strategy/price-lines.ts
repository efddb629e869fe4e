import type { ShownKind } from '#components/kinds/kinds.ts';
import type { Pricing } from '#components/kinds/kind.ts';
import { formatMicro, microDraft, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { numberProblem } from '#components/ui/number.ts';
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

/** The line as it is signed, or what is wrong with it; `before` are the lines above it. */
function parseLine(kind: ShownKind, line: PriceLineDraft, before: readonly PriceLineDraft[]): Price | string {
  const pricing = pricingOf(kind, line.pricing);
  if (pricing === undefined) return 'Choose what the price is for.';
  const { title, meter, per, perMs } = pricing;
  if (before.some((other) => pricingOf(kind, other.pricing)?.meter === meter))
    return `Another line prices the same already: “${title}” and that one cannot stand together.`;
  const amountMicro = parseMicro(line.amount);
  if (amountMicro !== undefined && BigInt(amountMicro) <= PRICE_MICRO_MAX)
    return { meter, per, perMs, amountMicro: BigInt(amountMicro) };
  const unread = numberProblem(line.amount, { decimals: TOKEN_DECIMALS });
  if (unread !== undefined) return unread;
  return `The price must be a number such as 1.50, at most ${formatMicro(PRICE_MICRO_MAX.toString())}, with at most six decimals; 0 is free.`;
}

/** Price lines in the order of their meters, without those that cost nothing; or what is wrong with each. */
export function parsePrices(kind: ShownKind, lines: readonly PriceLineDraft[]): ParsedPrices {
  const parsed = lines.map((line, index) =>
    index < PRICES_MAX ? parseLine(kind, line, lines.slice(0, index)) : `At most ${PRICES_MAX} price lines.`,
  );
  const errors = parsed.map((line) => (typeof line === 'string' ? line : undefined));
  if (errors.some((error) => error !== undefined)) return { ok: false, errors };
  const charged = parsed.filter((line) => typeof line !== 'string').filter(({ amountMicro }) => amountMicro > 0n);
  return { ok: true, prices: charged.toSorted((left, right) => (left.meter < right.meter ? -1 : 1)) };
}

/** Lines that give these prices. Where the form does not offer the way of pricing, it is left open. */
export function priceLinesDraft({ screen }: ShownKind, prices: readonly PriceDto[]): PriceLineDraft[] {
  return prices.map(({ meter, per, perMs, amountMicro }) => {
    const pricing = screen.pricings.find(
      (known) => known.meter === meter && known.per === BigInt(per) && known.perMs === BigInt(perMs),
    );
    return { pricing: pricing?.title ?? '', amount: microDraft(amountMicro) };
  });
}
