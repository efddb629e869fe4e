import 'server-only';
import type { ReportCause } from '#ledger/contracts/node/definition.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import { isPortalNode } from '#lib/operations/portal-heartbeats.ts';
import type {
  AccessRulesDto,
  CreditChangeDto,
  NetworkNodeDto,
  NodeChangeDto,
  NodeDto,
  NodePageDto,
  PageOf,
  TermDto,
} from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, idOf, numberOrNull, pageNumber, pageOf, readAsOf, windowOf } from './page.ts';

/** The contract's bound on nodes that validate, wait or leave (NODES_LIVE_MAX). */
const LIVE_MAX = 64;

interface ValidatorRow {
  id: bigint;
  name: string;
  operator: bigint;
  publicKey: string;
  address: string;
  status: string;
  equivocations: bigint;
  changedAtMs: bigint;
  changesAtMs: bigint | null;
}

async function toNodes(rows: readonly ValidatorRow[]): Promise<NodeDto[]> {
  const refs = await loadAccountRefs(rows.map(({ operator }) => operator));
  return rows.map(({ id, name, operator, publicKey, address, status, equivocations, changedAtMs, changesAtMs }) => ({
    id: Number(id),
    name,
    operator: operator === 0n ? null : refs.of(operator),
    publicKey,
    address,
    status: status as NodeDto['status'],
    equivocations: Number(equivocations),
    changedAtMs: Number(changedAtMs),
    changesAtMs: numberOrNull(changesAtMs),
  }));
}

/** Every validator that validates, waits for it or is leaving, in order of id. */
export async function getNodes(): Promise<NodeDto[]> {
  if (!(await authorize('network.read')).ok) return [];
  const where = { class: 'consensus', status: { not: 'retired' } };
  return toNodes(await database().node.findMany({ where, orderBy: { id: 'asc' }, take: LIVE_MAX }));
}

/** Validators that have left for good, the latest first. */
export async function getRetiredNodes(page: number): Promise<PageOf<NodeDto>> {
  if (!(await authorize('network.read')).ok) return emptyPage();
  const number = pageNumber(page);
  const where = { class: 'consensus', status: 'retired' };
  const [rows, total] = await Promise.all([
    database().node.findMany({ where, orderBy: [{ changedAtMs: 'desc' }, { id: 'desc' }], ...windowOf(number) }),
    database().node.count({ where }),
  ]);
  return pageOf(await toNodes(rows), total, number);
}

/** Names of validators by their address, hex; where a key has had several nodes, the latest one's. */
export async function nodeNames(addresses: readonly string[]): Promise<Map<string, string>> {
  const rows = await database().node.findMany({
    where: { class: 'consensus', address: { in: [...addresses] } },
    orderBy: { id: 'asc' },
    select: { address: true, name: true },
  });
  return new Map(rows.map(({ address, name }) => [address, name]));
}

/** Changes of one node that its page shows. */
const CHANGES_MAX = 100;

export interface RegisterFilter {
  readonly class?: NetworkNodeDto['class'];
  readonly status?: NetworkNodeDto['status'];
  /** A part of the name, in any case. */
  readonly text?: string;
  readonly operator?: number;
  readonly page?: number;
}

/** Nodes of every class, in order of id [7.2.6-b]. */
export async function getRegister(filter: RegisterFilter = {}): Promise<PageOf<NetworkNodeDto>> {
  if (!(await authorize('network.read')).ok) return emptyPage();
  const number = pageNumber(filter.page);
  const { class: kind, status, text = '', operator } = filter;
  const where: Prisma.NodeWhereInput = {
    ...(kind === undefined ? {} : { class: kind }),
    ...(status === undefined ? {} : { status }),
    ...(operator === undefined ? {} : { operator: BigInt(operator) }),
    ...(text === '' ? {} : { name: { contains: text, mode: 'insensitive' } }),
  };
  const [rows, total] = await Promise.all([
    database().node.findMany({ where, orderBy: { id: 'asc' }, ...windowOf(number) }),
    database().node.count({ where }),
  ]);
  return pageOf(await toNetworkNodes(rows), total, number);
}

/** One node with its history; null when there is none of this number. */
export async function getNode(id: number): Promise<NodePageDto | null> {
  const number = idOf(id);
  if (!(await authorize('network.read')).ok || number === undefined) return null;
  const row = await database().node.findUnique({ where: { id: number } });
  if (row === null) return null;
  const serves = { owner: row.operator, agentKey: row.key, status: { not: 'retired' } };
  const [[node], changes, credits, resources, asOf] = await Promise.all([
    toNetworkNodes([row]),
    changesOf(row.id),
    creditsOf(row.id),
    database().resource.findMany({
      where: serves,
      orderBy: { id: 'asc' },
      take: SERVED_MAX,
      select: { id: true, title: true, status: true },
    }),
    readAsOf(),
  ]);
  if (node === undefined) return null;
  return {
    node,
    changes,
    credits,
    resources: resources.map(({ id: resource, ...rest }) => ({ id: Number(resource), ...rest })),
    asOf,
  };
}

/** Sources on offer through one key (SOURCES_MAX of the contract). */
const SERVED_MAX = 256;

/** The node that speaks for the portal at this origin; null where there is none. */
export async function getNodeOfPortal(origin: string): Promise<NetworkNodeDto | null> {
  if (!(await authorize('network.read')).ok) return null;
  const [found] = await database().$queryRaw<{ id: bigint }[]>`
    SELECT n."id" FROM ${readModel.nodes} n WHERE ${isPortalNode(Prisma.sql`${origin}`)} ORDER BY n."id" LIMIT 1`;
  const row = found === undefined ? null : await database().node.findUnique({ where: { id: found.id } });
  return row === null ? null : ((await toNetworkNodes([row]))[0] ?? null);
}

/** The latest node whose key has this address, hex in whatever case, with or without 0x; null where there is none. */
export async function getNodeOfKey(address: string): Promise<NetworkNodeDto | null> {
  const hex = address.replace(/^0x/i, '').toLowerCase();
  if (!/^[0-9a-f]{40}$/.test(hex) || !(await authorize('network.read')).ok) return null;
  const row = await database().node.findFirst({ where: { address: hex }, orderBy: { id: 'desc' } });
  return row === null ? null : ((await toNetworkNodes([row]))[0] ?? null);
}

async function changesOf(node: bigint): Promise<NodeChangeDto[]> {
  const rows = await database().nodeChange.findMany({
    where: { node },
    orderBy: [{ height: 'desc' }, { phase: 'desc' }, { index: 'desc' }, { sequence: 'desc' }],
    take: CHANGES_MAX,
  });
  const refs = await loadAccountRefs(rows.map(({ by }) => by));
  return rows.map(({ from, to, by, reason, sinceMs, atMs, tx }) => ({
    from,
    to,
    by: by === 0n ? null : refs.of(by),
    reason,
    sinceMs: numberOrNull(sinceMs),
    atMs: Number(atMs),
    tx,
  }));
}

async function creditsOf(node: bigint): Promise<CreditChangeDto[]> {
  const rows = await database().nodeCredit.findMany({ where: { node }, orderBy: { epoch: 'desc' }, take: CHANGES_MAX });
  return rows.map(({ epoch, from, to, online, probes, activity, history, atMs }) => ({
    epoch: Number(epoch),
    from: Number(from),
    to: Number(to),
    online: Number(online),
    probes: Number(probes),
    activity: Number(activity),
    history: Number(history),
    atMs: Number(atMs),
  }));
}

/** The rules for access in force. */
export async function getAccessRules(): Promise<AccessRulesDto | null> {
  if (!(await authorize('network.read')).ok) return null;
  const row = await database().accessRules.findUnique({ where: { id: 0n } });
  if (row === null) return null;
  const rules = row.rules as unknown as AccessRulesDto['rules'];
  return { rules, proposal: row.proposal === 0n ? null : Number(row.proposal) };
}

type NetworkRow = Awaited<ReturnType<ReturnType<typeof database>['node']['findMany']>>[number];
/** As the projection writes it: numbers as decimal text. */
interface RefusedJson {
  readonly by: string;
  readonly atMs: string;
  readonly failed: readonly { readonly sentence: string; readonly values: TermDto[]; readonly error: string }[];
}

/** Rows of the register as pages see them. */
export async function toNetworkNodes(rows: readonly NetworkRow[]): Promise<NetworkNodeDto[]> {
  const refusals = rows.map(({ refused }) => refused as unknown as RefusedJson | null);
  const refusers = refusals.flatMap((refused) => (refused === null ? [] : [BigInt(refused.by)]));
  const refs = await loadAccountRefs([...rows.map(({ operator }) => operator), ...refusers]);
  return rows.map((row, place) => {
    const refused = refusals[place] ?? null;
    const isValidator = row.class === 'consensus';
    return {
      id: Number(row.id),
      name: row.name,
      class: row.class as NetworkNodeDto['class'],
      status: row.status as NetworkNodeDto['status'],
      operator: row.operator === 0n ? null : refs.of(row.operator),
      key: isValidator ? null : Number(row.key),
      address: row.address,
      software: isValidator ? null : row.software,
      endpoint: row.endpoint === '' ? null : row.endpoint,
      failedAttempts: Number(row.failedAttempts),
      suspensions: Number(row.suspensions),
      equivocations: Number(row.equivocations),
      credit: numberOrNull(row.credit),
      registeredAtMs: Number(row.registeredAtMs),
      changedAtMs: Number(row.changedAtMs),
      reason: row.reason,
      changesAtMs: numberOrNull(row.changesAtMs),
      fault: faultOf(row),
      refused:
        refused === null
          ? null
          : {
              by: refs.of(BigInt(refused.by)),
              atMs: Number(refused.atMs),
              failed: refused.failed.map(({ sentence, values, error }) => ({ sentence, values, error })),
            },
    };
  });
}

function faultOf({ cause, sinceMs, reportedAtMs, heardAtMs }: NetworkRow): NetworkNodeDto['fault'] {
  if (cause === null) return null;
  return {
    cause: cause as ReportCause,
    sinceMs: Number(sinceMs),
    reportedAtMs: Number(reportedAtMs),
    heardAtMs: numberOrNull(heardAtMs),
  };
}
