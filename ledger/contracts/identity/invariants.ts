import { equal } from '#ledger/core/bytes.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { REQUESTS_MAX } from './definition.ts';
import { identityTables as tables, readSubscribers } from './record.ts';

/** Requests are counted and bounded, and a subscriber of an operator has one account. A sentence for each fact that does not hold. */
export function identityInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const requests = state.scan(tables.requests);
  for (const [operator, { waiting }] of state.scan(tables.operators)) {
    const own = requests.filter(([, request]) => request.operator === operator).length;
    claim(waiting === BigInt(own) && own <= REQUESTS_MAX, `requests to account ${operator} are counted and bounded`);
  }
  const attestations = state.scan(tables.attestations);
  for (const [account, { operator, subscriber }] of attestations) {
    const known = readSubscribers(state, subscriber).filter(
      (other) => other.operator === operator && equal(other.subscriber, subscriber),
    );
    claim(known.length === 1 && known[0]?.account === account, `the subscriber of account ${account} has no other`);
  }
  const kept = state.scan(tables.subscribers).reduce((sum, [, list]) => sum + list.length, 0);
  claim(kept === attestations.length, 'a subscriber is kept as long as it is identified');
  return broken;
}
