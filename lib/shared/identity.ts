import { z } from 'zod';
import { SEALED_BYTES_MAX } from '#ledger/contracts/identity/claim.ts';
import type { ClaimField, IdentityLevel, Revocation } from '#ledger/contracts/identity/identity-words.ts';
import type { AccountRef, OrderSummary } from './dto.ts';

/** Bytes of what an operator's program seals for a person: both sides of three fields. */
export const REVIEW_BYTES_MAX = 8_192;

const hexOf = (bytesMax: number) =>
  z
    .string()
    .max(2 * bytesMax)
    .regex(/^(?:[0-9a-f]{2})+$/, 'is no text in small hexadecimal digits');
const accountNumber = z
  .number()
  .int()
  .positive()
  .max(2 ** 48 - 1);
const commitment = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal digits');

/** What a browser hands over before it signs ApplyIdentity. */
export const claimShape = z.strictObject({ operator: accountNumber, commitment, sealed: hexOf(SEALED_BYTES_MAX) });

/** What an operator's program hands over for a person of the operator. */
export const reviewShape = z.strictObject({ account: accountNumber, commitment, review: hexOf(REVIEW_BYTES_MAX) });

/** What a person of the operator sees of one field, once it is opened in the browser. `known` null: the operator has no such subscriber. */
export const comparisonShape = z.strictObject({
  fields: z
    .array(
      z.strictObject({
        field: z.enum(['name', 'document', 'subscriber']),
        stated: z.string().max(200),
        known: z.string().max(200).nullable(),
        agrees: z.boolean(),
      }),
    )
    .length(3),
  /** The tag that AttestIdentity names, hex. */
  subscriber: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Comparison = z.infer<typeof comparisonShape>;

/** An operator that identifies accounts. */
export interface IdentifierDto {
  operator: AccountRef;
  /** X25519, hex. */
  sealingKey: string;
}

export interface AttestationDto {
  operator: AccountRef;
  level: IdentityLevel;
  endsAtMs: number;
  attestedAtMs: number;
}

/** A request as its account sees it. */
export interface OwnRequestDto {
  operator: AccountRef;
  askedAtMs: number;
  outcome: 'waiting' | 'attested' | 'refused' | 'unanswered' | 'withdrawn';
  refusedFields: ClaimField[];
  answeredAtMs: number | null;
}

/** An identification that is in force no more, and the orders that ended with it. */
export interface EndedIdentityDto {
  operator: AccountRef;
  reason: 'expired' | Revocation;
  endedAtMs: number;
  orders: OrderSummary[];
}

export interface OwnIdentityDto {
  attestation: AttestationDto | null;
  /** Running orders of the account that end with it, the newest first: a page of them, and how many there are. */
  orders: OrderSummary[];
  orderCount: number;
  /** The last one, where none is in force. */
  ended: EndedIdentityDto | null;
  request: OwnRequestDto | null;
  identifiers: IdentifierDto[];
}

/** What waits for the operator's program. */
export interface WaitingClaimsDto {
  /** The key that claims are sealed to, hex; null before one is offered. */
  sealingKey: string | null;
  /** The operator's own account, which reviews are sealed to, hex; null while the read model does not have the account again. */
  encryptionKey: string | null;
  claims: { account: number; commitment: string; sealed: string; askedAtMs: number; isInReview: boolean }[];
}

/** What waits for a person of the operator. */
export interface QueuedRequestDto {
  account: AccountRef;
  commitment: string;
  askedAtMs: number;
  /** Sealed to the operator's account, hex; null while its program has not asked a person. */
  review: string | null;
  /** End of the operator's own identification of the account, which this would renew; null for none. */
  renewsUntilMs: number | null;
}

export interface IdentifiedAccountDto {
  account: AccountRef;
  level: IdentityLevel;
  endsAtMs: number;
  attestedAtMs: number;
  /** Running orders of the account that end with it: how many, and nothing else of them. */
  orders: number;
}

export interface IdentityDeskDto {
  sealingKey: string | null;
  queue: QueuedRequestDto[];
  identified: IdentifiedAccountDto[];
}
