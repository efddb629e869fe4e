import 'server-only';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize } from '#lib/auth/guard.ts';
import { showAddress } from '#lib/ledger-client.ts';
import { getAnchor } from '#lib/queries/network.ts';
import type { PreparedTransaction } from '#lib/shared/dto.ts';
import { nextNonce } from './hand-out-nonce.ts';

const FIRST_VALIDITY_MS = 10 * 60_000;

/**
 * The session's account, its owner key, the next nonce and a validity: what the browser needs to build typed data. Account, key and
 * nonce are 0 before CreateAccount. Null without a session, and when too many were asked for.
 */
export async function prepareTransaction(): Promise<PreparedTransaction | null> {
  const access = await authorize('transaction.prepare');
  if (!access.ok || access.viewer.kind !== 'person') return null;
  if ((await admitRequest('nonce', access.viewer.address)) > 0) return null;
  const network = (await getAnchor()).genesisHash;
  const { account } = access.viewer;
  const address = showAddress(access.viewer.address);
  if (account === null)
    return { address, account: 0, key: 0, nonce: '0', validUntilMs: Date.now() + FIRST_VALIDITY_MS, network };
  const next = await nextNonce(account.id, 0);
  return next.ok ? { address, account: account.id, key: 0, ...next.handed, network } : null;
}
