'use client';

import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { TestList, type ValueProps, useTextOfForm } from '#components/ui/test-list.tsx';
import { ROW_FILTER_BYTES_MAX } from '#ledger/contracts/kinds/data.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import {
  firstRowTest,
  readFilter,
  ROW_TESTS_MAX,
  rowProblems,
  rowTestsOf,
  writeFilter,
  type FilterColumn,
  type RowTest,
} from './row-filter.ts';
import { hasValue } from './row-request.ts';
import { familyOf } from './typed-value.ts';

const PLACEHOLDERS = {
  text: undefined,
  integer: 'such as 12',
  number: 'such as 12.5',
  time: '2026-01-31',
  boolean: undefined,
  other: undefined,
} as const;

export interface RowFilterFieldsProps {
  /** Columns of the source, shared or not. */
  columns: readonly FilterColumn[];
  text: string;
  onChange: (text: string) => void;
  error: string | undefined;
}

/** Which rows are shared: comparisons of columns, or the agent's filter language as it is. */
export function RowFilterFields({ columns, text, onChange, error }: RowFilterFieldsProps) {
  const written = useTextOfForm({ text, onChange, read: readFilter, write: (form) => writeFilter(columns, form) });
  const { form } = written;
  const problems = form && error !== undefined ? rowProblems(columns, form) : [];
  const isWhole = form !== undefined && error !== undefined && problems.every((problem) => problem === undefined);
  return (
    <fieldset className="flex flex-col gap-2" data-invalid={isWhole ? true : undefined}>
      <legend className="mb-1 text-sm font-medium">Row filter</legend>
      {form ? (
        <>
          {form.tests.length === 0 ? <p className="text-sm text-muted">All rows are shared.</p> : null}
          <TestList<RowTest>
            name="rowFilter"
            whatLabel="Column"
            whats={columnOptions(columns, form.tests)}
            comparisonsOf={(what) => rowTestsOf(columns.find(({ name }) => name === what)?.type ?? '')}
            form={form}
            onChange={written.change}
            errors={problems}
            first={(what) => firstRowTest(columns, what)}
            value={(props) => <RowValue {...props} columns={columns} />}
            testsMax={ROW_TESTS_MAX}
            isOptional
          />
          {isWhole ? <p className="text-xs text-danger">{error}</p> : null}
        </>
      ) : (
        <Field
          label="Row filter as text"
          name="rowFilter"
          value={text}
          onChange={onChange}
          error={error}
          rows={3}
          maxLength={ROW_FILTER_BYTES_MAX}
          isMono
          description={written.why ?? 'In the agent’s filter language, as JSON; empty for all rows.'}
        />
      )}
      <div>
        {form ? (
          <Button variant="ghost" size="sm" onPress={written.showText}>
            Write the filter as text
          </Button>
        ) : written.isByHand ? (
          <Button variant="ghost" size="sm" onPress={written.showForm}>
            Show the filter as a form
          </Button>
        ) : null}
      </div>
    </fieldset>
  );
}

/** The columns, and what a filter names that is none of them: it stays in sight until it is put right. */
function columnOptions(columns: readonly FilterColumn[], tests: readonly RowTest[]) {
  const known = columns.map(({ name, type }) => ({ value: name, label: `${isolatedText(name)} (${type})` }));
  const unknown = tests.filter(({ what }) => !columns.some(({ name }) => name === what));
  return [
    ...known,
    ...unknown.map(({ what }) => ({ value: what, label: `${isolatedText(what)} (not in the source)` })),
  ];
}

function RowValue({
  test,
  onChange,
  error,
  label,
  name,
  columns,
}: ValueProps<RowTest> & { columns: readonly FilterColumn[] }) {
  if (!hasValue(test.comparison)) return null;
  const type = columns.find((column) => column.name === test.what)?.type ?? '';
  const family = familyOf(type);
  const [value = ''] = test.values;
  if (family === 'boolean')
    return (
      <Select
        label={label}
        name={name}
        value={value}
        onChange={(chosen) => onChange({ values: [chosen] })}
        error={error}
        options={[
          { value: '', label: 'Choose…' },
          { value: 'true', label: 'true' },
          { value: 'false', label: 'false' },
        ]}
      />
    );
  return (
    <Field
      label={label}
      name={name}
      value={value}
      onChange={(typed) => onChange({ values: [typed] })}
      error={error}
      maxLength={1_024}
      autoComplete="off"
      placeholder={type === 'TIME' ? '12:00' : PLACEHOLDERS[family]}
    />
  );
}
