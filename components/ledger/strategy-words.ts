import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { percentInWords } from '#components/strategy/promise.ts';
import type { WordFact } from '#components/ui/facts.tsx';
import { formatMicro, formatUtc } from '#components/ui/format.ts';
import type { PriceDto, QuantityDto, StrategyDto } from '#lib/shared/dto.ts';
import { amountInWords } from './amounts.ts';
import { rateInWords } from './prices.ts';

export const NO_CONDITIONS = 'anyone with an account and the customer role is admitted';

export function openingInWords({ opensAtMs, closesAtMs }: Pick<StrategyDto, 'opensAtMs' | 'closesAtMs'>): string {
  if (opensAtMs === 0 && closesAtMs === 0) return 'always open';
  const from = opensAtMs === 0 ? 'open now' : `from ${formatUtc(opensAtMs)}`;
  return closesAtMs === 0 ? `${from}, with no end` : `${from} until ${formatUtc(closesAtMs)}`;
}

/** `Calls per use: at most 1,000 calls`, for each limit or capacity. */
export function amountFacts({ ledger }: ShownKind, amounts: readonly QuantityDto[], what: string): WordFact[] {
  return amounts.flatMap(({ meter, amount }) => {
    const counted = ledger.meters[meter];
    return counted ? [{ name: `${counted.title}${what}`, value: `at most ${amountInWords(amount, counted)}` }] : [];
  });
}

/** `First byte of 95 of 100 calls: at most 250 ms`. */
export function promiseInWords({ meter, amount }: QuantityDto, { promises }: Kind): string {
  const rule = promises[meter];
  if (rule === undefined) return `${meter}: ${amount}`;
  return `${rule.title}: ${rule.kept === 'atMost' ? 'at most' : 'at least'} ${amountInWords(amount, rule)}`;
}

/** `180 ms`: what was measured of a promised meter; nothing is measured of an interval that was down. */
export function measuredInWords({ meter, amount }: QuantityDto, { promises }: Kind): string {
  const rule = promises[meter];
  return rule === undefined ? String(amount) : amountInWords(amount, rule);
}

export function promiseFacts(
  kind: ShownKind,
  { promise, degradedPerMille }: Pick<StrategyDto, 'promise' | 'degradedPerMille'>,
): WordFact[] {
  if (promise.length === 0) return [{ name: 'Promise', value: 'none: an interval counts as served or as down' }];
  return [
    { name: 'Promise', value: promise.map((quantity) => promiseInWords(quantity, kind.ledger)).join('; ') },
    { name: 'Below the promise', value: `an interval costs ${percentInWords(degradedPerMille)} of its price` },
  ];
}

/** `1.00 tokens per hour + 0.10 tokens per MB`, or free. */
export function pricesInWords(kind: ShownKind, prices: readonly PriceDto[]): string {
  const priced = prices.filter(({ amountMicro }) => amountMicro !== '0');
  if (priced.length === 0) return 'free';
  return priced.map((price) => `${formatMicro(price.amountMicro)} tokens ${rateInWords(price, kind)}`).join(' + ');
}
