import 'server-only';
import { hashMessage } from 'viem';
import { recoverAddress } from '#ledger/core/address.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { parseMessage, type SignInMessage } from './sign-in-message.ts';

/** Sign-in messages need a chain id; the portal speaks to no chain, so it is this one (PROTOCOL, Transaction). */
const CHAIN_ID = 1;
/** A message is good for at most this long after it was issued. */
export const SIGN_IN_MS_MAX = 10 * 60_000;
const CLOCK_SKEW_MS = 60_000;
/** r ‖ s ‖ v. Longer ones are contract wallets' (EIP-1271), which would need a call to a chain. */
const SIGNATURE_PATTERN = /^0x[0-9a-fA-F]{130}$/;
const HEX_PATTERN = /^0x([0-9a-fA-F]{2})*$/;

export interface SignInContext {
  /** Host and port as they must stand in the message. */
  host: string;
  /** The portal's origin. */
  origin: string;
  nowMs: number;
  /** True once for a nonce that the server issued. */
  consumeNonce: (nonce: string) => Promise<boolean>;
}

export type SignInResult =
  /** `address`: 40 lower-case hex digits. */
  { ok: true; address: string } | { ok: false; sentence: string };

const refuse = (sentence: string): SignInResult => ({ ok: false, sentence });

/** True when the address in the message signed it (EIP-191) and its own times hold. */
export function isSignedBy(message: SignInMessage, signature: string, nowMs: number): boolean {
  if (!SIGNATURE_PATTERN.test(signature)) return false;
  const bytes = fromHex(signature);
  const digest = fromHex(hashMessage(message.text));
  if (bytes === undefined || digest === undefined) return false;
  // Wallets write v as 27 and 28, a few as 0 and 1 (EIP-191 leaves it open).
  const v = bytes[64] ?? 0;
  bytes[64] = v >= 27 ? v - 27 : v;
  const signer = recoverAddress(digest, bytes, nativeCrypto);
  if (signer === undefined || `0x${toHex(signer)}` !== message.address.toLowerCase()) return false;
  const isOver = message.expirationTime !== undefined && nowMs >= Date.parse(message.expirationTime);
  const isEarly = message.notBefore !== undefined && nowMs < Date.parse(message.notBefore);
  return !isOver && !isEarly;
}

function bindingFault(message: SignInMessage, context: SignInContext): string | undefined {
  const scheme = new URL(context.origin).protocol.slice(0, -1);
  if (message.domain !== context.host)
    return `This message is for ${message.domain}, not for ${context.host}: sign in on the page you mean.`;
  if (message.scheme !== undefined && message.scheme !== scheme)
    return 'This message is for another kind of connection: sign in again.';
  if (!URL.canParse(message.uri) || new URL(message.uri).origin !== context.origin)
    return 'This message is for another address: sign in again.';
  if (message.chainId !== CHAIN_ID) return `Sign-in messages have version 1 and chain id ${CHAIN_ID}: sign in again.`;
  return undefined;
}

/** `2026-03-01 12:00:00 UTC`. */
function inUtc(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What is wrong with a message's times, and by which clock: whoever wrote it with a clock of its own can then set that. */
function timeFault(message: SignInMessage, nowMs: number): string | undefined {
  const issuedMs = Date.parse(message.issuedAt);
  const compared = `The message says it was issued at ${inUtc(issuedMs)}; this portal’s clock says ${inUtc(nowMs)}.`;
  if (issuedMs > nowMs + CLOCK_SKEW_MS)
    return `${compared} The clock that it was written by is ahead: set it, then sign in again.`;
  if (issuedMs <= nowMs - SIGN_IN_MS_MAX)
    return `${compared} It is older than ten minutes, or the clock that it was written by is behind: sign in again, or set that clock first.`;
  if (message.notBefore !== undefined && nowMs < Date.parse(message.notBefore))
    return `${compared} It is not valid before ${inUtc(Date.parse(message.notBefore))}: sign in again.`;
  if (message.expirationTime === undefined) return undefined;
  const expiresMs = Date.parse(message.expirationTime);
  if (expiresMs <= nowMs)
    return `${compared} It expired at ${inUtc(expiresMs)}: sign in again, and if that does not help, set the clock of the device that writes the message.`;
  return expiresMs - issuedMs <= SIGN_IN_MS_MAX
    ? undefined
    : 'The message would be good for longer than ten minutes: sign in again.';
}

/**
 * Sign-In with Ethereum: grammar, domain, URI, version, chain, times, the server's own nonce (used up by the attempt, whatever comes of
 * it), then the signature. Nothing is asked of any chain.
 */
export async function verifySignIn(
  input: { message: string; signature: string },
  context: SignInContext,
): Promise<SignInResult> {
  const message = parseMessage(input.message);
  if (message === undefined) return refuse('This is no sign-in message: sign in again.');
  const fault = bindingFault(message, context) ?? timeFault(message, context.nowMs);
  if (fault !== undefined) return refuse(fault);
  if (HEX_PATTERN.test(input.signature) && input.signature.length > 132) {
    return refuse('Contract wallets cannot sign in here: use a wallet with a key of its own.');
  }
  if (!(await context.consumeNonce(message.nonce)))
    return refuse('This sign-in was used before or has expired: sign in again.');
  if (!isSignedBy(message, input.signature, context.nowMs)) {
    return refuse('The signature is not by the address in the message. A contract wallet cannot sign in here.');
  }
  return { ok: true, address: message.address.slice(2).toLowerCase() };
}
