import 'server-only';
import type { TaskOutcome } from '#ledger/contracts/plan/definition.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database, type Prisma } from '#lib/db.ts';
import type {
  RangeRunDto,
  RangeState,
  TaskAgreementDto,
  TaskDto,
  TaskRangeDto,
  TaskTotals,
} from '#lib/shared/demand-dto.ts';
import type { OrderStatus } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { loadAgents } from './agents-of.ts';
import { toWork, type DemandRow } from './demand-rows.ts';
import { orderNames, placesOf, titlesOf, type AgreementRow } from './order-rows.ts';
import { idOf, numberOrNull, readAsOf } from './page.ts';
import { runFields, type RunRow } from './task-runs.ts';

/** What one answer holds: a plan makes far fewer. */
const AGREEMENTS_MAX = 256;
const RANGES_MAX = 1_000;
const RUNS_MAX = 5_000;

type RangeRow = Prisma.TaskRangeGetPayload<object>;

/** A task as one account sees it: whole, or the agreements of its own. */
interface Seen {
  readonly demand: DemandRow;
  readonly viewer: TaskDto['viewer'];
  readonly self: bigint;
  /** Those that the viewer sees, which may run ranges of the task. */
  readonly agreements: readonly AgreementRow[];
  readonly ranges: readonly RangeRow[];
  /** Of the agreements seen. */
  readonly runs: readonly RunRow[];
}

/**
 * Where a range is by the runs that the viewer sees: a result that was rejected, or a run that need not go on, is none of it. Somebody
 * else's result decides nothing of what a provider ran.
 */
function stateOf(range: RangeRow, runs: readonly RunRow[], viewer: TaskDto['viewer']): RangeState {
  const states = runs.filter(({ isRejected }) => !isRejected).map(({ state }) => state);
  if (range.decidedAtMs !== null && (viewer === 'customer' || states.includes('finished'))) return 'decided';
  if (states.includes('finished')) return 'compared';
  if (states.includes('started')) return 'started';
  return states.includes('assigned') ? 'assigned' : 'waiting';
}

/** Sub-tasks of a decided range that ended with a fault of their own: its copies agree, so that each of them says the same. */
function faultyOf(runs: readonly RunRow[]): number {
  const counts = runs.filter(({ isRejected }) => !isRejected).map(({ failed }) => Number(failed ?? 0n));
  return Math.max(0, ...counts);
}

/** Ranges that the viewer sees, each with its runs. */
function runsByRange({ viewer, ranges, runs }: Seen): { range: RangeRow; own: readonly RunRow[] }[] {
  const byRange = Map.groupBy(runs, ({ range }) => range);
  return ranges
    .map((range) => ({ range, own: byRange.get(range.range) ?? [] }))
    .filter(({ own }) => viewer === 'customer' || own.length > 0);
}

function totalsOf(seen: Seen): TaskTotals {
  const totals: TaskTotals = {
    subtasks: 0,
    waiting: 0,
    assigned: 0,
    started: 0,
    compared: 0,
    done: 0,
    failed: 0,
    cpuMs: seen.runs.reduce((sum, { cpuMs }) => sum + Number(cpuMs ?? 0n), 0),
  };
  for (const { range, own } of runsByRange(seen)) {
    const count = Number(range.count);
    const state = stateOf(range, own, seen.viewer);
    totals.subtasks += count;
    if (state !== 'decided') totals[state] += count;
    else {
      const faulty = faultyOf(own);
      totals.failed += faulty;
      totals.done += count - faulty;
    }
  }
  return totals;
}

function toRanges(seen: Seen, servedBy: ServedBy): TaskRangeDto[] {
  return runsByRange(seen).map(({ range, own }) => {
    const state = stateOf(range, own, seen.viewer);
    return {
      range: Number(range.range),
      first: Number(range.first),
      count: Number(range.count),
      state,
      decidedAtMs: state === 'decided' ? numberOrNull(range.decidedAtMs) : null,
      runs: own.map((row) => toRun(row, servedBy)),
    };
  });
}

/** The task of an order as the viewer sees it; null for anybody else than its customer and those who may run some of it. */
async function findTask(order: bigint): Promise<Seen | null> {
  const named = await database().agreement.findUnique({ where: { id: order } });
  const demand = named === null ? null : await database().demand.findFirst({ where: { order: named.order } });
  if (named === null || demand === null) return null;
  const access = await authorize('order.read', { accounts: [Number(demand.customer), Number(named.provider)] });
  if (!access.ok || access.account === null) return null;
  const self = BigInt(access.account);
  const viewer = demand.customer === self ? 'customer' : 'provider';
  const members = await database().taskAgreement.findMany({
    where: { demand: demand.id },
    orderBy: { agreement: 'asc' },
    take: AGREEMENTS_MAX,
  });
  const agreements = await database().agreement.findMany({
    where: {
      id: { in: members.map(({ agreement }) => agreement) },
      ...(viewer === 'provider' && { provider: self }),
    },
    orderBy: { id: 'asc' },
  });
  if (agreements.length === 0) return null;
  const [ranges, runs] = await Promise.all([
    database().taskRange.findMany({ where: { demand: demand.id }, orderBy: { range: 'asc' }, take: RANGES_MAX }),
    database().taskRun.findMany({
      where: { demand: demand.id, agreement: { in: agreements.map(({ id }) => id) } },
      orderBy: [{ range: 'asc' }, { attempt: 'asc' }],
      take: RUNS_MAX,
    }),
  ]);
  return { demand, viewer, self, agreements, ranges, runs };
}

/** What the rows of a task are told with. */
async function loadNames({ agreements, self }: Seen) {
  const [refs, titles, nameOf] = await Promise.all([
    loadAccountRefs(agreements.map(({ provider }) => provider)),
    titlesOf(agreements.map(({ resource }) => resource)),
    orderNames(
      agreements.map(({ id }) => id),
      Number(self),
    ),
  ]);
  const rows = new Map(agreements.map((row) => [row.id, row]));
  const servedBy = (id: bigint): Pick<RangeRunDto, 'agreement' | 'name' | 'provider' | 'resource'> => {
    const { provider = null, resource = 0n } = rows.get(id) ?? {};
    return {
      agreement: Number(id),
      name: nameOf(id),
      provider: refs.of(provider),
      resource: { id: Number(resource), title: titles.get(resource)?.title ?? '' },
    };
  };
  return servedBy;
}

type ServedBy = Awaited<ReturnType<typeof loadNames>>;

function toRun(row: RunRow, servedBy: ServedBy): RangeRunDto {
  return {
    ...servedBy(row.agreement),
    ...runFields(row),
  };
}

/** Gateways and sealed links are the customer's alone. */
async function toAgreements({ agreements, viewer }: Seen, servedBy: ServedBy): Promise<TaskAgreementDto[]> {
  const isCustomer = viewer === 'customer';
  const keyOf = ({ provider, agentKey }: AgreementRow) => ({ account: provider, key: agentKey });
  const agentOf = await loadAgents(isCustomer ? agreements.map(keyOf) : []);
  return agreements.map((row) => {
    const { descriptor, descriptorKey, issue } = row;
    const isSealed = isCustomer && descriptor !== null && descriptorKey !== null;
    return {
      ...servedBy(row.id),
      status: row.status as OrderStatus,
      gateway: isCustomer ? (agentOf(keyOf(row))?.origin ?? null) : null,
      sealed: isSealed ? { descriptor, encryptionKey: descriptorKey, issue: Number(issue) } : null,
    };
  });
}

/** The task of an order: whole for its customer, of a provider's own ranges for a provider; null for anybody else and for an order without one. */
export async function getTask(order: number): Promise<TaskDto | null> {
  const key = idOf(order);
  const seen = key === undefined ? null : await findTask(key);
  const work = seen === null ? null : toWork(seen.demand.work);
  if (seen === null || work === null) return null;
  const { demand, viewer, self, agreements } = seen;
  const [servedBy, refs, placeOf, asOf] = await Promise.all([
    loadNames(seen),
    loadAccountRefs([demand.customer]),
    placesOf(agreements, self),
    readAsOf(),
  ]);
  const first = agreements[0];
  const isCustomer = viewer === 'customer';
  return {
    viewer,
    demand: Number(demand.id),
    order: Number(isCustomer || first === undefined ? demand.order : placeOf(first).order),
    customer: refs.of(demand.customer),
    work,
    totals: totalsOf(seen),
    ranges: toRanges(seen, servedBy),
    agreements: await toAgreements(seen, servedBy),
    outcome: isCustomer ? (demand.outcome as TaskOutcome | null) : null,
    outcomeReason: isCustomer ? (demand.outcomeReason ?? '') : '',
    startedAtMs: Number(demand.taskBegunAtMs ?? 0n),
    endedAtMs: isCustomer ? numberOrNull(demand.taskEndedAtMs) : null,
    serverTimeMs: Date.now(),
    asOf,
  };
}
