import 'server-only';
import type { Prisma } from '#lib/db.ts';
import { toPriceDto, toQuantityDto } from '#lib/shared/amounts-dto.ts';
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

export function toQuantities(json: Json): QuantityDto[] {
  return quantitiesOf(json).map(toQuantityDto);
}

export function pricesOf(json: Json): Price[] {
  return structsFromJson('Price', json);
}

export function toPrices(json: Json): PriceDto[] {
  return pricesOf(json).map(toPriceDto);
}
