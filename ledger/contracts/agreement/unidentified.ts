import { Steps } from '#ledger/contracts/shared/steps.ts';
import type { Decision, StateReader } from '#ledger/core/decision.ts';
import type { AgreementEvent } from './definition.ts';
import { dueItem } from './due-items.ts';
import { end, type EndingNeeds } from './ending.ts';
import { readAgreement } from './record.ts';
import { identifiedOf } from './running.ts';

/** Orders that one decision looks at: what is left is for due work of the same moment, so that no block takes long to execute. */
export const UNIDENTIFIED_AT_ONCE_MAX = 16;

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
