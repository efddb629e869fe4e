import { issueSignInNonce } from '#lib/auth/sign-in-nonce.ts';
import { limited } from '../_http/limited.ts';
import { otherMethods } from '../_http/methods.ts';
import { json } from '../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/**
 * A nonce for one sign-in message, kept on the server until it is used or ten minutes have passed, and the server's time, which the
 * message is to be issued at: nobody's own clock has to be right to sign in.
 */
export async function GET(): Promise<Response> {
  return limited('sign-in', async () => json({ nonce: await issueSignInNonce(), serverTimeMs: Date.now() }));
}
