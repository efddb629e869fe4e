import 'server-only';
import { sweepExpired } from '#lib/operations/housekeeping.ts';
import { issueNonce } from '#lib/operations/nonces.ts';
import { SIGN_IN_MS_MAX } from './siwe.ts';

/** A nonce that one sign-in may use within ten minutes. */
export async function issueSignInNonce(): Promise<string> {
  await sweepExpired();
  return issueNonce('sign-in', SIGN_IN_MS_MAX);
}
