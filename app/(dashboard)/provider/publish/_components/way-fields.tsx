'use client';

import { CheckboxGroup, Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { FORMATS, type StrategyDraft, type TermErrors } from '#components/strategy/terms.ts';
import type { DurationUnit } from '#components/ledger/intended-use.ts';
import type { ColumnDto } from '#lib/shared/dto.ts';

export interface WayFieldsProps {
  draft: StrategyDraft;
  onChange: (draft: StrategyDraft) => void;
  errors: TermErrors;
  columns: readonly ColumnDto[];
}

export function WayFields({ draft, onChange, errors, columns }: WayFieldsProps) {
  const change = (part: Partial<StrategyDraft>) => onChange({ ...draft, ...part });
  const names = columns.map((column) => column.name);
  return (
    <Panel className="flex flex-col gap-4">
      <CheckboxGroup
        legend="Formats"
        name="formats"
        values={draft.formats}
        onChange={(formats) => change({ formats })}
        options={FORMATS.map((value) => ({ value, label: value }))}
        error={errors.formats}
      />
      <CheckboxGroup
        legend="Columns"
        name="columns"
        values={draft.columns}
        onChange={(chosen) => change({ columns: names.filter((name) => chosen.includes(name)) })}
        options={columns.map((column) => ({ value: column.name, label: `${column.name} (${column.type})` }))}
        error={errors.columns}
        columns
      />
      <Field
        label="Row filter"
        name="rowFilter"
        value={draft.rowFilter}
        onChange={(rowFilter) => change({ rowFilter })}
        error={errors.rowFilter}
        rows={2}
        maxLength={2000}
        isMono
        description="In the agent’s filter language, as JSON; empty for all rows."
      />
      <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Field
          label="Opens (UTC)"
          name="opens"
          type="datetime-local"
          value={draft.opens}
          onChange={(opens) => change({ opens })}
          error={errors.opens}
          description="Empty: at once."
        />
        <Field
          label="Closes (UTC)"
          name="closes"
          type="datetime-local"
          value={draft.closes}
          onChange={(closes) => change({ closes })}
          error={errors.closes}
          description="Empty: never."
        />
        <Field
          label="Longest use"
          name="longest"
          value={draft.longest}
          onChange={(longest) => change({ longest })}
          inputMode="numeric"
          maxLength={6}
          error={errors.longest}
        />
        <Select
          label="Unit of the longest use"
          name="longestUnit"
          value={draft.longestUnit}
          onChange={(longestUnit) => change({ longestUnit: longestUnit as DurationUnit })}
          options={['seconds', 'minutes', 'hours', 'days'].map((unit) => ({ value: unit, label: unit }))}
        />
        <Field
          label="Calls per use, at most"
          name="calls"
          value={draft.calls}
          onChange={(calls) => change({ calls })}
          inputMode="numeric"
          maxLength={10}
          error={errors.calls}
        />
        <Field
          label="Megabytes per use, at most"
          name="megabytes"
          value={draft.megabytes}
          onChange={(megabytes) => change({ megabytes })}
          inputMode="decimal"
          maxLength={16}
          error={errors.megabytes}
        />
        <Field
          label="Users at the same time, at most"
          name="places"
          value={draft.places}
          onChange={(places) => change({ places })}
          inputMode="numeric"
          maxLength={6}
          error={errors.places}
        />
      </div>
    </Panel>
  );
}
