'use client';

import type { KindFieldsProps } from '#components/kinds/kind.ts';
import { amountDecimals, amountLabel, typedAmountInWords } from '#components/ledger/amounts.ts';
import { NumberField } from '#components/ui/field.tsx';
import { LONGEST_RUN, longestIn } from './terms.ts';

/** How long a single run may take. */
export function ComputingWayFields({ draft, onChange, errors }: KindFieldsProps) {
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <NumberField
        label={amountLabel(LONGEST_RUN)}
        name="longestRun"
        value={longestIn(draft)}
        onChange={(longestRun) => onChange({ ...draft, longestRun })}
        decimals={amountDecimals(LONGEST_RUN)}
        inWords={(runMs) => typedAmountInWords(runMs, LONGEST_RUN)}
        error={errors.longestRun}
        description="Processor time of a single run, at most 600 seconds. A run that takes more is ended and says so; what it used is charged."
      />
    </div>
  );
}
