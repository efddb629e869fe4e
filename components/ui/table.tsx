import type { ReactNode } from 'react';

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  align?: 'start' | 'end';
  /** The column that names the row. */
  isRowHeader?: boolean;
  className?: string;
}

export interface TableProps<Row> {
  /** Read out before the table; say what the rows are. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
}

/** Rows of one kind of thing. Roles stand in the markup because a narrow screen shows the rows as blocks. */
export function Table<Row>({ caption, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <div className="overflow-x-auto rounded-md border border-border bg-surface">
      <table role="table" className="data-table w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup" className="border-b border-border bg-surface-secondary">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.key}
                role="columnheader"
                scope="col"
                className={`px-3 py-1.5 text-xs font-medium whitespace-nowrap text-muted ${column.align === 'end' ? 'text-end' : 'text-start'}`}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="divide-y divide-separator">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" className="hover:bg-surface-secondary">
              {columns.map((column) => (
                <Cell key={column.key} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const className = `px-3 py-1.5 align-top sm:align-middle ${column.align === 'end' ? 'text-end' : 'text-start'} ${column.className ?? ''}`;
  if (column.isRowHeader) {
    return (
      <th role="rowheader" scope="row" data-label={column.header} className={`font-normal ${className}`}>
        {column.cell(row)}
      </th>
    );
  }
  return (
    <td role="cell" data-label={column.header} className={className}>
      {/* One box, so that on a narrow screen the parts of a cell stay together beside its label. */}
      <div className="min-w-0">{column.cell(row)}</div>
    </td>
  );
}
