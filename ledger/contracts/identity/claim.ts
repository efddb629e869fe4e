import { concat, u64, utf8 } from '#ledger/core/bytes.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import { CLAIM_FIELDS, type ClaimField } from './identity-words.ts';

/** What a person states of itself. */
export type IdentityClaim = Readonly<Record<ClaimField, string>>;

export const SALT_BYTES = 32;
/** UTF-16 units of one field. */
export const FIELD_MAX = 200;
/** An HPKE message of three fields of at most four bytes a unit, with salt and framing. */
export const SEALED_BYTES_MAX = 3_072;

const CLAIM_TAG = 'interpool/identity/claim/v1';
const SEALING_TAG = utf8('interpool/identity/sealing/v1');
const REVIEW_TAG = utf8('interpool/identity/review/v1');
const SUBSCRIBER_TAG = utf8('interpool/identity/subscriber/v1');

const NORMAL: Readonly<Record<ClaimField, (text: string) => string>> = {
  name: (text) => text.replaceAll(/\s+/g, ' ').toLowerCase(),
  document: (text) => text.replaceAll(/[\s-]/g, '').toUpperCase(),
  subscriber: (text) => text.replaceAll(/[\s\-().]/g, '').toUpperCase(),
};

/** One spelling for what a person means by the same: NFKC, no needless blanks; names in small letters, numbers without separators. */
export function normalised(field: ClaimField, text: string): string {
  return NORMAL[field](text.normalize('NFKC').trim());
}

/** Neither empty nor longer than FIELD_MAX, and without control characters. */
export function isField(text: string): boolean {
  return text.length > 0 && text.length <= FIELD_MAX && !/[\p{Cc}\p{Surrogate}]/u.test(text);
}

/**
 * What is committed to and sealed: deterministic CBOR [tag, salt, name, document, subscriber]. The commitment is its SHA-256; without the
 * salt of 32 random bytes it could be searched for by whoever knows the numbers that there are.
 */
export function claimBytes(claim: IdentityClaim, salt: Uint8Array): Uint8Array {
  return encode([CLAIM_TAG, salt, ...CLAIM_FIELDS.map((field) => claim[field])]);
}

/** The claim in opened bytes; undefined where they are none. */
export function readClaim(bytes: Uint8Array): IdentityClaim | undefined {
  const decoded = decode(bytes, SEALED_BYTES_MAX);
  if (!decoded.ok || !Array.isArray(decoded.value) || decoded.value.length !== 2 + CLAIM_FIELDS.length)
    return undefined;
  const [tag, salt, ...texts] = decoded.value as readonly CborValue[];
  if (tag !== CLAIM_TAG || !(salt instanceof Uint8Array) || salt.length !== SALT_BYTES) return undefined;
  const [name, document, subscriber] = texts;
  return isFieldValue(name) && isFieldValue(document) && isFieldValue(subscriber)
    ? { name, document, subscriber }
    : undefined;
}

function isFieldValue(value: CborValue | undefined): value is string {
  return typeof value === 'string' && isField(value);
}

export interface Sealing {
  readonly network: Uint8Array;
  readonly account: bigint;
  readonly operator: bigint;
}

/** Binds a sealed claim to its network, its account and its operator (RFC 9180, info). */
export function sealingInfo({ network, account, operator }: Sealing): Uint8Array {
  return concat(SEALING_TAG, network, u64(account), u64(operator));
}

/** Binds the comparison that the operator's program seals to the operator itself. */
export function reviewInfo({ network, account, operator }: Sealing): Uint8Array {
  return concat(REVIEW_TAG, network, u64(account), u64(operator));
}

/** What an operator's HMAC-SHA256 of a subscriber is made over: with a key of its own nobody else can tell who it is. */
export function subscriberMessage(subscriber: string): Uint8Array {
  return concat(SUBSCRIBER_TAG, utf8(normalised('subscriber', subscriber)));
}
