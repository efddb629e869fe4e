import {
  claimBytes,
  normalised,
  reviewInfo,
  SALT_BYTES,
  sealingInfo,
  type IdentityClaim,
} from '#ledger/contracts/identity/claim.ts';
import { CLAIM_FIELDS } from '#ledger/contracts/identity/identity-words.ts';
import { concat, fromHex } from '#ledger/core/bytes.ts';
import { comparisonShape, type Comparison } from '#lib/shared/identity.ts';
import { sha256 } from '#components/ui/sha256.ts';
import type { EncryptionKey } from '#components/wallet/encryption-key.ts';
import { bufferOf, ENC_LENGTH, suite } from '#components/wallet/hpke.ts';

export interface Between {
  /** genesisHash, hex. */
  readonly network: string;
  readonly account: number;
  readonly operator: number;
}

export interface SealedClaim {
  readonly commitment: Uint8Array<ArrayBuffer>;
  readonly sealed: Uint8Array;
}

function bindingOf({ network, account, operator }: Between) {
  const genesis = fromHex(network);
  if (genesis === undefined) throw new Error('the portal names its network in hex');
  return { network: genesis, account: BigInt(account), operator: BigInt(operator) };
}

/**
 * Seals what a person states to the key of an operator's program, with a salt that is drawn for this one time. Throws where the browser has
 * no cryptography, as on a page over plain http, and for a key that is none.
 */
export async function sealClaim(
  claim: IdentityClaim,
  to: Between & { readonly sealingKey: string },
): Promise<SealedClaim> {
  const publicKey = fromHex(to.sealingKey);
  if (publicKey?.length !== 32) throw new Error('the operator’s key has 32 bytes');
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const bytes = claimBytes(claim, salt);
  const recipientPublicKey = await suite.kem.importKey('raw', bufferOf(publicKey), true);
  const info = bufferOf(sealingInfo(bindingOf(to)));
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, bufferOf(bytes));
  return { commitment: await sha256(bufferOf(bytes)), sealed: concat(new Uint8Array(enc), new Uint8Array(ct)) };
}

/** The fields in the one spelling that they are compared in. */
export function normalisedClaim(claim: IdentityClaim): IdentityClaim {
  const [name, document, subscriber] = CLAIM_FIELDS.map((field) => normalised(field, claim[field]));
  return { name: name ?? '', document: document ?? '', subscriber: subscriber ?? '' };
}

/** Opens what the operator's program asks, in this browser alone; undefined when it was sealed to another key, or is damaged. */
export async function openReview(review: string, of: Between, key: EncryptionKey): Promise<Comparison | undefined> {
  const wire = fromHex(review);
  if (wire === undefined || wire.length <= ENC_LENGTH) return undefined;
  try {
    const recipientKey = await suite.kem.importKey('raw', bufferOf(key.secretKey), false);
    const info = bufferOf(reviewInfo(bindingOf(of)));
    const sender = { recipientKey, enc: bufferOf(wire.subarray(0, ENC_LENGTH)), info };
    const plaintext = await suite.open(sender, bufferOf(wire.subarray(ENC_LENGTH)));
    const parsed = comparisonShape.safeParse(JSON.parse(new TextDecoder().decode(plaintext)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
