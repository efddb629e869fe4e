import type { ShownKind } from '#components/kinds/kinds.ts';
import { measuredInWords, promiseInWords } from '#components/ledger/strategy-words.ts';
import { Status } from '#components/ledger/status.tsx';
import { percentInWords } from '#components/strategy/promise.ts';
import { countOf } from '#components/ui/count.ts';
import { formatCount, formatMeasured, formatUtc } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { BillDto, QuantityDto, RunDto } from '#lib/shared/dto.ts';

/** Rows of one table; a claim has at most 256 runs, an order may have many claims. */
const SHOWN_MAX = 500;

export interface RunTableProps {
  runs: readonly RunDto[];
  promise: readonly QuantityDto[];
  kind: ShownKind;
  caption: string;
}

function runColumns<Run extends RunDto>({ promise, kind }: Omit<RunTableProps, 'runs'>): Column<Run>[] {
  return [
    { key: 'from', header: 'From', isRowHeader: true, cell: (run) => formatUtc(run.startMs) },
    { key: 'long', header: 'Long', align: 'end', cell: (run) => formatMeasured(run.endMs - run.startMs) },
    { key: 'state', header: 'State', cell: (run) => <Status status={run.state} /> },
    ...promise.map((promised) => ({
      key: promised.meter,
      header: promiseInWords(promised, kind.ledger),
      align: 'end' as const,
      cell: (run: Run) => measuredOf(run, promised.meter, kind),
    })),
  ];
}

function measuredOf(run: RunDto, meter: string, { ledger }: ShownKind) {
  const measured = run.measured.find((quantity) => quantity.meter === meter);
  if (run.state === 'down' || measured === undefined) return <span className="text-muted">not measured</span>;
  return measuredInWords(measured, ledger);
}

function LeftOut({ count }: { count: number }) {
  if (count <= SHOWN_MAX) return null;
  return (
    <p className="mt-1 text-xs text-muted">
      {`The latest ${formatCount(SHOWN_MAX)} of ${countOf(count, 'run')}; the events have all of them.`}
    </p>
  );
}

/** Each run with what was promised in the head of a column and what was measured in its cells. */
export function RunTable({ runs, ...props }: RunTableProps) {
  return (
    <>
      <Table
        caption={props.caption}
        columns={runColumns<RunDto>(props)}
        rows={runs.slice(-SHOWN_MAX)}
        rowKey={(run) => run.startMs}
      />
      <LeftOut count={runs.length} />
    </>
  );
}

/** Of an order with a payment channel: who signed this run. */
function markOf({ isAgreed }: ChargedRun): string {
  return isAgreed ? 'agreed by both' : 'claimed by the provider';
}

type ChargedRun = BillDto['runs'][number];

/** The same with what each run costs: its part of the price, and the charge that follows. */
export function ChargedRunTable({
  runs,
  isMarked,
  ...props
}: Omit<RunTableProps, 'runs'> & { runs: readonly ChargedRun[]; isMarked: boolean }) {
  const columns: Column<ChargedRun>[] = [
    ...runColumns<ChargedRun>(props),
    {
      key: 'factor',
      header: 'Part of the price',
      align: 'end',
      cell: (run) => percentInWords(run.factorPerMille),
    },
    ...(isMarked ? [{ key: 'agreed', header: 'Stands on', cell: markOf }] : []),
    { key: 'charge', header: 'Charge', align: 'end', cell: (run) => <Money amountMicro={run.chargeMicro} /> },
  ];
  return (
    <>
      <Table caption={props.caption} columns={columns} rows={runs.slice(-SHOWN_MAX)} rowKey={(run) => run.startMs} />
      <LeftOut count={runs.length} />
    </>
  );
}
