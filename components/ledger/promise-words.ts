import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import type { QuantityDto } from '#lib/shared/dto.ts';
import { amountInWords } from './amounts.ts';

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
