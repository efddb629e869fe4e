'use client';

import { Select } from '#components/ui/choice.tsx';
import { DURATION_UNIT_NAMES, typedDurationInWords, type DurationUnit } from '#components/ui/duration.ts';
import { NumberField } from '#components/ui/field.tsx';
import type { DraftFieldsProps } from './program-fields.tsx';

interface TimeFieldProps {
  label: string;
  name: 'duration' | 'open';
  description: string;
}

/** A time of the draft, and its unit. */
export function TimeField({ label, name, description, draft, onChange, errors }: DraftFieldsProps & TimeFieldProps) {
  const unit = draft[`${name}Unit`];
  return (
    <div className="grid grid-cols-[1fr_1fr] items-start gap-2">
      <NumberField
        label={label}
        name={name}
        value={draft[name]}
        onChange={(value) => onChange({ ...draft, [name]: value })}
        decimals={0}
        inWords={(count) => typedDurationInWords(count, unit)}
        error={errors[name]}
        description={description}
      />
      <Select
        label="Unit"
        name={`${name}Unit`}
        value={unit}
        onChange={(value) => onChange({ ...draft, [`${name}Unit`]: value as DurationUnit })}
        options={DURATION_UNIT_NAMES.map((value) => ({ value, label: value }))}
      />
    </div>
  );
}
