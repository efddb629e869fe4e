'use client';

import { ChoiceGroup } from '#components/ui/choice.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import { Panel, Section } from '#components/ui/page-header.tsx';
import type { ShownKind } from '#components/kinds/kinds.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import { AmountFields, TimeFields } from './amount-fields.tsx';
import { ConditionFields } from './condition-fields.tsx';
import type { StrategyDraft, TermErrors } from './terms.ts';

export interface ConditionsStepProps {
  draft: StrategyDraft;
  onChange: (draft: StrategyDraft) => void;
  errors: TermErrors;
  kind: ShownKind;
  /** What the agent computed of the resource. */
  attributes: readonly TermDto[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

/** Who may use it, for what, in which ways and for how long. */
export function ConditionsStep(props: ConditionsStepProps) {
  const { draft, onChange, errors, kind, attributes } = props;
  const { WayFields } = kind.screen;
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
                errors={errors.condition ?? {}}
                kind={kind}
                purposes={props.purposes}
                fieldsOfBusiness={props.fieldsOfBusiness}
              />
            </div>
          </Panel>
        </Section>
      ) : null}
      <Section title="Ways, times and amounts">
        <Panel className="flex flex-col gap-4">
          <WayFields
            draft={draft.ways}
            onChange={(ways) => onChange({ ...draft, ways })}
            errors={errors.ways ?? {}}
            attributes={attributes}
          />
          <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
            <TimeFields draft={draft} onChange={onChange} errors={errors} />
            <AmountFields draft={draft} onChange={onChange} errors={errors} kind={kind} />
          </div>
        </Panel>
      </Section>
    </div>
  );
}
