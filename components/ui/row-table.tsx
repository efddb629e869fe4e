import type { CsvTable } from './csv.ts';
import { Foreign } from './foreign.tsx';

export interface RowTableProps {
  /** What the rows are, for a screen reader. */
  caption: string;
  table: CsvTable;
}

/** Rows whose width nobody knows: they scroll by themselves, by keyboard too. */
export function RowTable({ caption, table: { header, rows } }: RowTableProps) {
  return (
    <div role="region" aria-label={caption} tabIndex={0} className="overflow-x-auto rounded-md border border-border">
      <table className="w-full border-collapse text-xs">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-b border-border bg-surface-secondary">
          <tr>
            {header.map((name) => (
              <th key={name} scope="col" className="px-2 py-1 text-start font-medium whitespace-nowrap">
                <Foreign text={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-separator font-mono">
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((text, column) => (
                <td key={header[column]} className="px-2 py-1 whitespace-nowrap">
                  {text === null ? <span className="text-muted">missing</span> : <Foreign text={text} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
