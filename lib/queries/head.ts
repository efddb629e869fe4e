import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { fetchHead } from '#lib/ledger-client.ts';

/** The newest decided header with its commit (`interpool-head/1`), its trail from a height that the reader trusts; null before the first block. */
export async function getHead(fromHeight?: bigint): Promise<unknown> {
  return (await authorize('network.read')).ok ? fetchHead(fromHeight) : null;
}
