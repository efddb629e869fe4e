import { signIn } from 'next-auth/react';
import { createSiweMessage } from 'viem/siwe';
import { getAddress, type Address } from 'viem';
import { signMessage } from 'wagmi/actions';
import type { Config, Connector } from 'wagmi';
import { writeActivePerson } from '#components/ui/active-person.ts';
import { shorten } from '#components/ui/format.ts';
import { SIGN_IN_CHAIN_ID } from './browser-key.ts';
import { walletProblem } from './sign-transaction.ts';

const STATEMENT =
  'Sign in to Interpool. This signature proves that you hold this key; it moves nothing and costs nothing.';
const VALID_MS = 5 * 60_000;

export type SignInResult = { ok: true } | { ok: false; sentence: string };

/** Sign-In with Ethereum (EIP-4361): a nonce kept by the server, one signature, a session. No Ethereum node is asked anything. */
export async function signInWith(
  config: Config,
  wallet: { address: string; connector: Connector },
  keepSession: () => Promise<void>,
): Promise<SignInResult> {
  const address: Address = getAddress(wallet.address);
  let given: { nonce: string; serverTimeMs: number };
  try {
    const response = await fetch('/api/auth-nonce', { cache: 'no-store' });
    if (!response.ok) return { ok: false, sentence: 'The portal gave no sign-in number: try again in a minute.' };
    given = (await response.json()) as typeof given;
  } catch {
    return { ok: false, sentence: 'The portal did not answer: check the connection and try again.' };
  }
  // By the server's clock, which judges the message: this device's may stand anywhere.
  const { nonce, serverTimeMs } = given;
  const message = createSiweMessage({
    address,
    chainId: SIGN_IN_CHAIN_ID,
    domain: window.location.host,
    uri: window.location.origin,
    version: '1',
    statement: STATEMENT,
    nonce,
    issuedAt: new Date(serverTimeMs),
    expirationTime: new Date(serverTimeMs + VALID_MS),
  });
  let signature: string;
  try {
    signature = await signMessage(config, { account: address, connector: wallet.connector, message });
  } catch (error) {
    return { ok: false, sentence: walletProblem(error) };
  }
  // Whoever is active in this browser stays signed in: their open tabs can switch back.
  await keepSession().catch(() => undefined);
  const answer = await signIn('siwe', { message, signature, redirect: false });
  if (answer?.ok) {
    // At once: until the new page is there, another person's tab would ask the server in the wrong name.
    writeActivePerson({ address, name: shorten(address) });
    return { ok: true };
  }
  // The portal's own refusals are sentences; next-auth's are one-word codes.
  const reason = answer?.error?.includes(' ') ? answer.error : 'The portal did not accept the signature: try again.';
  return { ok: false, sentence: reason };
}
