import 'server-only';
import { issueNonce } from '#lib/operations/nonces.ts';
import { SIGN_IN_MS_MAX } from './siwe.ts';

/** A nonce that one sign-in may use within ten minutes. */
export function issueSignInNonce(): Promise<string> {
  return issueNonce('sign-in', SIGN_IN_MS_MAX);
}
