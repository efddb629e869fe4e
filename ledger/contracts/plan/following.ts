import type { Decision, StateReader } from '#ledger/core/decision.ts';
import type { PlanEvent } from './definition.ts';
import type { PlanNeeds } from './needs.ts';
import { planTables } from './record.ts';
import { follow } from './ranges.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';

type Told = { readonly type: string };

/**
 * What was decided about agreements, and what follows for the tasks that they run: ranges of one that ended are given to others at once. Most
 * decisions end none: what is needed for that is made for those alone.
 */
export function followed<Event extends Told>(
  state: StateReader,
  decision: Decision<Event>,
  nowMs: bigint,
  needsOf: () => PlanNeeds<Event>,
): Decision<PlanEvent | Event> {
  const ended = decision.events.flatMap((event) => idOf(event, 'AgreementEnded', 'agreement'));
  const running = ended.filter((agreement) => state.read(planTables.byAgreement, agreement) !== undefined);
  if (running.length === 0) return decision;
  const needs = needsOf();
  const steps = new Steps<PlanEvent | Event>(state, needs.evolve);
  steps.take(decision);
  for (const agreement of running) {
    const replacement = decision.events.find((event) =>
      idOf(event, 'AgreementReplaced', 'agreement').includes(agreement),
    );
    const [by] = replacement === undefined ? [] : idOf(replacement, 'AgreementReplaced', 'replacement');
    steps.take(follow(steps.state, { agreement, replacement: by, nowMs }, needs.at(steps.state)));
  }
  return { ...steps.decision(), ...(decision.data === undefined ? {} : { data: decision.data }) };
}

function idOf(event: Told, type: string, field: string): bigint[] {
  const id = event.type === type ? (event as unknown as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof id === 'bigint' ? [id] : [];
}
