import type { AgreementEvent } from '#ledger/contracts/agreement/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { tally } from '#ledger/contracts/agreement/end-reason.ts';
import { toJson, type EventContext } from './context.ts';
import { add, insert, set, type RowChange } from './row-change.ts';

type EventOf<Type extends AgreementEvent['type']> = Extract<AgreementEvent, { type: Type }>;

function refused(event: EventOf<'ApplicationRefused'>, context: EventContext): RowChange {
  return insert('refusals', {
    application: event.application,
    customer: event.customer,
    provider: event.provider,
    resource: event.resource,
    strategyVersion: event.strategyVersion,
    purpose: event.purpose,
    fieldOfBusiness: event.fieldOfBusiness,
    choices: toJson(event.choices),
    amounts: toJson(event.amounts),
    durationMs: event.durationMs,
    failed: toJson(event.failed),
    refusedAtMs: event.refusedAtMs,
    tx: context.tx,
  });
}

function reserved(event: EventOf<'AgreementReserved'>): RowChange {
  return insert('agreements', {
    id: event.agreement,
    order: event.order,
    part: event.part,
    replaces: event.replaces === 0n ? null : event.replaces,
    replacedBy: null,
    continues: event.continues === 0n ? null : event.continues,
    continuedBy: null,
    status: 'reserved',
    customer: event.customer,
    identifiedBy: event.identifiedBy === 0n ? null : event.identifiedBy,
    provider: event.provider,
    resource: event.resource,
    kind: event.kind,
    strategyVersion: event.strategyVersion,
    purpose: event.purpose,
    fieldOfBusiness: event.fieldOfBusiness,
    choices: toJson(event.choices),
    ways: toJson(event.ways),
    amounts: toJson(event.amounts),
    prices: toJson(event.prices),
    promise: toJson(event.promise),
    degradedPerMille: event.degradedPerMille,
    durationMs: event.durationMs,
    holdMicro: event.holdMicro,
    backup: toJson(event.backup),
    encryptionKey: toHex(event.encryptionKey),
    agentKey: event.agentKey,
    sourceId: event.sourceId,
    intervalMs: event.intervalMs,
    feePerMille: event.feePerMille,
    reservedAtMs: event.reservedAtMs,
    prepareByMs: event.prepareByMs,
    startsAtMs: null,
    endsAtMs: null,
    endedAtMs: null,
    endReason: null,
    endStatus: null,
    endedBy: null,
    settleAtMs: null,
    graceUntilMs: null,
    erasedAtMs: null,
    issue: 0n,
    descriptor: null,
    descriptorKey: null,
    reissuePending: false,
    contested: null,
    claimUsed: null,
    claimUntilMs: null,
    claimKeptMs: 0n,
    claimDegradedMs: 0n,
    claimDownMs: 0n,
    claimTx: null,
  });
}

/** Both parties' histories count, by the contract's own rule of who broke it. */
function ended(event: EventOf<'AgreementEnded'>): RowChange[] {
  const { agreement, to, reason, endedAtMs, settleAtMs, graceUntilMs } = event;
  const histories = (['customer', 'provider'] as const).map((party) => {
    const { completed: completedOrders, broken: brokenOrders } = tally(party, event);
    return add('accounts', { id: event[party] }, { completedOrders, brokenOrders });
  });
  const values = {
    status: to,
    endStatus: to,
    endReason: reason,
    endedBy: event.by,
    endedAtMs,
    settleAtMs,
    graceUntilMs: graceUntilMs === 0n ? null : graceUntilMs,
    reissuePending: false,
  };
  return [set('agreements', { id: agreement }, values), ...histories];
}

/** What it counts as may change: then it is taken out of both histories as what it was, and counted as what it is. */
function judged(event: EventOf<'AgreementJudged'>): RowChange[] {
  const { agreement, from, was, to, reason, settleAtMs } = event;
  const values = { status: to, endStatus: to, endReason: reason, settleAtMs };
  const changes = [set('agreements', { id: agreement }, values)];
  if (reason === was) return changes;
  const histories = (['customer', 'provider'] as const).map((party) => {
    const [before, after] = [tally(party, { to: from, reason: was }), tally(party, event)];
    const completedOrders = after.completed - before.completed;
    return add('accounts', { id: event[party] }, { completedOrders, brokenOrders: after.broken - before.broken });
  });
  return [...changes, ...histories];
}

export function projectAgreement(event: AgreementEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'ApplicationRefused':
      return [refused(event, context)];
    case 'AgreementReserved':
      return [reserved(event)];
    case 'AgreementPrepared':
      return [
        set(
          'agreements',
          { id: event.agreement },
          {
            status: event.to,
            startsAtMs: event.startsAtMs,
            endsAtMs: event.endsAtMs,
            issue: event.issue,
            descriptor: toHex(event.descriptor),
            descriptorKey: toHex(event.encryptionKey),
          },
        ),
      ];
    case 'AgreementActivated':
      return [set('agreements', { id: event.agreement }, { status: event.to })];
    case 'ReissueRequested':
      return [
        set('agreements', { id: event.agreement }, { reissuePending: true, encryptionKey: toHex(event.encryptionKey) }),
      ];
    case 'DescriptorReissued':
      return [
        set(
          'agreements',
          { id: event.agreement },
          {
            issue: event.issue,
            descriptor: toHex(event.descriptor),
            descriptorKey: toHex(event.encryptionKey),
            reissuePending: false,
          },
        ),
      ];
    case 'AgreementReplaced':
      return [
        set('agreements', { id: event.agreement }, { replacedBy: event.replacement, holdMicro: event.holdMicro }),
      ];
    case 'AgreementContinued':
      return [set('agreements', { id: event.agreement }, { continuedBy: event.continuation })];
    case 'ContinuationDropped':
      return [set('agreements', { id: event.agreement }, { continuedBy: null })];
    case 'BackupUnavailable':
      // Its sentence stands in the order's history; what was held for the backup comes back with the bill.
      return [];
    case 'AgreementEnded':
      return ended(event);
    case 'AgreementJudged':
      return judged(event);
    case 'ErasureReported':
      return [set('agreements', { id: event.agreement }, { erasedAtMs: event.erasedAtMs })];
  }
}
