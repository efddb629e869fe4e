'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { amountDecimals, amountLabel, typedAmountInWords, typedMeterOf } from '#components/ledger/amounts.ts';
import { Select } from '#components/ui/choice.tsx';
import { textFields } from '#components/ui/draft.ts';
import { DURATION_UNIT_NAMES, typedDurationInWords, type DurationUnit } from '#components/ui/duration.ts';
import { Field, NumberField } from '#components/ui/field.tsx';
import { offeredMeters, type StrategyDraft, type TermErrors } from './terms.ts';

interface StrategyFieldsProps {
  draft: StrategyDraft;
  onChange: (draft: StrategyDraft) => void;
  errors: TermErrors;
}

/** When a resource is open, and for how long one use may last. */
export function TimeFields({ draft, onChange, errors }: StrategyFieldsProps) {
  const field = textFields({ draft, onChange, errors });
  return (
    <>
      <Field label="Opens (UTC)" {...field('opens')} type="datetime-local" description="Empty: at once." />
      <Field label="Closes (UTC)" {...field('closes')} type="datetime-local" description="Empty: never." />
      <NumberField
        label="Longest use"
        {...field('longest')}
        decimals={0}
        inWords={(count) => typedDurationInWords(count, draft.longestUnit)}
      />
      <Select
        label="Unit of the longest use"
        name="longestUnit"
        value={draft.longestUnit}
        onChange={(longestUnit) => onChange({ ...draft, longestUnit: longestUnit as DurationUnit })}
        options={DURATION_UNIT_NAMES.map((unit) => ({ value: unit, label: unit }))}
      />
    </>
  );
}

/** How much one use may take, and how much there is: a field for each meter of the kind. */
export function AmountFields({ draft, onChange, errors, kind }: StrategyFieldsProps & { kind: ShownKind }) {
  return offeredMeters(kind).map((meter) => {
    const counted = typedMeterOf(kind, meter);
    return (
      <NumberField
        key={meter}
        label={`${amountLabel(counted)}${counted.counting === 'counted' ? ' per use' : ''}, at most`}
        name={meter}
        value={draft.amounts[meter] ?? ''}
        onChange={(amount) => onChange({ ...draft, amounts: { ...draft.amounts, [meter]: amount } })}
        error={errors.amounts?.[meter]}
        decimals={amountDecimals(counted)}
        inWords={(amount) => typedAmountInWords(amount, counted)}
      />
    );
  });
}
