import 'server-only';
import type { CreditCause, Permission, PermissionCause } from '#ledger/contracts/credit/definition.ts';
import {
  accountCreditOf,
  historyOf,
  termsFrom,
  thresholdsFrom,
  type AccountFacts,
  type CreditTerms,
  type CreditThresholds,
  type NodeFacts,
} from '#ledger/contracts/credit/score.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { AccountRef, AsOf, PageOf } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, idOf, pageNumber, pageOf, readAsOf, windowOf } from './page.ts';
import { readParameters } from './parameters.ts';

/** Nodes, and accounts, that a what-if is asked about at most: the lowest ids. */
const NODES_MAX = 500;
const ACCOUNTS_MAX = 500;
/** Changes that one node's, or one account's, history shows. */
const CHANGES_MAX = 100;
/** Statuses in which a node counts in its operator's credit: in the set or on its way out of it or back, or admitted and not retired. */
const COUNTS = ['waiting', 'validating', 'leaving', 'standing-down', 'suspended', 'probation', 'returning', 'active'];

async function readTerms(): Promise<{ terms: CreditTerms; thresholds: CreditThresholds }> {
  const of = await readParameters();
  return { terms: termsFrom(of), thresholds: thresholdsFrom(of) };
}

interface HistoryRow {
  id: bigint;
  completedOrders: bigint;
  brokenOrders: bigint;
  qualityMissed: bigint;
  contestsLost: bigint;
}

function historyIn(row: HistoryRow): AccountFacts['history'] {
  const { completedOrders: completed, brokenOrders: broken, qualityMissed, contestsLost } = row;
  return { completed, broken, qualityMissed, contestsLost };
}

/** Credits of accounts, as the ledger works them out: the lowest of an account's nodes', else what its orders say. */
export async function creditsOf(accounts: readonly bigint[]): Promise<Map<bigint, number>> {
  const ids = [...new Set(accounts)];
  const [{ terms }, rows, nodes] = await Promise.all([
    readTerms(),
    database().account.findMany({ where: { id: { in: ids } } }),
    database().node.findMany({
      where: { operator: { in: ids }, status: { in: COUNTS }, credit: { not: null } },
      select: { operator: true, credit: true },
    }),
  ]);
  return new Map(
    rows.map((row) => {
      const own = nodes.flatMap(({ operator, credit }) => (operator === row.id && credit !== null ? [credit] : []));
      const history = historyOf({ ...historyIn(row), suspensions: 0n, equivocations: 0n }, terms);
      return [row.id, Number(accountCreditOf(own, history))] as const;
    }),
  );
}

/** Everything that `whatIf` of the contract is asked with, as of now. `names` of the nodes and `refs` of the accounts are for who reads it. */
export interface WhatIfFacts {
  nodes: NodeFacts[];
  accounts: AccountFacts[];
  terms: CreditTerms;
  thresholds: CreditThresholds;
  names: { node: number; name: string; class: string; status: string }[];
  refs: AccountRef[];
  /** False: there are more, which are not among them. */
  isEveryNode: boolean;
  asOf: AsOf;
}

/** Facts of every node that was evaluated, each as of the last change of its credit, and of the accounts that provide or answer for nodes [8.5.1-d]. */
export async function getWhatIfFacts(): Promise<WhatIfFacts | null> {
  if (!(await authorize('network.read')).ok) return null;
  const client = database();
  const [rows, providers, parameters, asOf] = await Promise.all([
    client.node.findMany({
      where: { credit: { not: null }, status: { in: COUNTS } },
      orderBy: { id: 'asc' },
      take: NODES_MAX + 1,
    }),
    client.accountRole.findMany({ where: { role: 'NRP' }, orderBy: { account: 'asc' }, take: ACCOUNTS_MAX }),
    readTerms(),
    readAsOf(),
  ]);
  const shown = rows.slice(0, NODES_MAX);
  const ids = [...new Set([...shown.map(({ operator }) => operator), ...providers.map(({ account }) => account)])];
  const [changes, accounts, refs] = await Promise.all([
    client.nodeCredit.findMany({
      where: { node: { in: shown.map(({ id }) => id) } },
      orderBy: [{ node: 'asc' }, { epoch: 'desc' }],
      distinct: ['node'],
    }),
    client.account.findMany({ where: { id: { in: ids.filter((id) => id !== 0n) } }, orderBy: { id: 'asc' } }),
    loadAccountRefs(ids),
  ]);
  const facts = new Map(changes.map((change) => [change.node, factsIn(change)]));
  const nodes = shown.flatMap(({ id, operator, class: kind }) => {
    const known = facts.get(id);
    if (known === undefined) return [];
    return [{ node: id, operator, isValidator: kind === 'consensus', counts: true, facts: known }];
  });
  return {
    nodes,
    accounts: accounts.map((row) => ({ account: row.id, history: historyIn(row) })),
    ...parameters,
    names: shown.map(({ id, name, class: kind, status }) => ({ node: Number(id), name, class: kind, status })),
    refs: accounts.map(({ id }) => refs.of(id)),
    isEveryNode: rows.length <= NODES_MAX,
    asOf,
  };
}

type CreditRow = Awaited<ReturnType<ReturnType<typeof database>['nodeCredit']['findMany']>>[number];

function factsIn(row: CreditRow): NodeFacts['facts'] {
  const { online, probesFailed, activityCount: activity, completed, broken } = row;
  const { qualityMissed, contestsLost, suspensions, equivocations } = row;
  return { online, probesFailed, activity, completed, broken, qualityMissed, contestsLost, suspensions, equivocations };
}

/** A change of a node's credit with the fact that moved it most. */
export interface CauseDto {
  epoch: number;
  from: number;
  to: number;
  cause: CreditCause;
  atMs: number;
}

/** A change of what a credit permits. `node` null: it is about the account; `account` null: nobody's account answers for the validator. */
export interface PermissionChangeDto {
  account: AccountRef | null;
  node: number | null;
  permission: Permission;
  to: boolean;
  credit: number;
  threshold: number;
  epoch: number;
  cause: PermissionCause;
  atMs: number;
  tx: string | null;
}

/** A node's credit whenever it changed, and what its credit permitted as a validator, the newest first; null when there is no such node. `facts`: of the last change. */
export async function getNodeCredit(
  id: number,
): Promise<{ changes: CauseDto[]; facts: NodeFacts['facts'] | null; permissions: PermissionChangeDto[] } | null> {
  const node = idOf(id);
  if (!(await authorize('network.read')).ok || node === undefined) return null;
  if ((await database().node.findUnique({ where: { id: node } })) === null) return null;
  const [changes, permissions] = await Promise.all([
    database().nodeCredit.findMany({ where: { node }, orderBy: { epoch: 'desc' }, take: CHANGES_MAX }),
    database().permissionChange.findMany({ where: { node }, orderBy: NEWEST, take: CHANGES_MAX }),
  ]);
  return {
    changes: changes.map(({ epoch, from, to, cause, atMs }) => ({
      epoch: Number(epoch),
      from: Number(from),
      to: Number(to),
      cause: cause as CreditCause,
      atMs: Number(atMs),
    })),
    facts: changes[0] === undefined ? null : factsIn(changes[0]),
    permissions: await toPermissionChanges(permissions),
  };
}

/** An account's credit as it stands, what it permits, and every change of that, the newest first; null when there is no such account. */
export async function getAccountCredit(
  id: number,
): Promise<{ credit: number; mayPublish: boolean; mayOrderSeveral: boolean; changes: PermissionChangeDto[] } | null> {
  const account = idOf(id);
  if (!(await authorize('account.read')).ok || account === undefined) return null;
  const where = { account, node: 0n };
  const lastOf = (permission: Permission) =>
    database().permissionChange.findFirst({ where: { ...where, permission }, orderBy: NEWEST });
  const [credits, publish, orders, changes] = await Promise.all([
    creditsOf([account]),
    lastOf('publish'),
    lastOf('orders'),
    database().permissionChange.findMany({ where, orderBy: NEWEST, take: CHANGES_MAX }),
  ]);
  const credit = credits.get(account);
  if (credit === undefined) return null;
  return {
    credit,
    mayPublish: publish?.to ?? true,
    mayOrderSeveral: orders?.to ?? true,
    changes: await toPermissionChanges(changes),
  };
}

/** Every change of what a credit permits, of all nodes and accounts, the newest first. */
export async function getPermissionChanges(page: number): Promise<PageOf<PermissionChangeDto>> {
  if (!(await authorize('network.read')).ok) return emptyPage();
  const number = pageNumber(page);
  const [rows, total] = await Promise.all([
    database().permissionChange.findMany({ orderBy: NEWEST, ...windowOf(number) }),
    database().permissionChange.count(),
  ]);
  return pageOf(await toPermissionChanges(rows), total, number);
}

const NEWEST = [
  { height: 'desc' as const },
  { phase: 'desc' as const },
  { index: 'desc' as const },
  { sequence: 'desc' as const },
];

type PermissionRow = Awaited<ReturnType<ReturnType<typeof database>['permissionChange']['findMany']>>[number];

async function toPermissionChanges(rows: readonly PermissionRow[]): Promise<PermissionChangeDto[]> {
  const refs = await loadAccountRefs(rows.map(({ account }) => account));
  return rows.map(({ account, node, permission, to, credit, threshold, epoch, cause, atMs, tx }) => ({
    account: account === 0n ? null : refs.of(account),
    node: node === 0n ? null : Number(node),
    permission: permission as Permission,
    to,
    credit: Number(credit),
    threshold: Number(threshold),
    epoch: Number(epoch),
    cause: cause as PermissionCause,
    atMs: Number(atMs),
    tx,
  }));
}
