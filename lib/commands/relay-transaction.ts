import 'server-only';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { admitAddress, admitRequest } from '#lib/auth/admission.ts';
import { portalCodes } from '#lib/errors.ts';
import { awaitOutcome, decodeSigned, submitTransaction } from '#lib/ledger-client.ts';
import { findItem, getOutcome, type ItemOutcome } from '#lib/queries/outcome.ts';

const ITEM_MS_MAX = 2_000;

export type Relayed =
  | { state: 'decided'; item: ItemOutcome }
  /** Taken by the ledger, not decided within the wait. */
  | { state: 'waiting'; tx: string }
  | { state: 'refused'; code: number; retryAfterSeconds?: number };

/**
 * Submits a signed transaction for whoever sends it: the signature is the authority, no session is asked for. Counted by the caller's
 * network address and the signer's.
 */
export async function relayTransaction(signedHex: string, waitMs: number): Promise<Relayed> {
  // Before anything is decoded: recovering a signer costs us more than a request costs its sender.
  const busySeconds = await admitRequest('submit');
  if (busySeconds > 0) return { state: 'refused', code: portalCodes.RATE_LIMITED, retryAfterSeconds: busySeconds };
  const decoded = decodeSigned(signedHex);
  if (!decoded.ok) return { state: 'refused', code: decoded.code };
  const { tx, signer, bytes } = decoded.value;
  const retryAfterSeconds = signer === undefined ? 0 : await admitAddress('submit', signer);
  if (retryAfterSeconds > 0) return { state: 'refused', code: portalCodes.RATE_LIMITED, retryAfterSeconds };
  const submitted = await submitTransaction(bytes);
  if (!submitted.ok) {
    const earlier = submitted.code === admissionCodes.NONCE_USED ? await findItem(tx) : null;
    if (earlier !== null) return { state: 'decided', item: earlier };
    const { code, retryAfterMs } = submitted;
    return {
      state: 'refused',
      code,
      ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.ceil(retryAfterMs / 1_000) }),
    };
  }
  // Whoever holds what was signed reads what became of it.
  return awaitItem(tx, waitMs, findItem);
}

/** Waits for a transaction to be decided and projected, and gives it as the viewer may read it. */
export function awaitReadable(tx: string, waitMs: number): ReturnType<typeof awaitItem> {
  return awaitItem(tx, waitMs, getOutcome);
}

async function awaitItem(
  tx: string,
  waitMs: number,
  read: typeof findItem,
): Promise<Extract<Relayed, { state: 'decided' | 'waiting' }>> {
  const known = await read(tx);
  if (known !== null) return { state: 'decided', item: known };
  const outcome = await awaitOutcome(tx, waitMs);
  if (outcome === undefined) return { state: 'waiting', tx };
  const item = await read(tx, { waitMs: ITEM_MS_MAX });
  return item === null ? { state: 'waiting', tx } : { state: 'decided', item };
}
