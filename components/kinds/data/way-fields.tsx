'use client';

import { FORMATS } from '#ledger/contracts/kinds/data.ts';
import type { KindFieldsProps } from '#components/kinds/kind.ts';
import { CheckboxGroup, Select } from '#components/ui/choice.tsx';
import type { TermDto } from '#lib/shared/dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { RowFilterFields } from './row-filter-fields.tsx';
import { columnsOf, dataWaysOf, formatOfDraft, waysIn } from './terms.ts';

/** Which formats, columns and rows of a data set a strategy shares. */
export function DataWayFields({
  draft,
  onChange,
  errors,
  attributes,
}: KindFieldsProps & { attributes: readonly TermDto[] }) {
  const { columns, formats, rowFilter } = waysIn(draft);
  const offered = columnsOf(attributes);
  const names = offered.map(({ name }) => name);
  return (
    <>
      <CheckboxGroup
        legend="Formats"
        name="formats"
        values={formats}
        onChange={(chosen) => onChange({ ...draft, formats: chosen })}
        options={FORMATS.map((value) => ({ value, label: value }))}
        error={errors.formats}
      />
      <CheckboxGroup
        legend="Columns"
        name="columns"
        values={columns}
        onChange={(chosen) => onChange({ ...draft, columns: names.filter((name) => chosen.includes(name)) })}
        options={offered.map(({ name, type }) => ({ value: name, label: `${isolatedText(name)} (${type})` }))}
        error={errors.columns}
        columns
      />
      <RowFilterFields
        columns={offered}
        text={rowFilter}
        onChange={(text) => onChange({ ...draft, rowFilter: text })}
        error={errors.rowFilter}
      />
    </>
  );
}

/** In which of the offered formats the answers come. */
export function DataChoiceFields({ draft, onChange, errors, ways }: KindFieldsProps & { ways: readonly TermDto[] }) {
  return (
    <Select
      label="Format"
      name="format"
      value={formatOfDraft(draft)}
      onChange={(format) => onChange({ ...draft, format })}
      options={dataWaysOf(ways).formats.map((format) => ({ value: format, label: format }))}
      error={errors.format}
    />
  );
}
