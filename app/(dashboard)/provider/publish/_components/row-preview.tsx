import type { ColumnDto } from '#lib/shared/dto.ts';

/** The first rows as the agent sent them for the owner's eyes; they are not published. */
export function RowPreview({
  columns,
  rows,
}: {
  columns: readonly ColumnDto[];
  rows: readonly Record<string, string | null>[];
}) {
  if (rows.length === 0) return null;
  return (
    <div>
      <p className="mb-1 text-xs text-muted">First rows, shown to you alone</p>
      <div
        role="region"
        aria-label="First rows"
        tabIndex={0}
        className="overflow-x-auto rounded-md border border-border"
      >
        <table className="w-full border-collapse text-xs">
          <caption className="sr-only">First rows of the source</caption>
          <thead className="border-b border-border bg-surface-secondary">
            <tr>
              {columns.map((column) => (
                <th key={column.name} scope="col" className="px-2 py-1 text-start font-medium whitespace-nowrap">
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-separator font-mono">
            {rows.map((row, index) => (
              <tr key={index}>
                {columns.map((column) => (
                  <td key={column.name} className="px-2 py-1 whitespace-nowrap">
                    {row[column.name] ?? <span className="text-muted">missing</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
