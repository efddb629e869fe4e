import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import { ascending, quotient } from '#ledger/core/integer.ts';
import type { AgreementRecord } from '#ledger/contracts/agreement/record.ts';
import type { Handover } from '#ledger/contracts/agreement/replacement.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';
import {
  ATTEMPTS_MAX,
  COMPARED_ATTEMPTS_MAX,
  planEvent,
  type AssignReason,
  type PlanEvent,
  type TaskOutcome,
} from './definition.ts';
import { lateWaiting } from './due-items.ts';
import { countedBy } from './exact.ts';
import type { PlanNeeds } from './needs.ts';
import { hasUndecidedCopy, isLive, rangeOfTask, rangesOfTask, taskOf, type RunRecord } from './record.ts';
import type { Steps } from '#ledger/contracts/shared/steps.ts';

/** Events of a task, worked out one after the other; what it needs of others is answered from where the steps stand. */
export type TaskSteps<Event> = Steps<PlanEvent | Event>;

export interface Place {
  readonly demand: bigint;
  readonly nowMs: bigint;
}

/** Divides a chosen plan's work: its shares become ranges, each given to the agreements whose shares they are [8.4.2-e, I.1-5a]. */
export function beginTask<Event>(
  steps: TaskSteps<Event>,
  of: Place & { plan: Struct<'Plan'>; order: bigint; keys: readonly Struct<'SealedKey'>[] },
  needs: PlanNeeds<Event>,
): void {
  const { demand, plan, order, keys, nowMs } = of;
  const record = needs.at(steps.state).demand(demand);
  assert(record !== undefined, 'a plan has its demand');
  const { customer, work } = record;
  const ranges = distinct(plan.shares);
  const agreements = [...new Set(plan.shares.map(({ part }) => order + part))].toSorted(ascending);
  const cut = ranges.map(({ first, count }) => ({ first, count }));
  steps.add(
    planEvent('TaskBegun', {
      demand,
      customer,
      order,
      agreements,
      ranges: cut,
      work,
      keys: [...keys],
      begunAtMs: nowMs,
    }),
  );
  for (const [index, range] of ranges.entries())
    for (const part of range.parts)
      assign(steps, { demand, range: BigInt(index), agreement: order + part, reason: 'planned', nowMs }, needs);
}

interface Cut {
  readonly first: bigint;
  readonly count: bigint;
  readonly parts: bigint[];
}

/** Shares of the same sub-tasks are copies of one range. */
function distinct(shares: readonly Struct<'Share'>[]): Cut[] {
  const cuts = new Map<string, Cut>();
  for (const { part, first, count } of shares) {
    const key = `${first}+${count}`;
    const cut = cuts.get(key) ?? { first, count, parts: [] };
    cut.parts.push(part);
    cuts.set(key, cut);
  }
  return [...cuts.values()].toSorted((left, right) => ascending(left.first, right.first));
}

/** How long a range takes on an agreement by the demand's estimates, ms. */
export function expectedMs(range: { count: bigint }, work: Struct<'Work'>, record: AgreementRecord): bigint {
  const slots = amountOf(record.amounts, 'slots');
  return slots === 0n ? 0n : quotient(range.count * work.cpuMs + slots - 1n, slots);
}

export function assign<Event>(
  steps: TaskSteps<Event>,
  of: Place & { range: bigint; agreement: bigint; reason: AssignReason },
  needs: PlanNeeds<Event>,
): void {
  const { demand, range, agreement, reason, nowMs } = of;
  const there = needs.at(steps.state);
  const { work, keys } = taskOf(steps.state, demand);
  const { first, count, runs } = rangeOfTask(steps.state, demand, range);
  const record = there.agreement(agreement);
  assert(record !== undefined && work[0] !== undefined, 'a range is given to an agreement of the task');
  const key = keys.find(({ resource }) => resource === record.resource)?.sealed ?? new Uint8Array();
  // One that is not delivered yet has the time for that besides: it began to run by then, or it is late.
  const waitMs = record.status === 'active' ? 0n : needs.parameter('deliveryMs');
  const lateAtMs = nowMs + waitMs + expectedMs({ count }, work[0], record) + needs.parameter('rangeGraceMs');
  const attempt = BigInt(runs.length + 1);
  const given = { demand, range, agreement, first, count, attempt, reason, work, key };
  steps.add(planEvent('RangeAssigned', { ...given, assignedAtMs: nowMs, lateAtMs }));
  steps.wait({ ...lateWaiting(demand, range), atMs: lateAtMs });
}

const RUNNING: readonly AgreementRecord['status'][] = ['reserved', 'prepared', 'active'];

interface Runner {
  readonly agreement: bigint;
  readonly record: AgreementRecord;
  /** Ranges of the task that it has to run now. */
  readonly busy: number;
}

interface Choice {
  readonly runs: readonly RunRecord[];
  /** Agreements of the task that run, the least busy first; none once the range was tried often enough. */
  readonly runners: readonly Runner[];
  /** Of another provider than those whose copies count. */
  isFree(of: { readonly provider: bigint }): boolean;
}

function choiceFor<Event>(
  steps: TaskSteps<Event>,
  { demand, range }: { demand: bigint; range: bigint },
  needs: PlanNeeds<Event>,
): Choice {
  const there = needs.at(steps.state);
  const { runs } = rangeOfTask(steps.state, demand, range);
  const providers = counting(runs).map((run) => there.agreement(run.agreement)?.provider);
  const isFree = ({ provider }: { provider: bigint }): boolean => !providers.includes(provider);
  if (BigInt(runs.length) >= attemptsMax(runs)) return { runs, runners: [], isFree };
  const live = rangesOfTask(steps.state, demand).flatMap((each) => each.runs.filter(isLive));
  const runners = taskOf(steps.state, demand).agreements.flatMap((agreement) => {
    const record = there.agreement(agreement);
    const busy = live.filter((run) => run.agreement === agreement).length;
    return record !== undefined && RUNNING.includes(record.status) ? [{ agreement, record, busy }] : [];
  });
  runners.sort((left, right) => left.busy - right.busy || ascending(left.agreement, right.agreement));
  return { runs, runners, isFree };
}

/** Who may run a range next: an agreement that runs and never had it, of another provider than those whose copies count; the least busy first. */
export function nextFor<Event>(
  steps: TaskSteps<Event>,
  of: { demand: bigint; range: bigint },
  needs: PlanNeeds<Event>,
): bigint | undefined {
  const { runs, runners, isFree } = choiceFor(steps, of, needs);
  const isNew = (agreement: bigint): boolean => !runs.some((run) => run.agreement === agreement);
  return runners.find(({ agreement, record }) => isFree(record) && isNew(agreement))?.agreement;
}

/** Runs that may decide a range: those with a result, and those that may still bring one. */
function counting(runs: readonly RunRecord[]): RunRecord[] {
  return runs.filter((run) => run.state === 'finished' || isLive(run));
}

/** Copies of an undecided range differ, and no two of them agree. */
export function differ(runs: readonly RunRecord[]): boolean {
  return groups(runs).length > 1;
}

function attemptsMax(runs: readonly RunRecord[]): bigint {
  return differ(runs) ? COMPARED_ATTEMPTS_MAX : ATTEMPTS_MAX;
}

/**
 * Where copies differ and nobody of the plan is free of the range, a backup of the plan takes a part's place to run it: first of one whose
 * copy is compared, which has done its work there; of another only while it has nothing to run. The agreement that took the place; undefined
 * where no backup can [8.1.2-b].
 */
function drawn<Event>(
  steps: TaskSteps<Event>,
  of: Place & { range: bigint },
  needs: PlanNeeds<Event>,
): bigint | undefined {
  const { demand, nowMs } = of;
  const { runs, runners, isFree } = choiceFor(steps, of, needs);
  const isCompared = ({ agreement }: Runner): boolean =>
    runs.some((run) => run.agreement === agreement && run.state === 'finished');
  const able = runners.filter(({ record }) => record.backup.some(isFree));
  const idle = able.filter((each) => !isCompared(each) && each.busy === 0);
  const there = needs.at(steps.state);
  for (const { agreement } of [...able.filter(isCompared), ...idle]) {
    const drawing = there.drawBackup(agreement, { handover: handoverOf(steps, { ...of, agreement }), nowMs });
    if (drawing === undefined) continue;
    steps.take(drawing.decision);
    join(steps, { demand, agreement, replacement: drawing.replacement, nowMs }, needs);
    return drawing.replacement;
  }
  return undefined;
}

/** What an agreement can have used for the ranges that it was given, and what its backup needs for this range and for those that it has yet to run. */
function handoverOf<Event>(
  steps: TaskSteps<Event>,
  of: { demand: bigint; range: bigint; agreement: bigint },
): Handover {
  const { work } = taskOf(steps.state, of.demand);
  assert(work[0] !== undefined, 'a task has its work');
  let given = 0n;
  let left = rangeOfTask(steps.state, of.demand, of.range).count;
  for (const { runs, count } of rangesOfTask(steps.state, of.demand)) {
    const own = runs.filter(({ agreement }) => agreement === of.agreement);
    if (own.length > 0) given += count;
    if (own.some(isLive)) left += count;
  }
  return { usedMost: countedBy(work[0], given), needed: countedBy(work[0], left) };
}

/** An agreement has taken another one's place: it may run what that one had to, and that is given to others. */
export function join<Event>(
  steps: TaskSteps<Event>,
  of: Place & { agreement: bigint; replacement: bigint },
  needs: PlanNeeds<Event>,
): void {
  const { demand, agreement: replaces, replacement: agreement, nowMs: joinedAtMs } = of;
  steps.add(planEvent('TaskJoined', { demand, agreement, replaces, joinedAtMs }));
  moveFrom(steps, of, needs);
}

/** Gives a range to the next one who may run it; when nobody is left and nobody runs it, the task fails. */
export function passOn<Event>(
  steps: TaskSteps<Event>,
  of: Place & { range: bigint; reason: AssignReason },
  needs: PlanNeeds<Event>,
): void {
  const { runs } = rangeOfTask(steps.state, of.demand, of.range);
  const isUndecided = differ(runs);
  const next = nextFor(steps, of, needs) ?? (isUndecided ? drawn(steps, of, needs) : undefined);
  if (taskOf(steps.state, of.demand).outcome !== '') return;
  if (next !== undefined) {
    assign(steps, { ...of, agreement: next }, needs);
    return;
  }
  if (runs.some(isLive)) return;
  const reason = isUndecided ? 'copies-differ' : 'no-provider-left';
  endTask(steps, { ...of, outcome: 'failed', reason, by: 0n }, needs);
}

/** Stops every run and ends the task's agreements; what stays open of its order is not touched. */
export function endTask<Event>(
  steps: TaskSteps<Event>,
  of: Place & { outcome: TaskOutcome; reason: string; by: bigint },
  needs: PlanNeeds<Event>,
): void {
  const { demand, outcome, reason, by, nowMs } = of;
  const { customer, order, agreements, ranges } = taskOf(steps.state, demand);
  for (let range = 0n; range < ranges; range += 1n) {
    for (const { agreement } of rangeOfTask(steps.state, demand, range).runs.filter(isLive))
      steps.add(planEvent('RangeDropped', { demand, range, agreement, droppedAtMs: nowMs }));
    steps.take({ events: [], cancel: [lateWaiting(demand, range)] });
  }
  steps.add(planEvent('TaskEnded', { demand, customer, order, outcome, reason, endedAtMs: nowMs }));
  const why = { done: 'task-done', failed: 'task-failed', canceled: 'no-longer-needed' } as const;
  for (const agreement of agreements) {
    release(steps, { agreement, nowMs }, needs);
    steps.take(needs.at(steps.state).endAgreement(agreement, { reason: why[outcome], by, nowMs }));
  }
}

/** One that ended before and has nothing undecided any more: its bill waits no longer. */
export function release<Event>(
  steps: TaskSteps<Event>,
  { agreement, nowMs }: { agreement: bigint; nowMs: bigint },
  needs: PlanNeeds<Event>,
): void {
  if (!hasUndecidedCopy(steps.state, agreement))
    steps.take(needs.at(steps.state).judge(agreement, { isWrong: false, nowMs }));
}

/** What an agreement has to run is given to others. */
export function moveFrom<Event>(
  steps: TaskSteps<Event>,
  { demand, agreement, nowMs }: { demand: bigint; agreement: bigint; nowMs: bigint },
  needs: PlanNeeds<Event>,
): void {
  const { ranges } = taskOf(steps.state, demand);
  for (let range = 0n; range < ranges && taskOf(steps.state, demand).outcome === ''; range += 1n) {
    const { runs } = rangeOfTask(steps.state, demand, range);
    if (!runs.some((run) => run.agreement === agreement && isLive(run))) continue;
    steps.add(planEvent('RangeDropped', { demand, range, agreement, droppedAtMs: nowMs }));
    const { runs: left, isDecided } = rangeOfTask(steps.state, demand, range);
    const copies = Number(taskOf(steps.state, demand).work[0]?.copies ?? 1n);
    const isStuck = counting(left).length < copies || (differ(left) && !left.some(isLive));
    if (!isDecided && isStuck) passOn(steps, { demand, range, reason: 'gone', nowMs }, needs);
  }
}

/** Copies that were finished, in groups of one result each; the largest first, of equal ones the earliest. */
export function groups(runs: readonly RunRecord[]): RunRecord[][] {
  const found: RunRecord[][] = [];
  for (const run of runs.filter(({ state }) => state === 'finished')) {
    const same = found.find(([first]) => first !== undefined && equal(first.resultRoot, run.resultRoot));
    if (same === undefined) found.push([run]);
    else same.push(run);
  }
  return found.toSorted((left, right) => right.length - left.length);
}
