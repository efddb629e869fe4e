import type { Preview } from '#components/kinds/kind.ts';
import { Section } from '#components/ui/page-header.tsx';
import type { TermDto } from '#lib/shared/dto.ts';
import { DialectHelp } from './facts.tsx';
import { RowTable } from '#components/ui/row-table.tsx';
import { columnsOf, dataSetOf } from './terms.ts';

export interface RowPreviewProps {
  attributes: readonly TermDto[];
  preview: Preview;
}

/** The first rows as the agent sent them for the owner's eyes; they are not published. */
export function RowPreview({ attributes, preview }: RowPreviewProps) {
  const { dialect } = dataSetOf(attributes);
  if (preview.length === 0) return null;
  return (
    <div>
      <p className="mb-1 text-xs text-muted">First rows, shown to you alone</p>
      <RowSample attributes={attributes} preview={preview} />
      {dialect === undefined ? null : (
        <div className="mt-2">
          <DialectHelp dialect={dialect} />
        </div>
      )}
    </div>
  );
}

/** The first rows as the provider lets everybody see them, with where they come from. */
export function PublicSample(props: RowPreviewProps) {
  return (
    <Section title="Sample rows">
      <p className="mb-1 text-xs text-muted">
        The provider chose to show these. They come from its agent, as it last read the source, and are not on the
        ledger.
      </p>
      <RowSample {...props} />
    </Section>
  );
}

/** The first rows of a source: the columns that were sent, in the order of the source. */
function RowSample({ attributes, preview }: RowPreviewProps) {
  const [first = {}] = preview;
  const header = columnsOf(attributes).flatMap(({ name }) => (Object.hasOwn(first, name) ? [name] : []));
  const rows = preview.map((row) => header.map((name) => row[name] ?? null));
  return <RowTable caption="First rows of the source" table={{ header, rows }} />;
}
