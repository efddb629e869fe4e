'use client';

import { GroupList, GroupPanel } from '#components/strategy/group.tsx';
import { Checkbox, ChoiceGroup } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import type { PlaceDto } from '#lib/shared/demand-dto.ts';
import { EMPTY_REQUEST, isMatched, LIMIT_METERS, type LimitName, type RequestDraft } from './draft.ts';
import { copiesInWords, limitsInWords, openInWords, regionsOf, whereInWords, zonesOf } from './further-words.ts';
import type { DraftFieldsProps } from './program-fields.tsx';
import type { RequestErrors } from './request.ts';
import { TimeField } from './time-field.tsx';
import { LimitFields } from './work-fields.tsx';

export interface FurtherFieldsProps extends DraftFieldsProps {
  /** Where something is on offer now. */
  places: readonly PlaceDto[];
}

const LIMIT_NAMES = Object.keys(LIMIT_METERS) as LimitName[];

function isChanged(draft: RequestDraft, names: readonly (keyof RequestDraft)[]): boolean {
  return names.some((name) => draft[name] !== EMPTY_REQUEST[name]);
}

function isWrong(errors: RequestErrors, names: readonly string[]): boolean {
  return names.some((name) => errors[name] !== undefined);
}

/** What is rarely changed: a line of words each, and its fields when one wants to edit them. */
export function FurtherFields(props: FurtherFieldsProps) {
  const { draft, errors } = props;
  const changes = (...names: (keyof RequestDraft)[]) => ({ isChanged: isChanged(draft, names) });
  const faults = (...names: string[]) => ({ isWrong: isWrong(errors, names) });
  return (
    <GroupList label="What is rarely changed">
      {draft.hasWork ? (
        <GroupPanel
          title="One sub-task"
          words={limitsInWords(draft)}
          {...changes(...LIMIT_NAMES)}
          {...faults(...LIMIT_NAMES)}
        >
          <LimitFields {...props} />
        </GroupPanel>
      ) : null}
      {isMatched(draft) ? null : (
        <GroupPanel title="Copies and backup" words={copiesInWords(draft)} {...changes('copies', 'backup')}>
          <CopyFields {...props} />
        </GroupPanel>
      )}
      {draft.hasWork ? (
        <GroupPanel title="Where it runs" words={whereInWords(draft)} {...changes('region', 'zone')}>
          <WhereFields {...props} />
        </GroupPanel>
      ) : null}
      <GroupPanel title="Open for" words={openInWords(draft)} {...changes('open', 'openUnit')} {...faults('open')}>
        <TimeField
          {...props}
          label={isMatched(draft) ? 'Wait for a match for' : 'Look for plans for'}
          name="open"
          description="After that the request expires."
        />
      </GroupPanel>
    </GroupList>
  );
}

function CopyFields({ draft, onChange }: DraftFieldsProps) {
  return (
    <>
      {draft.hasWork ? (
        <ChoiceGroup
          legend="Copies"
          name="copies"
          value={draft.copies}
          onChange={(copies) => onChange({ ...draft, copies: copies === '2' ? '2' : '1' })}
          options={[
            { value: '1', label: 'One', description: 'Each sub-task runs on one provider.' },
            {
              value: '2',
              label: 'Two, compared',
              description:
                'Each runs on two providers; where results differ a third decides, and the wrong one is not paid. It costs about twice as much.',
            },
          ]}
        />
      ) : null}
      <Checkbox
        label="With a backup for each part"
        name="backup"
        isSelected={draft.backup}
        onChange={(backup) => onChange({ ...draft, backup })}
        description="Another provider takes a part’s place when it fails; a plan without one says so."
      />
    </>
  );
}

function WhereFields({ draft, onChange, places }: FurtherFieldsProps) {
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <Field
        label="Region"
        name="region"
        value={draft.region}
        onChange={(region) => onChange({ ...draft, region })}
        maxLength={64}
        suggestions={regionsOf(places, 'computing')}
        description="Empty: anywhere. Those with something on offer are suggested."
      />
      <Field
        label="Zone"
        name="zone"
        value={draft.zone}
        onChange={(zone) => onChange({ ...draft, zone })}
        maxLength={64}
        suggestions={zonesOf(places, 'computing', draft.region)}
        description="Of the region. Empty: any."
      />
    </div>
  );
}
