import type { Preview } from '#components/kinds/kind.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import type { TermDto } from '#lib/shared/dto.ts';
import { DialectHelp } from './dialect.tsx';
import { dataSetOf } from './terms.ts';

/** The first rows as the agent sent them for the owner's eyes; they are not published. */
export function RowPreview({ attributes, preview }: { attributes: readonly TermDto[]; preview: Preview }) {
  const { columns, dialect } = dataSetOf(attributes);
  if (preview.length === 0) return null;
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
                  <Foreign text={column.name} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-separator font-mono">
            {preview.map((row, index) => (
              <tr key={index}>
                {columns.map((column) => (
                  <td key={column.name} className="px-2 py-1 whitespace-nowrap">
                    <PreviewCell text={row[column.name] ?? null} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {dialect === undefined ? null : (
        <div className="mt-2">
          <DialectHelp dialect={dialect} />
        </div>
      )}
    </div>
  );
}

function PreviewCell({ text }: { text: string | null }) {
  return text === null ? <span className="text-muted">missing</span> : <Foreign text={text} />;
}
