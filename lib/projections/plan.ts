import type { PlanEvent } from '#ledger/contracts/plan/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { toJson, type EventContext } from './context.ts';
import { insert, set, type Key, type RowChange } from './row-change.ts';

type EventOf<Type extends PlanEvent['type']> = Extract<PlanEvent, { type: Type }>;

/** What the cheapest costs at most, its fee included. */
function cheapestMicro(plans: EventOf<'PlansMade'>['plans']): bigint | null {
  const totals = plans.map(({ holdMicro, feeMicro }) => holdMicro + feeMicro);
  return totals.reduce<bigint | null>((least, total) => (least === null || total < least ? total : least), null);
}

/** The newest analysis takes the place of the one before it, and of what brokers proposed beside that. */
function made(event: EventOf<'PlansMade'>, { logIndex }: EventContext): RowChange {
  return set(
    'demands',
    { id: event.demand },
    {
      exact: toJson(event.exact),
      ownPlans: toJson(event.plans),
      ownPlanCount: BigInt(event.plans.length),
      ownCheapestMicro: cheapestMicro(event.plans),
      considered: event.considered,
      analysedAtMs: event.madeAtMs,
      analysisLogIndex: logIndex,
      plansExpireAtMs: event.expiresAtMs,
    },
  );
}

function proposed(event: EventOf<'PlanProposed'>, { logIndex, sequence }: EventContext): RowChange[] {
  return event.plans.map((plan, place) =>
    insert('proposed_plans', {
      demand: event.demand,
      logIndex,
      sequence,
      place,
      broker: event.broker,
      plan: toJson(plan),
      totalMicro: plan.holdMicro + plan.feeMicro,
      proposedAtMs: event.proposedAtMs,
    }),
  );
}

function chosen(event: EventOf<'PlanChosen'>): RowChange {
  const { plan, aim, broker, feeMicro, holdMicro, estimateMicro, chosenAtMs } = event;
  return set(
    'demands',
    { id: event.demand },
    { order: event.order, chosen: toJson({ plan, aim, broker, feeMicro, holdMicro, estimateMicro }), chosenAtMs },
  );
}

function begun(event: EventOf<'TaskBegun'>): RowChange[] {
  const { demand, begunAtMs } = event;
  return [
    set('demands', { id: demand }, { taskBegunAtMs: begunAtMs }),
    ...event.ranges.map(({ first, count }, index) =>
      insert('task_ranges', { demand, range: BigInt(index), first, count, decidedAtMs: null }),
    ),
    ...event.agreements.map((agreement) => insert('task_agreements', { agreement, demand, joinedAtMs: begunAtMs })),
  ];
}

function assigned(event: EventOf<'RangeAssigned'>): RowChange {
  const work = event.work[0];
  return insert('task_runs', {
    demand: event.demand,
    range: event.range,
    agreement: event.agreement,
    first: event.first,
    count: event.count,
    attempt: event.attempt,
    reason: event.reason,
    payload: work === undefined ? '' : toHex(work.payload),
    state: 'assigned',
    fault: null,
    failed: null,
    cpuMs: null,
    inputRoot: null,
    resultRoot: null,
    isRejected: false,
    assignedAtMs: event.assignedAtMs,
    lateAtMs: event.lateAtMs,
    startedAtMs: null,
    endedAtMs: null,
  });
}

function runOf({ demand, range, agreement }: Key<'task_runs'>): Key<'task_runs'> {
  return { demand, range, agreement };
}

/** From its start on the estimates say how long a range may take. */
function startedRun(event: EventOf<'RangeStarted'>): RowChange {
  const { startedAtMs, lateAtMs } = event;
  return set('task_runs', runOf(event), { state: 'started', startedAtMs, lateAtMs });
}

/** Analyses, plans, the choice among them, and each range of a task with whoever has to run it. */
export function projectPlan(event: PlanEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'PlansMade':
      return [made(event, context)];
    case 'PlanProposed':
      return proposed(event, context);
    case 'MatchProposed':
      return [];
    case 'DemandsMatched': {
      const { matching: id, asked, matched, served, costMicro, broker, matchedAtMs } = event;
      const by = broker === 0n ? null : broker;
      return [insert('matchings', { id, asked, matched, served, costMicro, broker: by, matchedAtMs })];
    }
    case 'PlanChosen':
      return [chosen(event)];
    case 'TaskBegun':
      return begun(event);
    case 'TaskJoined': {
      const { agreement, demand, joinedAtMs } = event;
      return [insert('task_agreements', { agreement, demand, joinedAtMs })];
    }
    case 'RangeAssigned':
      return [assigned(event)];
    case 'RangeStarted':
      return [startedRun(event)];
    case 'RangeFinished': {
      const { failed, cpuMs, finishedAtMs: endedAtMs } = event;
      const roots = { inputRoot: toHex(event.inputRoot), resultRoot: toHex(event.resultRoot) };
      return [set('task_runs', runOf(event), { state: 'finished', failed, cpuMs, ...roots, endedAtMs })];
    }
    case 'RangeFailed':
      return [set('task_runs', runOf(event), { state: 'failed', fault: event.fault, endedAtMs: event.failedAtMs })];
    case 'RangeDropped':
      return [set('task_runs', runOf(event), { state: 'dropped', endedAtMs: event.droppedAtMs })];
    case 'RangeDecided': {
      const { demand, range, decidedAtMs } = event;
      return [set('task_ranges', { demand, range }, { decidedAtMs })];
    }
    case 'ResultRejected':
      return [set('task_runs', runOf(event), { isRejected: true })];
    case 'TaskEnded':
      return [
        set(
          'demands',
          { id: event.demand },
          { outcome: event.outcome, outcomeReason: event.reason, taskEndedAtMs: event.endedAtMs },
        ),
      ];
  }
}
