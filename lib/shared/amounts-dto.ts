import type { Price } from '#ledger/contracts/shared/price.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import type { PriceDto, QuantityDto } from './dto.ts';

/** An amount as screens and the API have it: every amount fits a JavaScript number. */
export function toQuantityDto({ meter, amount }: Quantity): QuantityDto {
  return { meter, amount: Number(amount) };
}

export function toPriceDto({ meter, per, perMs, amountMicro }: Price): PriceDto {
  return { meter, per: Number(per), perMs: Number(perMs), amountMicro: amountMicro.toString() };
}
