'use client';

import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { durationInWords, formatBytes, formatCount, inWords } from '#components/ui/format.ts';
import type { StrategyDto } from '#lib/shared/dto.ts';
import type { DraftErrors, DurationUnit, UseDraft } from './intended-use.ts';

export interface UseFieldsProps {
  draft: UseDraft;
  onChange: (draft: UseDraft) => void;
  errors: DraftErrors;
  strategy: StrategyDto;
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
      options={['seconds', 'minutes', 'hours', 'days'].map((unit) => ({ value: unit, label: unit }))}
    />
  );
}

/** What an application declares; the same fields where one asks and where one signs. */
export function UseFields({ draft, onChange, errors, strategy, purposes, fieldsOfBusiness }: UseFieldsProps) {
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
        <Field
          label="How long"
          name="duration"
          value={draft.duration}
          onChange={(duration) => change({ duration })}
          inputMode="numeric"
          maxLength={9}
          error={errors.duration}
          description={`At most ${durationInWords(strategy.useMsMax)}.`}
        />
        <UnitSelect value={draft.durationUnit} onChange={(durationUnit) => change({ durationUnit })} />
      </div>
      <Select
        label="Format"
        name="format"
        value={draft.format}
        onChange={(format) => change({ format })}
        options={strategy.formats.map((format) => ({ value: format, label: format }))}
        error={errors.format}
      />
      <Field
        label="Calls"
        name="calls"
        value={draft.calls}
        onChange={(calls) => change({ calls })}
        inputMode="numeric"
        maxLength={10}
        error={errors.calls}
        description={`At most ${formatCount(strategy.callsMax)}.`}
      />
      <Field
        label="Megabytes"
        name="megabytes"
        value={draft.megabytes}
        onChange={(megabytes) => change({ megabytes })}
        inputMode="decimal"
        maxLength={16}
        error={errors.megabytes}
        description={`At most ${formatBytes(strategy.bytesMax)}.`}
      />
    </div>
  );
}
