'use client';

import { ChoiceGroup } from '#components/ui/choice.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import { Panel, Section } from '#components/ui/page-header.tsx';
import type { StrategyDraft, TermErrors } from '#components/strategy/terms.ts';
import type { ColumnDto } from '#lib/shared/dto.ts';
import { ConditionFields } from './condition-fields.tsx';
import { WayFields } from './way-fields.tsx';

export interface ConditionsStepProps {
  draft: StrategyDraft;
  onChange: (draft: StrategyDraft) => void;
  errors: TermErrors;
  columns: readonly ColumnDto[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

/** Who may use it, for what, in which ways and for how long. */
export function ConditionsStep(props: ConditionsStepProps) {
  const { draft, onChange, errors } = props;
  return (
    <div>
      <Panel>
        <ChoiceGroup
          legend="Access"
          name="accessClass"
          value={draft.accessClass}
          onChange={(accessClass) =>
            onChange({ ...draft, accessClass: accessClass === 'public' ? 'public' : 'conditional' })
          }
          options={[
            {
              value: 'public',
              label: 'Public',
              description: 'Everyone with an account and the customer role is admitted.',
            },
            {
              value: 'conditional',
              label: 'Conditional',
              description: 'The contract checks every condition below and names those that fail.',
            },
          ]}
        />
      </Panel>
      {draft.accessClass === 'conditional' ? (
        <Section title="Conditions on the applicant and the use">
          <Panel className="flex flex-col gap-4">
            <ProblemNote sentence={errors.conditions} />
            <div className="flex flex-col gap-4" data-invalid={errors.conditions ? true : undefined}>
              <ConditionFields
                draft={draft.conditions}
                onChange={(conditions) => onChange({ ...draft, conditions })}
                errors={errors}
                purposes={props.purposes}
                fieldsOfBusiness={props.fieldsOfBusiness}
              />
            </div>
          </Panel>
        </Section>
      ) : null}
      <Section title="Ways, times and amounts">
        <WayFields draft={draft} onChange={onChange} errors={errors} columns={props.columns} />
      </Section>
    </div>
  );
}
