import type { Decision, StateReader } from '#ledger/core/decision.ts';
import { DraftState } from '#ledger/contracts/shared/draft-state.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { agreementEvent, type AgreementEvent, type EndReason } from './definition.ts';
import { roomBeyond } from './continuation.ts';
import { dueItem, waiting } from './due-items.ts';
import { endedStatus } from './end-reason.ts';
import type { AgreementRecord } from './record.ts';
import { replace, type ReplacementNeeds } from './replacement.ts';
import { hasBegun } from './window.ts';

export interface EndingNeeds<Event> extends ReplacementNeeds<Event> {
  /** Gives the agreement's part of the capacity back. */
  release(resource: bigint, of: { agreement: bigint; amounts: readonly Quantity[] }): readonly Event[];
  /** The bill of an ended agreement and its tokens. */
  settle(agreement: bigint, record: AgreementRecord, nowMs: bigint): readonly Event[];
  contestMs(): bigint;
  at(state: StateReader): EndingNeeds<Event>;
}

/** Ends it, returns its capacity unless something stays stored, lets a backup take its place, and settles now when the window never began, else after the contest time. */
export function end<Event>(
  state: StateReader,
  ended: { agreement: bigint; record: AgreementRecord; by: bigint; reason: EndReason },
  nowMs: bigint,
  needs: EndingNeeds<Event>,
): Decision<AgreementEvent | Event> {
  const { agreement, record, by, reason } = ended;
  const { customer, provider, status: from, startsAtMs, endsAtMs } = record;
  const wasStarted = hasBegun(record, nowMs);
  const endedAtMs = endsAtMs !== 0n && nowMs > endsAtMs ? endsAtMs : nowMs;
  const settleAtMs = wasStarted ? nowMs + needs.contestMs() : nowMs;
  const to = endedStatus(reason, wasStarted);
  const graceMs = wasStarted ? needs.graceMs(record) : undefined;
  const graceUntilMs = graceMs === undefined ? 0n : nowMs + graceMs;
  const facts = { agreement, customer, provider, from, to, by, reason, endedAtMs, settleAtMs, graceUntilMs };
  const passedMs = wasStarted ? endedAtMs - startsAtMs : 0n;
  const replaced = replace(state, { agreement, record, reason, passedMs, nowMs }, needs);
  const events = [
    agreementEvent('AgreementEnded', facts),
    ...(graceUntilMs === 0n ? giveBack(state, ended, needs) : []),
    ...(replaced?.events ?? []),
  ];
  const cancel = (['prepare-by', 'start', 'end'] as const).map((kind) => waiting(agreement, kind));
  const due = [...(replaced?.due ?? [])];
  const data = { settleAtMs };
  if (wasStarted) return { events, cancel, due: [...due, dueItem(agreement, 'settle', settleAtMs)], data };
  const holdMicro = replaced?.holdMicro ?? record.holdMicro;
  const after = { ...record, status: to, endedAtMs, settleAtMs, endReason: reason, holdMicro };
  // The tokens move from what the events before leave: a hold that was split is smaller then.
  const draft = new DraftState(state);
  for (const event of replaced === undefined ? [] : events) needs.evolve(draft, event);
  return { events: [...events, ...needs.at(draft).settle(agreement, after, nowMs)], cancel, due, data };
}

/** Of an agreement that stored nothing: its capacity, of which what it took over from another goes back to that one. */
function giveBack<Event>(
  state: StateReader,
  { agreement, record }: { agreement: bigint; record: AgreementRecord },
  needs: EndingNeeds<Event>,
): (AgreementEvent | Event)[] {
  const { resource, continues } = record;
  const released = needs.release(resource, { agreement, amounts: roomBeyond(state, record) });
  if (continues === 0n) return [...released];
  return [agreementEvent('ContinuationDropped', { agreement: continues, continuation: agreement }), ...released];
}
