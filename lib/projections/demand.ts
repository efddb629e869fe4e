import type { DemandEvent } from '#ledger/contracts/demand/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { toJson, type EventContext } from './context.ts';
import { insert, set, type RowChange } from './row-change.ts';

type EventOf<Type extends DemandEvent['type']> = Extract<DemandEvent, { type: Type }>;

function published(event: EventOf<'DemandPublished'>): RowChange {
  const work = event.work[0];
  return insert('demands', {
    id: event.demand,
    customer: event.customer,
    status: 'open',
    purpose: event.purpose,
    fieldOfBusiness: event.fieldOfBusiness,
    kinds: [...new Set(event.needs.map(({ kind }) => kind))].toSorted(),
    needs: toJson(event.needs),
    work: toJson(event.work),
    payload: work === undefined ? null : toHex(work.payload),
    durationMs: event.durationMs,
    budgetMicro: event.budgetMicro,
    backup: event.backup,
    batch: event.batch,
    publishedAtMs: event.publishedAtMs,
    openUntilMs: event.openUntilMs,
    closedAtMs: null,
    // Filled by the contract's analyses (plan.ts).
    exact: [],
    ownPlans: [],
    ownPlanCount: 0n,
    ownCheapestMicro: null,
    considered: null,
    analysedAtMs: null,
    analysisLogIndex: null,
    plansExpireAtMs: null,
    // Filled by the plan that is chosen, and by the end of its task.
    order: null,
    chosen: null,
    chosenAtMs: null,
    taskBegunAtMs: null,
    outcome: null,
    outcomeReason: null,
    taskEndedAtMs: null,
  });
}

function noticeSent(event: EventOf<'NoticeSent'>): RowChange {
  const { notice, demand, kind, broker, nodeProvider, provider, sentAtMs } = event;
  return insert('notices', {
    id: notice,
    demand,
    kind,
    broker,
    nodeProvider,
    provider,
    status: 'sent',
    resource: null,
    sentAtMs,
    relayedAtMs: null,
    answeredAtMs: null,
  });
}

/** A demand as it is published and closed, what brokers ask providers for it, and the programs that nobody runs any more. */
export function projectDemand(event: DemandEvent, { logIndex, timeMs }: EventContext): RowChange[] {
  switch (event.type) {
    case 'DemandPublished':
      return [published(event)];
    case 'DemandClosed':
      return [set('demands', { id: event.demand }, { status: event.to, closedAtMs: event.closedAtMs })];
    case 'NoticeSent':
      return [noticeSent(event)];
    case 'NoticeRelayed':
      return [set('notices', { id: event.notice }, { status: event.to, relayedAtMs: event.relayedAtMs })];
    case 'NoticeAnswered': {
      const { notice, to, answeredAtMs } = event;
      const resource = event.resource === 0n ? null : event.resource;
      return [set('notices', { id: notice }, { status: to, resource, answeredAtMs })];
    }
    case 'AlgorithmRefused':
      return [
        insert('refused_algorithms', {
          algorithm: toHex(event.algorithm),
          reason: event.reason,
          proposal: event.proposal,
          logIndex,
          refusedAtMs: timeMs,
        }),
      ];
  }
}
