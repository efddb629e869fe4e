import 'server-only';
import { database } from '#lib/db.ts';
import { idOf } from './page.ts';

/** The profile commitment that the ledger holds for an account, and the account's address; hex. */
export async function findCommitment(account: number): Promise<{ address: string; commitment: string } | null> {
  const id = idOf(account);
  const row = id === undefined ? null : await database().account.findUnique({ where: { id } });
  return row === null ? null : { address: row.address, commitment: row.profileCommitment };
}
