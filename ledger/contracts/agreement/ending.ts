import type { AgreementEvent, EndReason } from './definition.ts';
import type { Decision } from '#ledger/core/decision.ts';
import { dueItem, waiting } from './due-items.ts';
import { endedStatus } from './end-reason.ts';
import type { AgreementRecord } from './record.ts';

export interface EndingNeeds<Event> {
  /** Gives the place back. */
  release(resource: bigint, agreement: bigint): readonly Event[];
  /** The bill of an ended agreement and its tokens. */
  settle(agreement: bigint, record: AgreementRecord, nowMs: bigint): readonly Event[];
  contestMs(): bigint;
}

/** Ends it, returns the place, and settles now when the window never began, else after the contest time. */
export function end<Event>(
  record: AgreementRecord,
  how: { agreement: bigint; by: bigint; reason: EndReason },
  nowMs: bigint,
  needs: EndingNeeds<Event>,
): Decision<AgreementEvent | Event> {
  const { agreement, by, reason } = how;
  const { customer, provider, status: from } = record;
  const wasStarted = record.startsAtMs !== 0n && nowMs > record.startsAtMs;
  const endedAtMs = record.endsAtMs !== 0n && nowMs > record.endsAtMs ? record.endsAtMs : nowMs;
  const settleAtMs = wasStarted ? nowMs + needs.contestMs() : nowMs;
  const to = endedStatus(reason, wasStarted);
  const ended: AgreementEvent = {
    ...{ contract: 'agreement', version: 1n, type: 'AgreementEnded', agreement, customer, provider },
    ...{ from, to, by, reason, endedAtMs, settleAtMs },
  };
  const events = [ended, ...needs.release(record.resource, agreement)];
  const cancel = (['prepare-by', 'start', 'end'] as const).map((kind) => waiting(agreement, kind));
  if (wasStarted) return { events, cancel, due: [dueItem(agreement, 'settle', settleAtMs)], data: { settleAtMs } };
  const after = { ...record, status: to, endedAtMs, settleAtMs, endReason: reason };
  return { events: [...events, ...needs.settle(agreement, after, nowMs)], cancel, data: { settleAtMs } };
}
