import { normalised, type IdentityClaim } from '#ledger/contracts/identity/claim.ts';
import { CLAIM_FIELDS, type ClaimField } from '#ledger/contracts/identity/identity-words.ts';

/** One field, as stated and as known; `known` null where there is no such subscriber. */
export interface ComparedField {
  readonly field: ClaimField;
  readonly stated: string;
  readonly known: string | null;
  readonly agrees: boolean;
}

/** Every field of a claim beside the operator's record of that subscriber, by the one spelling of each. */
export function compare(stated: IdentityClaim, known: IdentityClaim | undefined): ComparedField[] {
  return CLAIM_FIELDS.map((field) => ({
    field,
    stated: stated[field],
    known: known?.[field] ?? null,
    agrees: known !== undefined && normalised(field, known[field]) === normalised(field, stated[field]),
  }));
}

/** Which kinds of fields differ: of a subscriber that there is none of, that alone, for the rest cannot be compared. */
export function differing(compared: readonly ComparedField[]): ClaimField[] {
  if (compared.every(({ known }) => known === null)) return ['subscriber'];
  return compared.filter(({ agrees }) => !agrees).map(({ field }) => field);
}
