import type { StateScanner } from '#ledger/core/decision.ts';
import { CREDIT_MAX } from './definition.ts';
import { unpackEntries } from './digest.ts';
import { creditTables as tables } from './record.ts';

/** Digests that wait are sound and listed once, credit is within its bounds. A sentence for each fact that does not hold. */
export function creditInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const listed = state.scan(tables.epochs).flatMap(([, numbers]) => numbers);
  const digests = state.scan(tables.digests);
  claim(
    listed.length === digests.length && digests.every(([number]) => listed.includes(number)),
    'every digest waits in one epoch',
  );
  for (const [number, { entries }] of digests) claim(unpackEntries(entries) !== undefined, `digest ${number} is sound`);
  for (const [node, { credit }] of state.scan(tables.credits))
    claim(credit >= 0n && credit <= CREDIT_MAX, `the credit of node ${node} is from 0 to ${CREDIT_MAX}`);
  for (const [account, refused] of state.scan(tables.refusals))
    claim(
      refused.length > 0 && new Set(refused).size === refused.length && !refused.includes('consensus'),
      `what account ${account} may not do is listed once`,
    );
  return broken;
}
