import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader, StateWriter } from '#ledger/core/decision.ts';
import type { Result } from '#ledger/core/result.ts';
import { matchDemands, proposeMatch } from './batch.ts';
import { choosePlan } from './choice.ts';
import { FATAL_FAULTS, type PlanCommand, type PlanEvent } from './definition.ts';
import type { PlanDueKind } from './due-items.ts';
import type { PlanNeeds } from './needs.ts';
import { makePlans, proposePlan } from './planning.ts';
import { cancelTask, failRange, finishRange, late, startRange } from './ranges.ts';
import {
  planTables,
  rangeId,
  rangeOfTask,
  readPlans,
  readProposedMatch,
  taskOf,
  type RangeRecord,
  type RunRecord,
  type TaskRecord,
} from './record.ts';

export function decide<Event>(
  state: StateReader,
  command: PlanCommand,
  ctx: CommandContext,
  needs: PlanNeeds<Event>,
): Result<Decision<PlanEvent | Event>> {
  switch (command.method) {
    case 'ChoosePlan':
      return choosePlan(state, command.args, ctx, needs);
    case 'ProposePlan':
      return proposePlan(state, command.args, ctx, needs);
    case 'ProposeMatch':
      return proposeMatch(state, command.args, ctx, needs);
    case 'CancelTask':
      return cancelTask(state, command.args, ctx, needs);
    case 'StartRange':
      return startRange(state, command.args, ctx, needs);
    case 'FinishRange':
      return finishRange(state, command.args, ctx, needs);
    case 'FailRange':
      return failRange(state, command.args, ctx, needs);
  }
}

/** Work that time brings: plans that expired or wait to be looked for, ranges that are late, demands to be matched at an epoch’s end. */
export function due<Event>(
  state: StateReader,
  item: { kind: string; subject: bigint },
  nowMs: bigint,
  needs: PlanNeeds<Event>,
): Decision<PlanEvent | Event> {
  switch (item.kind as PlanDueKind) {
    case 'plans': {
      const record = needs.demand(item.subject);
      assert(record?.status === 'open', 'plans are looked for only while the demand is open');
      return makePlans(state, { demand: item.subject, record, nowMs }, needs);
    }
    case 'late':
      return late(state, item.subject, nowMs, needs);
    case 'batch':
      return matchDemands(state, nowMs, needs);
  }
}

export function evolve(state: StateWriter, event: PlanEvent): void {
  switch (event.type) {
    case 'PlansMade': {
      const { nextPlan } = readPlans(state, event.demand);
      const { plans, expiresAtMs } = event;
      state.write(planTables.plans, event.demand, { plans, nextPlan: nextPlan + BigInt(plans.length), expiresAtMs });
      return;
    }
    case 'PlanProposed': {
      const record = readPlans(state, event.demand);
      const plans = [...record.plans, ...event.plans];
      state.write(planTables.plans, event.demand, { ...record, plans, nextPlan: record.nextPlan + 1n });
      return;
    }
    case 'PlanChosen':
      return;
    case 'MatchProposed': {
      const { broker, pairs, served, costMicro } = event;
      state.write(planTables.match, 0n, { broker, pairs, served, costMicro });
      return;
    }
    case 'DemandsMatched':
      state.write(planTables.matchings, 0n, event.matching + 1n);
      if (readProposedMatch(state) !== undefined) state.erase(planTables.match, 0n);
      return;
    case 'TaskBegun':
      begin(state, event);
      return;
    case 'TaskJoined': {
      const task = taskOf(state, event.demand);
      changeTask(state, event.demand, { agreements: [...task.agreements, event.agreement] });
      state.write(planTables.byAgreement, event.agreement, event.demand);
      return;
    }
    case 'RangeAssigned': {
      const { demand, range, agreement, lateAtMs } = event;
      const { runs } = rangeOfTask(state, event.demand, event.range);
      const run: RunRecord = { agreement, state: 'assigned', resultRoot: new Uint8Array(), isFatal: false };
      changeRange(state, { demand, range }, { runs: [...runs, run], lateAtMs });
      return;
    }
    case 'RangeStarted':
      changeRange(state, event, { lateAtMs: event.lateAtMs });
      changeRun(state, event, { state: 'started' });
      return;
    case 'RangeFinished':
      changeRun(state, event, { state: 'finished', resultRoot: event.resultRoot });
      return;
    case 'RangeFailed':
      changeRun(state, event, { state: 'failed', isFatal: FATAL_FAULTS.includes(event.fault) });
      return;
    case 'RangeDropped':
      changeRun(state, event, { state: 'dropped' });
      return;
    case 'ResultRejected':
      changeRun(state, event, { state: 'rejected' });
      return;
    case 'RangeDecided':
      changeRange(state, event, { isDecided: true });
      changeTask(state, event.demand, { undecided: taskOf(state, event.demand).undecided - 1n });
      return;
    case 'TaskEnded':
      for (const agreement of taskOf(state, event.demand).agreements) state.erase(planTables.byAgreement, agreement);
      changeTask(state, event.demand, { outcome: event.outcome, keys: [] });
      return;
  }
}

/** The demand closed: its plans can no longer be chosen. The machine passes it on. */
export function evolveClosed(state: StateWriter, demand: bigint): void {
  if (state.read(planTables.plans, demand) !== undefined) state.erase(planTables.plans, demand);
}

function begin(state: StateWriter, event: Extract<PlanEvent, { type: 'TaskBegun' }>): void {
  const { demand, customer, order, agreements, ranges, work, keys } = event;
  const count = BigInt(ranges.length);
  const task: TaskRecord = { customer, order, agreements, work, keys, ranges: count, undecided: count, outcome: '' };
  state.write(planTables.tasks, demand, task);
  for (const agreement of agreements) state.write(planTables.byAgreement, agreement, demand);
  for (const [index, range] of ranges.entries())
    state.write(planTables.ranges, rangeId(demand, BigInt(index)), {
      ...range,
      runs: [],
      lateAtMs: 0n,
      isDecided: false,
    });
}

function changeTask(state: StateWriter, demand: bigint, fields: Partial<TaskRecord>): void {
  state.write(planTables.tasks, demand, { ...taskOf(state, demand), ...fields });
}

function changeRange(state: StateWriter, of: { demand: bigint; range: bigint }, fields: Partial<RangeRecord>): void {
  state.write(planTables.ranges, rangeId(of.demand, of.range), {
    ...rangeOfTask(state, of.demand, of.range),
    ...fields,
  });
}

/** Changes the newest run of the agreement. */
function changeRun(
  state: StateWriter,
  of: { demand: bigint; range: bigint; agreement: bigint },
  fields: Partial<RunRecord>,
): void {
  const { runs } = rangeOfTask(state, of.demand, of.range);
  const at = runs.findLastIndex(({ agreement }) => agreement === of.agreement);
  const changed = runs.map((run, index) => (index === at ? { ...run, ...fields } : run));
  changeRange(state, of, { runs: changed });
}
