import type { StateScanner } from '#ledger/core/decision.ts';
import { INCIDENTS_MAX, STEPS_MAX } from './definition.ts';
import { readSecurityCounters, securityTables as tables } from './record.ts';

/** Open incidents are counted, bounded, and one a node. A sentence for each fact that does not hold. */
export function securityInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const incidents = state.scan(tables.incidents);
  const { open, nextIncident } = readSecurityCounters(state);
  claim(
    open === BigInt(incidents.length) && incidents.length <= INCIDENTS_MAX,
    'open incidents are counted and bounded',
  );
  claim(state.scan(tables.nodes).length === incidents.length, 'a node has one open incident at most');
  for (const [id, { node, steps, waiting, acknowledgedBy }] of incidents) {
    claim(id < nextIncident && state.read(tables.nodes, node) === id, `incident ${id} stands under its node`);
    claim(steps <= BigInt(STEPS_MAX) && waiting.length <= 1, `incident ${id} has a bounded number of steps`);
    claim(
      waiting.every(({ step }) => step <= steps),
      `what incident ${id} waits for is one of its steps`,
    );
    claim(steps === 0n || acknowledgedBy !== 0n, `somebody looks after incident ${id} before anything is done`);
  }
  return broken;
}
