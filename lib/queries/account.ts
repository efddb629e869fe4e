import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { readAddress, showAddress } from '#lib/ledger-client.ts';
import type { AccountDetail } from '#lib/shared/explorer-dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { idOf } from './page.ts';
import { toSummaries } from './resource-rows.ts';
import { PRIVATE_METHODS } from './event-sentence.ts';
import { toTransactions } from './transaction-rows.ts';

const KEYS_MAX = 50;
const RESOURCES_MAX = 50;
const TRANSACTIONS_MAX = 20;

/** What everybody may see of an account: roles, keys, what it offers, its record; null when there is none. */
export async function getAccount(id: number): Promise<AccountDetail | null> {
  const key = idOf(id);
  const access = await authorize('account.read');
  if (key === undefined || !access.ok) return null;
  // What an account signed in its orders is its own to list.
  const shown = access.account === id ? {} : { method: { notIn: [...PRIVATE_METHODS] } };
  const client = database();
  const account = await client.account.findUnique({ where: { id: key } });
  if (account === null) return null;
  const [refs, roles, keys, resources, transactions] = await Promise.all([
    loadAccountRefs([key]),
    client.accountRole.findMany({ where: { account: key }, orderBy: { role: 'asc' } }),
    client.accountKey.findMany({ where: { account: key }, orderBy: { key: 'asc' }, take: KEYS_MAX }),
    client.resource.findMany({
      where: { owner: key, status: { not: 'retired' } },
      orderBy: { id: 'desc' },
      take: RESOURCES_MAX,
    }),
    client.transaction.findMany({
      where: { account: key, ...shown },
      orderBy: { logIndex: 'desc' },
      take: TRANSACTIONS_MAX,
    }),
  ]);
  return {
    ...refs.of(key),
    roles: roles.map(({ role }) => role),
    createdAtMs: Number(account.createdAtMs),
    completedOrders: Number(account.completedOrders),
    brokenOrders: Number(account.brokenOrders),
    keys: keys.map((row) => ({
      key: Number(row.key),
      address: showAddress(row.address),
      label: row.label,
      methods: row.methods as string[],
      expiresAtMs: row.expiresAtMs === null ? null : Number(row.expiresAtMs),
      revoked: row.revoked,
    })),
    resources: await toSummaries(resources),
    transactions: await toTransactions(transactions, new Set(transactions.map(({ logIndex }) => logIndex))),
  };
}

/** Account and key of an address (0x…): the account it owns, else the one it is authorised for; null when neither. */
export async function getAccountByAddress(text: string): Promise<{ account: number; key: number } | null> {
  const address = readAddress(text);
  if (address === undefined || !(await authorize('account.read')).ok) return null;
  const keys = await database().accountKey.findMany({ where: { address, revoked: false }, orderBy: { key: 'asc' } });
  const found = keys[0];
  return found === undefined ? null : { account: Number(found.account), key: Number(found.key) };
}
