import 'server-only';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize } from '#lib/auth/guard.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { showAddress } from '#lib/ledger-client.ts';
import { getAnchor } from '#lib/queries/network.ts';
import type { Prepared } from '#lib/shared/dto.ts';
import { nextNonce } from './hand-out-nonce.ts';

const FIRST_VALIDITY_MS = 10 * 60_000;

const refused = (code: number): Prepared => ({ ok: false, sentence: wordsOf(code).sentence });

/**
 * The session's account, its owner key, the next nonce and a validity: what the browser needs to build typed data. Account, key and
 * nonce are 0 before CreateAccount. A sentence without a session, and when too many were asked for or wait to be used.
 */
export async function prepareTransaction(): Promise<Prepared> {
  const access = await authorize('transaction.prepare');
  if (!access.ok || access.viewer.kind !== 'person') return refused(portalCodes.SIGN_IN_REQUIRED);
  if ((await admitRequest('nonce', access.viewer.address)) > 0) return refused(portalCodes.RATE_LIMITED);
  const network = (await getAnchor()).genesisHash;
  const { account } = access.viewer;
  const address = showAddress(access.viewer.address);
  if (account === null)
    return { ok: true, address, account: 0, key: 0, nonce: '0', validUntilMs: Date.now() + FIRST_VALIDITY_MS, network };
  const next = await nextNonce(account.id, 0);
  if (!next.ok) return refused(next.code);
  return { ok: true, address, account: account.id, key: 0, ...next.handed, network };
}
