'use client';

import { useState } from 'react';
import { EligibilityList } from '#components/nodes/eligibility-list.tsx';
import { eligibilityOf, parseSimulation, SIMULATED, type SimulationDraft } from '#components/nodes/simulation.ts';
import { PARTS, termsOf, thresholdsOf, wouldBe, type ParameterValues } from '#components/nodes/weights.ts';
import { Button } from '#components/ui/button.tsx';
import { Figures } from '#components/ui/facts.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Panel } from '#components/ui/page-header.tsx';

export interface SimulatorProps {
  /** What is known of the node now. */
  start: SimulationDraft;
  parameters: ParameterValues;
  isValidator: boolean;
  /** Whether an account answers for it, which may do things by its credit. */
  hasOperator: boolean;
}

/** What credit would come of other measurements and another history, by the contract's own function. */
export function Simulator({ start, parameters, isValidator, hasOperator }: SimulatorProps) {
  const [draft, setDraft] = useState<SimulationDraft>(start);
  const parsed = parseSimulation(draft);
  const simulated = parsed.ok ? wouldBe(parsed.facts, termsOf(parameters)) : undefined;
  return (
    <Panel>
      <div className="flex flex-col gap-4">
        <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {SIMULATED.map(({ name, title }) => (
            <NumberField
              key={name}
              label={title}
              name={name}
              value={draft[name]}
              onChange={(value) => setDraft({ ...draft, [name]: value })}
              decimals={0}
              error={parsed.ok ? undefined : parsed.errors[name]}
              inWords={(value) => formatCount(value.toString())}
            />
          ))}
        </div>
        <div>
          <Button size="sm" onPress={() => setDraft(start)}>
            Back to what is known now
          </Button>
        </div>
        <div aria-live="polite" className="flex flex-col gap-3">
          {simulated === undefined ? (
            <p className="text-sm text-muted">Shown once every field holds a number.</p>
          ) : (
            <>
              <Figures
                figures={[
                  { name: 'Credit', value: `${formatCount(simulated.credit.toString())} of 1,000` },
                  ...PARTS.map(({ name, title }) => ({
                    name: title,
                    value: formatCount(simulated.parts[name].toString()),
                  })),
                ]}
              />
              <EligibilityList
                list={eligibilityOf(simulated.credit, {
                  thresholds: thresholdsOf(parameters),
                  isValidator,
                  operatorCredit: hasOperator ? simulated.credit : null,
                })}
                label="What that credit would permit"
              />
              {hasOperator ? (
                <p className="text-sm text-muted">
                  Its operator is judged by the lowest credit of its nodes: this one is taken for the lowest.
                </p>
              ) : null}
            </>
          )}
        </div>
      </div>
    </Panel>
  );
}
