import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { RevisionFacts } from '#lib/shared/dto.ts';
import { creditsOf } from './credit.ts';
import { loadAccountRefs } from './account-refs.ts';
import { idOf } from './page.ts';
import { toQuantities, toTerms } from './stored-lists.ts';

/** Customers whose last application is held against another strategy. */
const CUSTOMERS_MAX = 20;
/** Orders, newest first, among which they are looked for. */
const ORDERS_MAX = 200;
const RUNNING = ['reserved', 'prepared', 'active'];

/** What a provider has to know of its resource's orders before it changes the strategy; null for anybody else. */
export async function getRevisionFacts(resource: number): Promise<RevisionFacts | null> {
  const key = idOf(resource);
  const row = key === undefined ? null : await database().resource.findUnique({ where: { id: key } });
  if (row === null) return null;
  const access = await authorize('resources.own', { accounts: [Number(row.owner)] });
  if (!access.ok) return null;
  const [running, orders] = await Promise.all([
    database().agreement.count({ where: { resource: row.id, status: { in: RUNNING } } }),
    database().agreement.findMany({ where: { resource: row.id }, orderBy: { id: 'desc' }, take: ORDERS_MAX }),
  ]);
  const last = orders.filter(
    ({ customer }, index) => orders.findIndex((order) => order.customer === customer) === index,
  );
  const shown = last.slice(0, CUSTOMERS_MAX);
  const ids = shown.map(({ customer }) => customer);
  const [refs, accounts, roles, credits, identified] = await Promise.all([
    loadAccountRefs(ids),
    database().account.findMany({ where: { id: { in: ids } } }),
    database().accountRole.findMany({ where: { account: { in: ids } }, orderBy: { role: 'asc' } }),
    creditsOf(ids),
    database().attestation.findMany({ where: { account: { in: ids }, endedAtMs: null } }),
  ]);
  const customers = shown.flatMap((order) => {
    const account = accounts.find(({ id }) => id === order.customer);
    if (account === undefined) return [];
    return [
      {
        account: refs.of(order.customer),
        roles: roles.filter((held) => held.account === order.customer).map(({ role }) => role),
        createdAtMs: Number(account.createdAtMs),
        completedOrders: Number(account.completedOrders),
        brokenOrders: Number(account.brokenOrders),
        credit: credits.get(order.customer) ?? 0,
        identifiedBy: Number(identified.find((one) => one.account === order.customer)?.operator ?? 0),
        purpose: order.purpose,
        fieldOfBusiness: order.fieldOfBusiness,
        durationMs: Number(order.durationMs),
        choices: toTerms(order.choices),
        amounts: toQuantities(order.amounts),
      },
    ];
  });
  return { running, customers, isEveryCustomer: last.length <= CUSTOMERS_MAX && orders.length < ORDERS_MAX };
}
