'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { Select } from '#components/ui/choice.tsx';
import { DURATION_UNIT_NAMES, typedDurationInWords, type DurationUnit } from '#components/ui/duration.ts';
import { NumberField } from '#components/ui/field.tsx';
import { durationInWords, inWords } from '#components/ui/format.ts';
import type { QuantityDto, StrategyDto } from '#lib/shared/dto.ts';
import { amountDecimals, amountInWords, amountLabel, typedAmountInWords } from './amounts.ts';
import { askedOfPeople, type UseDraft, type UseErrors } from './intended-use.ts';
import { typedMeterOf } from './typed-meter.ts';

export interface UseFieldsProps {
  draft: UseDraft;
  onChange: (draft: UseDraft) => void;
  errors: UseErrors;
  kind: ShownKind;
  strategy: StrategyDto;
  /** What the resource has left of what it holds. */
  free: readonly QuantityDto[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

const choose = { value: '', label: 'Choose…' };

function optionsOf(codes: readonly string[]) {
  return [choose, ...codes.map((code) => ({ value: code, label: inWords(code) }))];
}

function UnitSelect({ value, onChange }: { value: DurationUnit; onChange: (unit: DurationUnit) => void }) {
  return (
    <Select
      label="Unit"
      name="durationUnit"
      value={value}
      onChange={(unit) => onChange(unit as DurationUnit)}
      options={DURATION_UNIT_NAMES.map((unit) => ({ value: unit, label: unit }))}
    />
  );
}

/** What an application declares; the same fields where one asks and where one signs. */
export function UseFields(props: UseFieldsProps) {
  const { draft, onChange, errors, kind, strategy, free, purposes, fieldsOfBusiness } = props;
  const { ChoiceFields } = kind.screen;
  const change = (part: Partial<UseDraft>) => onChange({ ...draft, ...part });
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Select
        label="Purpose"
        name="purpose"
        value={draft.purpose}
        onChange={(purpose) => change({ purpose })}
        options={optionsOf(purposes)}
        error={errors.purpose}
        description="A binding statement that nobody verifies beforehand."
      />
      <Select
        label="Field of business"
        name="fieldOfBusiness"
        value={draft.fieldOfBusiness}
        onChange={(fieldOfBusiness) => change({ fieldOfBusiness })}
        options={optionsOf(fieldsOfBusiness)}
        error={errors.fieldOfBusiness}
      />
      <div className="grid grid-cols-[1fr_1fr] items-start gap-2">
        <NumberField
          label="How long"
          name="duration"
          value={draft.duration}
          onChange={(duration) => change({ duration })}
          decimals={0}
          inWords={(count) => typedDurationInWords(count, draft.durationUnit)}
          error={errors.duration}
          description={`At most ${durationInWords(strategy.useMsMax)}.`}
        />
        <UnitSelect value={draft.durationUnit} onChange={(durationUnit) => change({ durationUnit })} />
      </div>
      <ChoiceFields
        draft={draft.choices}
        onChange={(choices) => change({ choices })}
        errors={errors.choices ?? {}}
        ways={strategy.ways}
      />
      {askedOfPeople(kind).map((meter) => {
        const counted = typedMeterOf(kind, meter);
        const most = strategy.limits.find((limit) => limit.meter === meter)?.amount;
        const left = free.find((quantity) => quantity.meter === meter)?.amount ?? 0;
        return (
          <NumberField
            key={meter}
            label={amountLabel(counted)}
            name={meter}
            value={draft.amounts[meter] ?? ''}
            onChange={(amount) => change({ amounts: { ...draft.amounts, [meter]: amount } })}
            decimals={amountDecimals(counted)}
            inWords={(amount) => typedAmountInWords(amount, counted)}
            error={errors.amounts?.[meter]}
            description={
              most === undefined
                ? `${amountInWords(left, counted)} free now.`
                : `At most ${amountInWords(most, counted)}.`
            }
          />
        );
      })}
    </div>
  );
}
