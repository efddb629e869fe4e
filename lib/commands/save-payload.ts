import 'server-only';
import { createHash } from 'node:crypto';
import { PAYLOAD_NONCE_BYTES } from '#ledger/core/payload.ts';
import { authorize } from '#lib/auth/guard.ts';
import { portalCodes } from '#lib/errors.ts';
import { keepPayload } from '#lib/operations/payloads.ts';
import { PAYLOAD_BODY_BYTES_MAX } from '#lib/shared/request-bounds.ts';

/** AES-GCM's tag stands behind the ciphertext, its nonce before it. */
const PAYLOAD_BYTES_MIN = PAYLOAD_NONCE_BYTES + 16;

export type SavedPayload = { ok: true; digest: string } | { ok: false; code: number };

/**
 * Keeps a ciphertext for the agents of a demand that will name it, under its SHA-256 (hex); again and again the same. Codes: 9001, 9002,
 * 9004 for what is no ciphertext, 9005, and 9034 when the account has as much here as it may.
 */
export async function savePayload(bytes: Uint8Array): Promise<SavedPayload> {
  const access = await authorize('payload.save');
  if (!access.ok || access.account === null) {
    const isNobody = !access.ok && access.reason === 'sign-in';
    return { ok: false, code: isNobody ? portalCodes.SIGN_IN_REQUIRED : portalCodes.NOT_ALLOWED };
  }
  if (bytes.length < PAYLOAD_BYTES_MIN) return { ok: false, code: portalCodes.INPUT_INVALID };
  if (bytes.length > PAYLOAD_BODY_BYTES_MAX) return { ok: false, code: portalCodes.BODY_TOO_LARGE };
  const digest = createHash('sha256').update(bytes).digest('hex');
  const isKept = await keepPayload({ digest, account: BigInt(access.account), bytes });
  return isKept ? { ok: true, digest } : { ok: false, code: portalCodes.PAYLOADS_FULL };
}
