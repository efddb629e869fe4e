import 'server-only';
import type { NoticeStatus } from '#ledger/contracts/demand/definition.ts';
import type { Role } from '#ledger/contracts/shared/roles.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database, type Prisma } from '#lib/db.ts';
import type { NoticeChoicesDto, NoticeDto, NoticeFilter } from '#lib/shared/demand-dto.ts';
import type { AccountRef, PageOf } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { SUMMARY_OMITS, toOpenDemand } from './demand-rows.ts';
import { titlesOf } from './order-rows.ts';
import { emptyPage, numberOrNull, pageNumber, pageOf, windowOf } from './page.ts';

type NoticeRow = Prisma.NoticeGetPayload<object>;

/** Somebody still has to say something about them. */
const OPEN: NoticeStatus[] = ['sent', 'relayed', 'will-share'];
/** What was not handed on is not the provider's to see. */
const WITHHELD: NoticeStatus[] = ['sent', 'stopped'];
const ANSWERED: NoticeStatus[] = ['will-share', 'shared', 'declined'];
/** Of one demand. */
const OF_DEMAND_MAX = 100;
/** Accounts of one role that a form lists; one beyond is named by its number. */
const HOLDERS_MAX = 200;

/** Requests with what is asked for, without whose the demand is and what it may cost; in the order of the rows. */
async function toNotices(rows: readonly NoticeRow[]): Promise<NoticeDto[]> {
  if (rows.length === 0) return [];
  const [refs, titles, demands] = await Promise.all([
    loadAccountRefs(rows.flatMap(({ broker, nodeProvider, provider }) => [broker, nodeProvider, provider])),
    titlesOf(rows.flatMap(({ resource }) => resource ?? [])),
    database().demand.findMany({ where: { id: { in: rows.map(({ demand }) => demand) } }, omit: SUMMARY_OMITS }),
  ]);
  const demandOf = new Map(demands.map((row) => [row.id, toOpenDemand(row)]));
  return rows.flatMap((row) => {
    const demand = demandOf.get(row.demand);
    if (demand === undefined) return [];
    const { resource } = row;
    return {
      notice: Number(row.id),
      demand,
      kind: row.kind,
      status: row.status as NoticeStatus,
      broker: refs.of(row.broker),
      nodeProvider: refs.of(row.nodeProvider),
      provider: refs.of(row.provider),
      resource: resource === null ? null : { id: Number(resource), title: titles.get(resource)?.title ?? '' },
      sentAtMs: Number(row.sentAtMs),
      relayedAtMs: numberOrNull(row.relayedAtMs),
      answeredAtMs: numberOrNull(row.answeredAtMs),
    };
  });
}

function ownOf(as: NoticeFilter['as'], self: bigint): Prisma.NoticeWhereInput {
  switch (as) {
    case 'broker':
      return { broker: self };
    case 'node-provider':
      return { nodeProvider: self };
    case 'provider':
      return { provider: self, status: { notIn: WITHHELD } };
  }
}

/** Brokers' requests that the signed-in account sent, has to hand on or has to answer, newest first. */
export async function getNotices({ as, open, page }: NoticeFilter): Promise<PageOf<NoticeDto>> {
  const access = await authorize('notices.list');
  if (!access.ok || access.account === null) return emptyPage();
  const number = pageNumber(page);
  const own = ownOf(as, BigInt(access.account));
  const where = open === true ? { AND: [own, { status: { in: OPEN } }] } : own;
  const [rows, total] = await Promise.all([
    database().notice.findMany({ where, orderBy: { id: 'desc' }, ...windowOf(number) }),
    database().notice.count({ where }),
  ]);
  return pageOf(await toNotices(rows), total, number);
}

/** Requests for one demand: those that were answered, and of a broker's own all. For readers of the whole demand. */
export async function noticesOf(demand: bigint, account: number): Promise<NoticeDto[]> {
  const rows = await database().notice.findMany({
    where: { demand, OR: [{ status: { in: ANSWERED } }, { broker: BigInt(account) }] },
    orderBy: { id: 'desc' },
    take: OF_DEMAND_MAX,
  });
  return toNotices(rows);
}

async function holdersOf(role: Role): Promise<AccountRef[]> {
  const rows = await database().accountRole.findMany({
    where: { role },
    orderBy: { account: 'asc' },
    take: HOLDERS_MAX,
    select: { account: true },
  });
  const refs = await loadAccountRefs(rows.map(({ account }) => account));
  return rows.flatMap(({ account }) => refs.orNull(account) ?? []);
}

/** Providers that a broker can ask to share something, and node providers that hand it on; null for everybody but brokers. */
export async function getNoticeChoices(): Promise<NoticeChoicesDto | null> {
  if (!(await authorize('desk.read')).ok) return null;
  const [providers, nodeProviders] = await Promise.all([holdersOf('NRP'), holdersOf('NRNSP')]);
  return { providers, nodeProviders };
}
