import { Foreign } from '#components/ui/foreign.tsx';
import type { Column } from '#components/ui/table.tsx';

/** The column that names a row by its key in the bucket, whole, whatever its customer called it. */
export function keyColumn<Row extends { readonly key: string }>(): Column<Row> {
  return {
    key: 'name',
    header: 'Name',
    isRowHeader: true,
    cell: ({ key }) => (
      <span className="font-mono text-[0.8125rem] [overflow-wrap:anywhere]">
        <Foreign text={key} />
      </span>
    ),
  };
}
