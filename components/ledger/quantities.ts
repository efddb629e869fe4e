import type { QuantityDto } from '#lib/shared/dto.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';

/** Amounts as the ledger's rules take them. */
export function quantitiesFromDto(amounts: readonly QuantityDto[]): Quantity[] {
  return amounts.map(({ meter, amount }) => ({ meter, amount: BigInt(amount) }));
}
