import { Steps } from '#ledger/contracts/shared/steps.ts';
import type { Decision, StateReader } from '#ledger/core/decision.ts';
import type { AgreementEvent } from './definition.ts';
import { end, type EndingNeeds } from './ending.ts';
import { readAgreement } from './record.ts';
import { runningOf, type Server } from './running.ts';

/** Orders that fail by one piece of due work: what is left is for the next, so that no block takes long to execute. */
const FAILED_AT_ONCE_MAX = 16;

/**
 * Orders of a key that is gone fail, the newest first: each is refunded for what was not served, and its backup takes its place, as if its
 * provider had withdrawn it. `isMore`: others of the key still run.
 */
export function failOrders<Event>(
  state: StateReader,
  server: Server,
  nowMs: bigint,
  needs: EndingNeeds<Event>,
): { decision: Decision<AgreementEvent | Event>; isMore: boolean } {
  const running = runningOf(state, server, FAILED_AT_ONCE_MAX + 1);
  const steps = new Steps<AgreementEvent | Event>(state, needs.evolve);
  for (const agreement of running.slice(0, FAILED_AT_ONCE_MAX)) {
    const record = readAgreement(steps.state, agreement);
    // One that another continued ends with that one's beginning, perhaps among these.
    if (record === undefined || record.endedAtMs !== 0n) continue;
    const ended = { agreement, record, by: 0n, reason: 'not-reachable' } as const;
    steps.take(end<Event>(steps.state, ended, nowMs, needs.at(steps.state)));
  }
  return { decision: steps.decision(), isMore: running.length > FAILED_AT_ONCE_MAX };
}
