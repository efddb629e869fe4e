import 'server-only';
import type { Aim } from '#ledger/contracts/plan/definition.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database, type Prisma } from '#lib/db.ts';
import { plain, queryLedger } from '#lib/ledger-client.ts';
import type {
  ChosenPlanDto,
  DemandDetail,
  DemandFilter,
  DemandSummary,
  ExactAmountDto,
  OpenDemandDto,
  RelaxDto,
  WhyNotDto,
} from '#lib/shared/demand-dto.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import { structsFromJson } from '#lib/shared/event-json.ts';
import { loadAccountRefs } from './account-refs.ts';
import { SUMMARY_OMITS, toDemands, toOpenDemand, type DemandRow } from './demand-rows.ts';
import { subjectEvents } from './event-rows.ts';
import { noticesOf } from './notices.ts';
import { titlesOf } from './order-rows.ts';
import { emptyPage, idOf, pageNumber, pageOf, readAsOf, windowOf } from './page.ts';
import { toPlans, type StandingPlan } from './plan-rows.ts';

/** Plans of brokers that one page reads; the contract takes fewer at a time. */
const PROPOSED_MAX = 64;

/** The signed-in account's own demands, newest first. */
export async function getDemands({ status, kind, page }: DemandFilter): Promise<PageOf<DemandSummary>> {
  const access = await authorize('demands.list');
  if (!access.ok || access.account === null) return emptyPage();
  const number = pageNumber(page);
  const where = {
    customer: BigInt(access.account),
    ...(status !== undefined && { status }),
    ...(kind !== undefined && { kinds: { array_contains: [kind] } }),
  };
  const [rows, total] = await Promise.all([
    database().demand.findMany({ where, orderBy: { id: 'desc' }, omit: SUMMARY_OMITS, ...windowOf(number) }),
    database().demand.count({ where }),
  ]);
  return pageOf(await toDemands(rows), total, number);
}

/** Kinds that an account shares; an offer that is suspended may come back. */
async function sharedKinds(account: number): Promise<string[]> {
  const rows = await database().resource.findMany({
    where: { owner: BigInt(account), status: { not: 'retired' } },
    distinct: ['kind'],
    select: { kind: true },
  });
  return rows.map(({ kind }) => kind);
}

/** Condition of open demands of these kinds, or of the one that is asked for among them. */
function openOf(kinds: readonly string[], kind?: string): Prisma.DemandWhereInput {
  const wanted = kinds.filter((shared) => kind === undefined || shared === kind);
  return { status: 'open', OR: wanted.map((each) => ({ kinds: { array_contains: [each] } })) };
}

/** Open demands of kinds that the signed-in provider shares, newest first, without account and budget. */
export async function getOpenDemands({ kind, page }: Pick<DemandFilter, 'kind' | 'page'> = {}): Promise<
  PageOf<OpenDemandDto>
> {
  const access = await authorize('demands.open');
  if (!access.ok || access.account === null) return emptyPage();
  const number = pageNumber(page);
  const where = openOf(await sharedKinds(access.account), kind);
  const [rows, total] = await Promise.all([
    database().demand.findMany({ where, orderBy: { id: 'desc' }, omit: SUMMARY_OMITS, ...windowOf(number) }),
    database().demand.count({ where }),
  ]);
  return pageOf(rows.map(toOpenDemand), total, number);
}

/** One open demand as a provider of its kinds sees it; null for anybody else, as if it did not exist. */
export async function getOpenDemand(id: number): Promise<OpenDemandDto | null> {
  const access = await authorize('demands.open');
  const key = idOf(id);
  if (!access.ok || access.account === null || key === undefined) return null;
  const row = await database().demand.findFirst({
    where: { id: key, ...openOf(await sharedKinds(access.account)) },
    omit: SUMMARY_OMITS,
  });
  return row === null ? null : toOpenDemand(row);
}

/** As whom the viewer reads a demand whole: as its customer or as a broker; null for anybody else. */
async function readerOf(customer: bigint): Promise<{ viewer: 'customer' | 'broker'; account: number } | null> {
  const own = await authorize('demand.read', { accounts: [Number(customer)] });
  if (own.ok && own.account !== null) return { viewer: 'customer', account: own.account };
  const desk = await authorize('desk.read');
  return desk.ok && desk.account !== null ? { viewer: 'broker', account: desk.account } : null;
}

/** Plans of the newest analysis and those that brokers set beside them: all are chosen from until the same time. */
async function standingPlans(row: DemandRow): Promise<StandingPlan[]> {
  const proposed = await database().proposedPlan.findMany({
    where: { demand: row.id, logIndex: { gt: row.analysisLogIndex ?? -1n } },
    orderBy: [{ logIndex: 'asc' }, { sequence: 'asc' }],
    take: PROPOSED_MAX,
  });
  const madeAtMs = row.analysedAtMs ?? row.publishedAtMs;
  const expiresAtMs = row.plansExpireAtMs ?? row.openUntilMs;
  return [
    ...structsFromJson('Plan', row.ownPlans).map((plan) => ({ plan, madeAtMs, expiresAtMs })),
    ...proposed.flatMap(({ plan, proposedAtMs }) =>
      structsFromJson('Plan', [plan]).map((one) => ({
        plan: one,
        madeAtMs: proposedAtMs,
        expiresAtMs,
      })),
    ),
  ];
}

function toExact(row: DemandRow): ExactAmountDto[] {
  return structsFromJson('ExactAmount', row.exact).map(({ need, meter, amount, rule }) => ({
    need: Number(need),
    meter,
    amount: Number(amount),
    rule,
  }));
}

/** As its projection writes it. */
interface StoredChoice {
  plan: string;
  aim: string;
  broker: string;
  feeMicro: string;
  holdMicro: string;
  estimateMicro: string;
}

async function chosenOf({ order, chosen, chosenAtMs }: DemandRow): Promise<ChosenPlanDto | null> {
  if (order === null || chosen === null || chosenAtMs === null) return null;
  const { plan, aim, broker, ...amounts } = chosen as unknown as StoredChoice;
  const refs = await loadAccountRefs([BigInt(broker)]);
  return {
    ...amounts,
    plan: Number(plan),
    aim: aim as Aim,
    order: Number(order),
    broker: broker === '0' ? null : refs.of(BigInt(broker)),
    chosenAtMs: Number(chosenAtMs),
  };
}

/** One demand with its plans, for its customer or a broker; null for anybody else, as if it did not exist. */
export async function getDemand(id: number): Promise<DemandDetail | null> {
  const key = idOf(id);
  const row = key === undefined ? null : await database().demand.findUnique({ where: { id: key } });
  const reader = row === null ? null : await readerOf(row.customer);
  if (row === null || reader === null) return null;
  const [summaries, plans, chosen, notices, events, asOf] = await Promise.all([
    toDemands([row]),
    standingPlans(row).then(toPlans),
    chosenOf(row),
    noticesOf(row.id, reader.account),
    subjectEvents('demand', row.id, reader.account),
    readAsOf(),
  ]);
  const summary = summaries[0];
  if (summary === undefined) return null;
  const { viewer } = reader;
  return { ...summary, viewer, exact: toExact(row), plans, chosen, notices, events, serverTimeMs: Date.now(), asOf };
}

/** As the ledger answers it, integers as decimal text. */
interface StoredWhyNot {
  /** `rule` is '' for an offer that nothing stands against. */
  verdicts: { resource: string; sentence: string; rule: string }[];
  relaxations: {
    need: string;
    what: RelaxDto['what'];
    name: string;
    value: string;
    more: string;
    farthest: string;
    most: string;
  }[];
  /** 0 on the last page. */
  next: string;
  together: { budgetMicro: string; durationMs: string };
}

/** What would let offers in: what of the whole is too little, then the nearest value of each figure, and the farthest where that lets in more. */
function relaxOf({ relaxations, together }: StoredWhyNot): RelaxDto[] {
  const single = relaxations.flatMap(({ need, what, name, value, more, farthest, most }): RelaxDto[] => {
    const figure = { need: Number(need), what, name };
    const nearest = { ...figure, to: value, more: Number(more) };
    return farthest === value ? [nearest] : [nearest, { ...figure, to: farthest, more: Number(most) }];
  });
  const whole: RelaxDto[] = [
    { need: 0, what: 'budget', name: '', to: together.budgetMicro, more: 0 },
    { need: 0, what: 'duration', name: '', to: together.durationMs, more: 0 },
  ];
  return [...whole.filter(({ to }) => to !== '0'), ...single];
}

/**
 * What keeps each offer from meeting a demand, and what would help, by the contract's own rules; for its customer and brokers, a page at
 * a time (`after`: `next` of the one before). Null for anybody else, for a demand that is not there, and where the ledger knows no answer.
 */
export async function getWhyNot(demand: number, after?: number): Promise<WhyNotDto | null> {
  const key = idOf(demand);
  const from = after === undefined ? undefined : idOf(after);
  if (key === undefined || (after !== undefined && from === undefined)) return null;
  const row = await database().demand.findUnique({ where: { id: key }, select: { customer: true } });
  if (row === null || (await readerOf(row.customer)) === null) return null;
  const args: CborValue = from === undefined ? { demand: key } : { demand: key, after: from };
  const answer = await queryLedger('demand/why-not', args);
  if (!answer.ok) return null;
  const stored = plain(answer.value) as unknown as StoredWhyNot;
  const entries = stored.verdicts.filter(({ rule }) => rule !== '');
  const titles = await titlesOf(entries.map(({ resource }) => BigInt(resource)));
  return {
    entries: entries.map(({ resource, sentence }) => ({
      resource: { id: Number(resource), title: titles.get(BigInt(resource))?.title ?? '' },
      sentence,
    })),
    relax: relaxOf(stored),
    next: stored.next === '0' ? null : Number(stored.next),
  };
}
