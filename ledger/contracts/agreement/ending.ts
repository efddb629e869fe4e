import type { Decision, StateReader } from '#ledger/core/decision.ts';
import { DraftState } from '#ledger/contracts/shared/draft-state.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { END_REASONS, agreementEvent, type AgreementEvent, type EndReason } from './definition.ts';
import { roomBeyond } from './continuation.ts';
import { dueItem, waiting } from './due-items.ts';
import { endedStatus } from './end-reason.ts';
import { readAgreement, type AgreementRecord } from './record.ts';
import { replace, type Handover, type ReplacementNeeds } from './replacement.ts';
import { identifiedOf } from './running.ts';
import { hasBegun } from './window.ts';

/** Orders that one decision looks at: what is left is for due work of the same moment, so that no block takes long to execute. */
export const UNIDENTIFIED_AT_ONCE_MAX = 16;

export interface EndingNeeds<Event> extends ReplacementNeeds<Event> {
  /** Gives the agreement's part of the capacity back. */
  release(resource: bigint, of: { agreement: bigint; amounts: readonly Quantity[] }): readonly Event[];
  /** The bill of an ended agreement and its tokens. */
  settle(agreement: bigint, record: AgreementRecord, nowMs: bigint): readonly Event[];
  contestMs(): bigint;
  /** Whether the conditions of an agreement that runs by an identification take what its customer has of that now. */
  isIdentifiedFor(record: AgreementRecord, nowMs: bigint): boolean;
  /** True while a copy that it finished is not decided, and its task goes on. */
  awaitsVerdict(agreement: bigint): boolean;
  at(state: StateReader): EndingNeeds<Event>;
}

/** Ends it, returns its capacity unless something stays stored, lets a backup take its place, and settles now when the window never began, else after the contest time. */
export function end<Event>(
  state: StateReader,
  ended: { agreement: bigint; record: AgreementRecord; by: bigint; reason: EndReason; handover?: Handover },
  nowMs: bigint,
  needs: EndingNeeds<Event>,
): Decision<AgreementEvent | Event> {
  const { agreement, record, by, reason } = ended;
  const { customer, provider, status: from, startsAtMs, endsAtMs } = record;
  const wasStarted = hasBegun(record, nowMs);
  const endedAtMs = endsAtMs !== 0n && nowMs > endsAtMs ? endsAtMs : nowMs;
  const settleAtMs = wasStarted ? settlingMs(ended, nowMs, needs) : nowMs;
  const to = endedStatus(reason, wasStarted);
  const graceMs = wasStarted ? needs.graceMs(record) : undefined;
  const graceUntilMs = graceMs === undefined ? 0n : nowMs + graceMs;
  const facts = { agreement, customer, provider, from, to, by, reason, endedAtMs, settleAtMs, graceUntilMs };
  const passedMs = wasStarted ? endedAtMs - startsAtMs : 0n;
  const replaced = replace(state, { agreement, record, reason, passedMs, nowMs, handover: ended.handover }, needs);
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

/**
 * The contest time after the end. Who ends while a copy of its is not decided waits for the verdict, at the latest until it would have been
 * settled had it not ended: nobody is paid for a wrong result by leaving early, and nothing stays held for good.
 */
function settlingMs<Event>(
  { agreement, record, reason }: { agreement: bigint; record: AgreementRecord; reason: EndReason },
  nowMs: bigint,
  needs: Pick<EndingNeeds<Event>, 'contestMs' | 'awaitsVerdict'>,
): bigint {
  const waits = END_REASONS[reason].whole !== 'nothing' && needs.awaitsVerdict(agreement);
  const fromMs = waits && record.endsAtMs > nowMs ? record.endsAtMs : nowMs;
  return fromMs + needs.contestMs();
}

/**
 * Orders of a customer whose identification ended, or was replaced by another operator's, end where their conditions ask for it, the newest
 * first [8.5.2-d]: what was served till then is paid, and no backup takes their place. `upTo`: this one and older ones alone.
 */
export function endUnidentified<Event>(
  state: StateReader,
  of: { readonly customer: bigint; readonly upTo?: bigint },
  nowMs: bigint,
  needs: EndingNeeds<Event>,
): Decision<AgreementEvent | Event> {
  const running = identifiedOf(state, of, UNIDENTIFIED_AT_ONCE_MAX + 1);
  const steps = new Steps<AgreementEvent | Event>(state, needs.evolve);
  for (const agreement of running.slice(0, UNIDENTIFIED_AT_ONCE_MAX)) {
    const there = needs.at(steps.state);
    const record = readAgreement(steps.state, agreement);
    // One that another continued ends with that one's beginning, perhaps among these.
    if (record === undefined || record.endedAtMs !== 0n || there.isIdentifiedFor(record, nowMs)) continue;
    steps.take(end<Event>(steps.state, { agreement, record, by: 0n, reason: 'identity-ended' }, nowMs, there));
  }
  const next = running[UNIDENTIFIED_AT_ONCE_MAX];
  if (next !== undefined) steps.wait(dueItem(next, 'identity', nowMs));
  return steps.decision();
}

/** The backup takes the place of an agreement that runs, for the third copy; undefined when it cannot, and then nothing changes. */
export function drawBackup<Event>(
  state: StateReader,
  of: { agreement: bigint; record: AgreementRecord; handover: Handover },
  nowMs: bigint,
  needs: EndingNeeds<Event>,
): { replacement: bigint; decision: Decision<AgreementEvent | Event> } | undefined {
  const decision = end(state, { ...of, by: 0n, reason: 'compared' }, nowMs, needs);
  const replaced = decision.events.find(isReplaced);
  return replaced && { replacement: replaced.replacement, decision };
}

function isReplaced(event: unknown): event is AgreementEvent & { type: 'AgreementReplaced' } {
  return (event as AgreementEvent).type === 'AgreementReplaced';
}

/**
 * What an agreement that has ended finished is decided: it is settled the contest time from now, and never later than was said. A wrong one is
 * not paid, and counts as one that ended for that. Nothing once the bill is made.
 */
export function judgeEnded<Event>(
  of: { agreement: bigint; record: AgreementRecord; isWrong: boolean },
  nowMs: bigint,
  needs: Pick<EndingNeeds<Event>, 'contestMs'>,
): Decision<AgreementEvent> {
  const { agreement, record, isWrong } = of;
  const { customer, provider, status: from, endReason: was } = record;
  const reason = isWrong ? 'wrong-result' : was;
  if (was === '' || reason === '' || from === 'settled') return { events: [] };
  const soonMs = nowMs + needs.contestMs();
  const settleAtMs = soonMs < record.settleAtMs ? soonMs : record.settleAtMs;
  if (reason === was && settleAtMs === record.settleAtMs) return { events: [] };
  const to = isWrong ? END_REASONS[reason].to : from;
  const facts = { agreement, customer, provider, from, to, was, reason, settleAtMs };
  const item = waiting(agreement, 'settle');
  return { events: [agreementEvent('AgreementJudged', facts)], cancel: [item], due: [{ ...item, atMs: settleAtMs }] };
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
