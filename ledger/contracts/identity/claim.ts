import { concat, readU32, u32, u64, utf8 } from '#ledger/core/bytes.ts';
import { CLAIM_FIELDS, type ClaimField } from './identity-words.ts';

/** What a person states of itself. */
export type IdentityClaim = Readonly<Record<ClaimField, string>>;

export const SALT_BYTES = 32;
/** UTF-16 units of one field. */
export const FIELD_MAX = 200;
/** An HPKE message of three fields of at most four bytes a unit, with salt and framing. */
export const SEALED_BYTES_MAX = 3_072;

const CLAIM_TAG = utf8('interpool/identity/claim/v1');
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
  // oxlint-disable-next-line no-control-regex
  return text.length > 0 && text.length <= FIELD_MAX && !/[\u0000-\u001f\u007f]/.test(text);
}

/**
 * What is committed to and sealed: tag ‖ salt ‖ each field as length and UTF-8. The commitment is its SHA-256; without the salt of 32 random
 * bytes it could be searched for by whoever knows the numbers that there are.
 */
export function claimBytes(claim: IdentityClaim, salt: Uint8Array): Uint8Array {
  const fields = CLAIM_FIELDS.flatMap((field) => {
    const bytes = utf8(claim[field]);
    return [u32(bytes.length), bytes];
  });
  return concat(CLAIM_TAG, salt, ...fields);
}

/** The claim in opened bytes; undefined where they are none. */
export function readClaim(bytes: Uint8Array): IdentityClaim | undefined {
  if (!startsWith(bytes, CLAIM_TAG)) return undefined;
  let at = CLAIM_TAG.length + SALT_BYTES;
  const texts: string[] = [];
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let index = 0; index < CLAIM_FIELDS.length; index += 1) {
    if (at + 4 > bytes.length) return undefined;
    const length = readU32(bytes, at);
    at += 4;
    if (at + length > bytes.length) return undefined;
    try {
      texts.push(decoder.decode(bytes.subarray(at, at + length)));
    } catch {
      return undefined;
    }
    at += length;
  }
  if (at !== bytes.length || !texts.every(isField)) return undefined;
  const [name = '', document = '', subscriber = ''] = texts;
  return { name, document, subscriber };
}

function startsWith(bytes: Uint8Array, tag: Uint8Array): boolean {
  return bytes.length >= tag.length && tag.every((byte, index) => bytes[index] === byte);
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
