import 'server-only';
import type { ViewerAccount } from '#lib/auth/viewer.ts';
import { database } from '#lib/db.ts';

/** The account whose owner key has this address (40 hex digits), with its roles; null before CreateAccount was projected. */
export async function findViewerAccount(address: string): Promise<ViewerAccount | null> {
  const account = await database().account.findUnique({ where: { address } });
  if (account === null) return null;
  const { profileCommitment: commitment } = account;
  const [roles, profile] = await Promise.all([
    database().accountRole.findMany({ where: { account: account.id }, orderBy: { role: 'asc' } }),
    database().profile.findUnique({ where: { address_commitment: { address, commitment } }, select: { name: true } }),
  ]);
  return {
    id: Number(account.id),
    roles: roles.map(({ role }) => role),
    encryptionKey: account.encryptionKey,
    name: profile?.name ?? null,
  };
}

/**
 * Account and key of an address: the account it owns, else the one that authorised it, as on the ledger (others may authorise an
 * address that is not theirs), with the account's roles; null while there is none that is valid at `nowMs`.
 */
export async function findAgentKey(
  address: string,
  nowMs: number,
): Promise<{ account: number; key: number; roles: string[] } | null> {
  const keys = await database().accountKey.findMany({ where: { address, revoked: false }, orderBy: { key: 'asc' } });
  const valid = keys.find((key) => key.expiresAtMs === null || BigInt(key.expiresAtMs) > BigInt(nowMs));
  if (valid === undefined) return null;
  const roles = await database().accountRole.findMany({ where: { account: valid.account }, orderBy: { role: 'asc' } });
  return { account: Number(valid.account), key: Number(valid.key), roles: roles.map(({ role }) => role) };
}
