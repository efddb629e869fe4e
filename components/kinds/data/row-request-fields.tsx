'use client';

import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { hasValue, ROW_TESTS, type RowRequest } from './row-request.ts';

export interface RowRequestFieldsProps {
  /** Columns that the order includes. */
  columns: readonly string[];
  request: RowRequest;
  onChange: (request: RowRequest) => void;
}

/** Which rows are asked for: all, or those that pass a test of one column. The gateway decides, and says what it cannot compare. */
export function RowRequestFields({ columns, request, onChange }: RowRequestFieldsProps) {
  return (
    <div role="group" aria-label="Which rows" className="grid items-start gap-2 sm:grid-cols-3">
      <Select
        label="Rows"
        name="filter-column"
        value={request.column}
        onChange={(column) => onChange({ ...request, column })}
        options={[
          { value: '', label: 'all rows' },
          ...columns.map((name) => ({ value: name, label: `where ${isolatedText(name)}` })),
        ]}
      />
      {request.column === '' ? null : (
        <Select
          label="Test"
          name="filter-test"
          value={request.test}
          onChange={(test) => onChange({ ...request, test })}
          options={ROW_TESTS}
        />
      )}
      {request.column === '' || !hasValue(request.test) ? null : (
        <Field
          label="Value"
          name="filter-value"
          value={request.value}
          onChange={(value) => onChange({ ...request, value })}
          maxLength={200}
          autoComplete="off"
        />
      )}
    </div>
  );
}
