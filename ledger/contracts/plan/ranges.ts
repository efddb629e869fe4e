import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import type { AgreementRecord } from '#ledger/contracts/agreement/record.ts';
import {
  FATAL_FAULTS,
  RANGE_FAULTS,
  planCodes as codes,
  planEvent,
  type PlanArgs,
  type PlanEvent,
} from './definition.ts';
import { lateWaiting } from './due-items.ts';
import type { PlanNeeds } from './needs.ts';
import {
  isLive,
  planTables,
  rangeOf,
  rangeOfTask,
  readRange,
  readTask,
  taskOf,
  type RangeRecord,
  type RunRecord,
} from './record.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';
import {
  differ,
  endTask,
  expectedMs,
  groups,
  join,
  moveFrom,
  nextFor,
  passOn,
  release,
  type TaskSteps,
} from './task.ts';

interface Running {
  readonly agreement: AgreementRecord;
  readonly range: RangeRecord;
  readonly run: RunRecord;
}

/** The run that a provider's statement is about (1211 to 1214). Only the resource's agent or its owner may make one. */
function running<Event>(
  state: StateReader,
  args: { agreement: bigint; demand: bigint; range: bigint },
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Running> {
  const task = readTask(state, args.demand);
  if (task === undefined) return fail(codes.TASK_UNKNOWN);
  const agreement = needs.agreement(args.agreement);
  const range = args.range < task.ranges ? readRange(state, args.demand, args.range) : undefined;
  const run = range?.runs.findLast((each) => each.agreement === args.agreement);
  const isOwn =
    agreement !== undefined && ctx.account === agreement.provider && (ctx.key === 0n || ctx.key === agreement.agentKey);
  if (!isOwn || range === undefined || run === undefined) return fail(codes.RANGE_UNKNOWN);
  if (task.outcome !== '') return fail(codes.TASK_OVER);
  return isLive(run) ? ok({ agreement, range, run }) : fail(codes.RANGE_OVER);
}

export function startRange<Event>(
  state: StateReader,
  args: PlanArgs<'StartRange'>,
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent | Event>> {
  const found = running(state, args, ctx, needs);
  if (!found.ok) return found;
  const { agreement, demand, range } = args;
  if (found.value.run.state !== 'assigned') return fail(codes.RANGE_OVER);
  const work = readTask(state, demand)?.work[0];
  assert(work !== undefined, 'a task has its work');
  const timeMs = expectedMs(found.value.range, work, found.value.agreement) + needs.parameter('rangeGraceMs');
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  const lateAtMs = ctx.nowMs + timeMs;
  const facts = { demand, range, agreement, by: ctx.account, startedAtMs: ctx.nowMs, lateAtMs };
  steps.add(planEvent('RangeStarted', facts));
  steps.wait({ ...lateWaiting(demand, range), atMs: lateAtMs });
  return ok(steps.decision());
}

export function finishRange<Event>(
  state: StateReader,
  args: PlanArgs<'FinishRange'>,
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent | Event>> {
  const found = running(state, args, ctx, needs);
  if (!found.ok) return found;
  const { count } = found.value.range;
  if (args.failed > count) return fail(codes.COUNTS_INVALID);
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  const { nowMs } = ctx;
  steps.add(planEvent('RangeFinished', { ...args, by: ctx.account, count, finishedAtMs: nowMs }));
  judge(steps, { demand: args.demand, range: args.range, nowMs }, needs);
  return ok(steps.decision());
}

/** Enough copies that agree decide a range; two that differ ask for a third. Who was found wrong is not paid, whether its order goes on or has ended. */
function judge<Event>(
  steps: TaskSteps<Event>,
  of: { demand: bigint; range: bigint; nowMs: bigint },
  needs: PlanNeeds<Event>,
): void {
  const { demand, range, nowMs } = of;
  const { runs } = rangeOfTask(steps.state, demand, range);
  const copies = Number(taskOf(steps.state, demand).work[0]?.copies ?? 1n);
  const [first = [], ...others] = groups(runs);
  if (first.length < copies) {
    // Copies that differ ask for a third; one that went away with its provider for another.
    if (!runs.some(isLive)) passOn(steps, { ...of, reason: others.length > 0 ? 'compared' : 'gone' }, needs);
    return;
  }
  for (const { agreement } of others.flat()) {
    steps.add(planEvent('ResultRejected', { demand, range, agreement, rejectedAtMs: nowMs }));
    steps.take(needs.at(steps.state).judge(agreement, { isWrong: true, nowMs }));
    steps.take(needs.at(steps.state).endAgreement(agreement, { reason: 'wrong-result', by: 0n, nowMs }));
  }
  decideRange(steps, of);
  if (taskOf(steps.state, demand).undecided === 0n) {
    endTask(steps, { ...of, outcome: 'done', reason: '', by: 0n }, needs);
    return;
  }
  for (const { agreement } of first) release(steps, { agreement, nowMs }, needs);
  // Who was found wrong runs nothing more: what it had is given to others, as if its order had ended otherwise.
  for (const { agreement } of others.flat()) moveFrom(steps, { demand, agreement, nowMs }, needs);
  hurryLast(steps, of, needs);
}

function decideRange<Event>(
  steps: TaskSteps<Event>,
  { demand, range, nowMs }: { demand: bigint; range: bigint; nowMs: bigint },
): void {
  for (const { agreement } of rangeOfTask(steps.state, demand, range).runs.filter(isLive))
    steps.add(planEvent('RangeDropped', { demand, range, agreement, droppedAtMs: nowMs }));
  const { customer } = taskOf(steps.state, demand);
  steps.add(planEvent('RangeDecided', { demand, customer, range, decidedAtMs: nowMs }));
  steps.take({ events: [], cancel: [lateWaiting(demand, range)] });
}

/** When all others are done, the last range waits no longer than the grace time before it is run a second time: no straggler stalls a task. */
function hurryLast<Event>(
  steps: TaskSteps<Event>,
  { demand, nowMs }: { demand: bigint; nowMs: bigint },
  needs: PlanNeeds<Event>,
): void {
  const { ranges, undecided, outcome } = taskOf(steps.state, demand);
  if (undecided !== 1n || outcome !== '') return;
  for (let range = 0n; range < ranges; range += 1n) {
    const { isDecided, lateAtMs } = rangeOfTask(steps.state, demand, range);
    const soonMs = nowMs + needs.parameter('rangeGraceMs');
    if (!isDecided && soonMs < lateAtMs) steps.wait({ ...lateWaiting(demand, range), atMs: soonMs });
  }
}

export function failRange<Event>(
  state: StateReader,
  args: PlanArgs<'FailRange'>,
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent | Event>> {
  const found = running(state, args, ctx, needs);
  if (!found.ok) return found;
  const { demand, range, agreement } = args;
  const fault = RANGE_FAULTS.find((known) => known === args.fault);
  if (fault === undefined) return fail(codes.FAULT_UNKNOWN);
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  const { nowMs } = ctx;
  steps.add(planEvent('RangeFailed', { demand, range, agreement, by: ctx.account, fault, failedAtMs: nowMs }));
  // A fault that repeats wherever the range runs ends the task with its reason: when a second provider says so, or nobody else can be asked.
  // It repeats nowhere where two have finished the range: that only a third cannot does not decide which of them is right.
  const { runs } = found.value.range;
  const isSecond = runs.some((run) => run.isFatal);
  const isFatal =
    !differ(runs) &&
    FATAL_FAULTS.includes(fault) &&
    (isSecond || nextFor(steps, { demand, range }, needs) === undefined);
  if (isFatal) endTask(steps, { demand, outcome: 'failed', reason: fault, by: 0n, nowMs }, needs);
  else passOn(steps, { demand, range, reason: 'failed', nowMs }, needs);
  return ok(steps.decision());
}

export function cancelTask<Event>(
  state: StateReader,
  { demand }: PlanArgs<'CancelTask'>,
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent | Event>> {
  const task = readTask(state, demand);
  if (task === undefined) return fail(codes.TASK_UNKNOWN);
  if (task.customer !== ctx.account) return fail(codes.NOT_THE_CUSTOMER);
  if (task.outcome !== '') return fail(codes.TASK_OVER);
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  endTask(steps, { demand, outcome: 'canceled', reason: '', by: ctx.account, nowMs: ctx.nowMs }, needs);
  return ok(steps.decision());
}

/** Due work: a range was not finished in its time. Who has it may still finish it first. */
export function late<Event>(
  state: StateReader,
  id: bigint,
  nowMs: bigint,
  needs: PlanNeeds<Event>,
): Decision<PlanEvent | Event> {
  const { demand, range } = rangeOf(id);
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  const isOpen = taskOf(steps.state, demand).outcome === '' && !rangeOfTask(steps.state, demand, range).isDecided;
  if (isOpen) passOn(steps, { demand, range, reason: 'late', nowMs }, needs);
  return steps.decision();
}

/** An agreement of a task ended, or another one took its place: what it had to run is given to others. */
export function follow<Event>(
  state: StateReader,
  ended: { agreement: bigint; replacement: bigint | undefined; nowMs: bigint },
  needs: PlanNeeds<Event>,
): Decision<PlanEvent | Event> {
  const { agreement, replacement, nowMs } = ended;
  const demand = state.read(planTables.byAgreement, agreement);
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  if (demand === undefined || taskOf(steps.state, demand).outcome !== '') return steps.decision();
  if (replacement === undefined) moveFrom(steps, { demand, agreement, nowMs }, needs);
  else join(steps, { demand, agreement, replacement, nowMs }, needs);
  return steps.decision();
}
