'use client';

import { CheckboxGroup, Select } from '#components/ui/choice.tsx';
import { textFields } from '#components/ui/draft.ts';
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
  const field = textFields({ draft, onChange, errors });
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
        {...field('rowFilter')}
        rows={2}
        maxLength={2000}
        isMono
        description="In the agent’s filter language, as JSON; empty for all rows."
      />
      <AmountFields draft={draft} onChange={onChange} errors={errors} />
    </Panel>
  );
}

function AmountFields({ draft, onChange, errors }: Omit<WayFieldsProps, 'columns'>) {
  const field = textFields({ draft, onChange, errors });
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <Field label="Opens (UTC)" {...field('opens')} type="datetime-local" description="Empty: at once." />
      <Field label="Closes (UTC)" {...field('closes')} type="datetime-local" description="Empty: never." />
      <Field label="Longest use" {...field('longest')} inputMode="numeric" maxLength={6} />
      <Select
        label="Unit of the longest use"
        name="longestUnit"
        value={draft.longestUnit}
        onChange={(longestUnit) => onChange({ ...draft, longestUnit: longestUnit as DurationUnit })}
        options={['seconds', 'minutes', 'hours', 'days'].map((unit) => ({ value: unit, label: unit }))}
      />
      <Field label="Calls per use, at most" {...field('calls')} inputMode="numeric" maxLength={10} />
      <Field label="Megabytes per use, at most" {...field('megabytes')} inputMode="decimal" maxLength={16} />
      <Field label="Users at the same time, at most" {...field('places')} inputMode="numeric" maxLength={6} />
    </div>
  );
}
