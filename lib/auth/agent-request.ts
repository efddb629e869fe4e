import 'server-only';
import { createHash } from 'node:crypto';
import { addressOf } from '#ledger/core/address.ts';
import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { rememberNonce } from '#lib/operations/nonces.ts';
import { getAnchor } from '#lib/queries/network.ts';
import { findAgentKey } from '#lib/queries/viewer-account.ts';
import type { Viewer } from './viewer.ts';

/** How far an agent's clock may be from ours. */
const SKEW_MS_MAX = 60_000;
const HEADER_PATTERN =
  /^Interpool-Agent address=0x([0-9a-fA-F]{40}),ts=(\d{1,15}),nonce=([0-9a-f]{32}),signature=([0-9a-f]{130})$/;

/** The parts of a request that its signature covers. */
export interface SignedRequest {
  method: string;
  /** Path with query, as sent. */
  path: string;
  /** As sent: text, or bytes. */
  body: string | Uint8Array;
  authorization: string;
}

interface Claimed {
  address: string;
  ts: number;
  nonce: string;
  signature: string;
}

function parseHeader(authorization: string): Claimed | undefined {
  const match = HEADER_PATTERN.exec(authorization);
  const [, address, ts, nonce, signature] = match ?? [];
  if (address === undefined || ts === undefined || nonce === undefined || signature === undefined) return undefined;
  return { address: address.toLowerCase(), ts: Number(ts), nonce, signature };
}

/** The text that an agent signs: one use, one minute, one method, path, body and network. */
export function requestText(
  request: Pick<SignedRequest, 'method' | 'path' | 'body'>,
  sealed: { ts: number; nonce: string; network: string },
): string {
  const bodyHash = createHash('sha256').update(request.body).digest('hex');
  return `interpool/agent-request/v1\n${request.method}\n${request.path}\n${bodyHash}\n${sealed.ts}\n${sealed.nonce}\n${sealed.network}`;
}

function signerOf(text: string, signature: string): string | undefined {
  const bytes = fromHex(signature);
  const publicKey = bytes && nativeCrypto.recover(nativeCrypto.sha256(utf8(text)), bytes);
  return publicKey && toHex(addressOf(publicKey, nativeCrypto));
}

/** The header's claims, when its signature is over this request; undefined when it is not. */
async function readSigned(request: SignedRequest): Promise<Claimed | undefined> {
  const claimed = parseHeader(request.authorization);
  if (claimed === undefined) return undefined;
  const network = (await getAnchor()).genesisHash;
  return signerOf(requestText(request, { ...claimed, network }), claimed.signature) === claimed.address
    ? claimed
    : undefined;
}

/** Who signed a request, and when by its own clock, which is `aheadMs` ahead of ours, the way included. */
export interface SignedBy {
  readonly address: string;
  readonly signedAtMs: number;
  readonly aheadMs: number;
  readonly nonce: string;
  /** False: the clocks are too far apart for the signature to count. */
  readonly isNow: boolean;
}

/** Who signed a request; undefined for a bad signature. One that is sent again is as good: whoever takes it once has to see to that. */
export async function verifySignature(request: SignedRequest, nowMs = Date.now()): Promise<SignedBy | undefined> {
  const claimed = await readSigned(request);
  if (claimed === undefined) return undefined;
  const { address, ts, nonce } = claimed;
  const aheadMs = ts - nowMs;
  return { address, signedAtMs: ts, aheadMs, nonce, isNow: Math.abs(aheadMs) <= SKEW_MS_MAX };
}

/** The agent that signed a request, with the account that authorised its key; undefined for a bad, late or repeated signature. */
export async function verifyAgentRequest(request: SignedRequest, nowMs = Date.now()): Promise<Viewer | undefined> {
  const signed = await verifySignature(request, nowMs);
  if (signed?.isNow !== true) return undefined;
  const { address, nonce, signedAtMs } = signed;
  // Remembered for as long as its time would still be accepted.
  const rememberedUntilMs = signedAtMs + 2 * SKEW_MS_MAX;
  if (!(await rememberNonce('agent-request', `${address}:${nonce}`, rememberedUntilMs))) return undefined;
  const key = await findAgentKey(address, nowMs);
  if (key === null) return { kind: 'agent', address, account: null, key: null };
  return { kind: 'agent', address, ...key };
}
