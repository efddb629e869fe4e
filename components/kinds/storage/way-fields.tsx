'use client';

import type { KindFieldsProps } from '#components/kinds/kind.ts';
import { Select } from '#components/ui/choice.tsx';
import { DURATION_UNIT_NAMES, typedDurationInWords } from '#components/ui/duration.ts';
import { NumberField } from '#components/ui/field.tsx';
import { graceIn } from './terms.ts';

/** How long what a customer stored stays after the end. */
export function StorageWayFields({ draft, onChange, errors }: KindFieldsProps) {
  const { grace, graceUnit } = graceIn(draft);
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <NumberField
        label="What was stored stays for"
        name="grace"
        value={grace}
        onChange={(typed) => onChange({ ...draft, grace: typed })}
        decimals={0}
        inWords={(count) => (count === 0n ? 'erased at the end' : typedDurationInWords(count, graceUnit))}
        error={errors.grace}
        description="After the end, before it is erased. Its room is taken until then; 0 erases at the end."
      />
      <Select
        label="Unit of this time"
        name="graceUnit"
        value={graceUnit}
        onChange={(unit) => onChange({ ...draft, graceUnit: unit })}
        options={DURATION_UNIT_NAMES.map((unit) => ({ value: unit, label: unit }))}
      />
    </div>
  );
}
