'use client';

import { Select } from '#components/ui/choice.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { inWords, microInWords, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { isMatched } from './draft.ts';
import type { DraftFieldsProps } from './program-fields.tsx';
import { TimeField } from './time-field.tsx';

export interface BoundsFieldsProps extends DraftFieldsProps {
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

function optionsOf(codes: readonly string[]) {
  return [{ value: '', label: 'Choose…' }, ...codes.map((code) => ({ value: code, label: inWords(code) }))];
}

/** What nearly every request differs in: money, time, purpose. */
export function BoundsFields(props: BoundsFieldsProps) {
  const { draft, onChange, errors, purposes, fieldsOfBusiness } = props;
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <NumberField
        label="Budget in tokens"
        name="budget"
        value={draft.budget}
        onChange={(budget) => onChange({ ...draft, budget })}
        decimals={TOKEN_DECIMALS}
        inWords={microInWords}
        error={errors.budget}
        description={
          isMatched(draft)
            ? 'The most that may be bought for it, by itself. Providers do not see it.'
            : 'The most that a plan may cost, a broker’s fee included. Providers do not see it.'
        }
      />
      <TimeField
        {...props}
        label="Use for"
        name="duration"
        description={draft.hasWork ? 'A program has to be done within it.' : 'From delivery on.'}
      />
      <Select
        label="Purpose"
        name="purpose"
        value={draft.purpose}
        onChange={(purpose) => onChange({ ...draft, purpose })}
        options={optionsOf(purposes)}
        error={errors.purpose}
        description="A binding statement that nobody verifies beforehand."
      />
      <Select
        label="Field of business"
        name="fieldOfBusiness"
        value={draft.fieldOfBusiness}
        onChange={(fieldOfBusiness) => onChange({ ...draft, fieldOfBusiness })}
        options={optionsOf(fieldsOfBusiness)}
        error={errors.fieldOfBusiness}
      />
    </div>
  );
}
