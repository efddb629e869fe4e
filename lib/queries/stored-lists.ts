import 'server-only';
import type { Prisma } from '#lib/db.ts';
import { structsFromJson } from '#lib/shared/event-json.ts';
import type { PriceDto, QuantityDto, TermDto } from '#lib/shared/dto.ts';
import type { Price } from '#ledger/contracts/shared/price.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';

/** Lists of terms, quantities and prices from the JSON that the projector writes, as the ledger counts and as the DTOs do. */

type Json = Prisma.JsonValue;

export function toTerms(json: Json): TermDto[] {
  return structsFromJson('Term', json);
}

export function quantitiesOf(json: Json): Quantity[] {
  return structsFromJson('Quantity', json);
}

export function toQuantityDtos(quantities: readonly Quantity[]): QuantityDto[] {
  return quantities.map(({ meter, amount }) => ({ meter, amount: Number(amount) }));
}

export function toQuantities(json: Json): QuantityDto[] {
  return toQuantityDtos(quantitiesOf(json));
}

export function pricesOf(json: Json): Price[] {
  return structsFromJson('Price', json);
}

export function toPriceDto({ meter, per, perMs, amountMicro }: Price): PriceDto {
  return { meter, per: Number(per), perMs: Number(perMs), amountMicro: amountMicro.toString() };
}

export function toPrices(json: Json): PriceDto[] {
  return pricesOf(json).map(toPriceDto);
}
