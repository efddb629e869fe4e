import { TimeLine } from '#components/chart/time-line.tsx';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { formatCount, formatUtc } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { CREDIT_CAUSES, type CreditCause } from '#ledger/contracts/credit/definition.ts';
import type { CreditChangeDto } from '#lib/shared/dto.ts';
import { PARTS, shareOf, weightsOf, type ParameterValues } from './weights.ts';

/** The parts of a credit as bars, each with its number and its weight. */
export function CreditParts({ change, parameters }: { change: CreditChangeDto; parameters: ParameterValues }) {
  const weights = weightsOf(parameters);
  return (
    <ul aria-label="Parts of the credit" className="flex flex-col gap-2">
      {PARTS.map(({ name, title }) => {
        const share = shareOf(weights[name], weights);
        return (
          <li key={name} className="grid items-center gap-x-3 gap-y-1 sm:grid-cols-[8rem_1fr_auto]">
            <span className="text-sm">{title}</span>
            <progress
              aria-label={`${title}: ${formatCount(change[name])} of 1,000`}
              max={1_000}
              value={change[name]}
              className="deadline h-1.5 w-full"
            />
            <span className="text-xs text-muted tabular-nums">
              {`${formatCount(change[name])} of 1,000${share === undefined ? '' : `, weighs ${share} %`}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

interface ExplainedChange {
  readonly change: CreditChangeDto;
  readonly cause: string;
}

const COLUMNS: readonly Column<ExplainedChange>[] = [
  { key: 'at', header: 'When', isRowHeader: true, cell: ({ change }) => <Time timeMs={change.atMs} /> },
  { key: 'from', header: 'From', align: 'end', cell: ({ change }) => <Text>{formatCount(change.from)}</Text> },
  { key: 'to', header: 'To', align: 'end', cell: ({ change }) => <Text>{formatCount(change.to)}</Text> },
  ...PARTS.map(({ name, title }): Column<ExplainedChange> => ({
    key: name,
    header: title,
    align: 'end',
    cell: ({ change }) => <Text>{formatCount(change[name])}</Text>,
  })),
  { key: 'cause', header: 'Cause', cell: ({ cause }) => <Text>{cause}</Text> },
];

export interface CreditHistoryProps {
  /** The newest first. */
  credits: readonly CreditChangeDto[];
  /** What moved the credit most at each change, by the epoch. */
  causes: ReadonlyMap<number, CreditCause>;
  nowMs: number;
}

/** A credit over time, as a line and as a table with the cause of each change. */
export function CreditHistory({ credits, causes, nowMs }: CreditHistoryProps) {
  const changes = credits.toReversed();
  const first = changes[0];
  if (first === undefined) return null;
  // A credit holds until its next change.
  const readings = changes.flatMap(({ atMs, to }, index) => [
    { atMs, amount: to },
    { atMs: Math.max(atMs, (changes[index + 1]?.atMs ?? nowMs) - 1), amount: to },
  ]);
  const span = { fromMs: first.atMs, untilMs: Math.max(nowMs, first.atMs + 1) };
  const last = changes.at(-1);
  return (
    <figure className="flex flex-col gap-2 rounded-md border border-border bg-surface p-3">
      <figcaption className="text-sm font-medium">Credit over time, from 0 to 1,000</figcaption>
      <TimeLine
        readings={readings}
        span={span}
        stepMs={span.untilMs - span.fromMs}
        label={`Credit since ${formatUtc(first.atMs)}: first ${first.to}, now ${last?.to ?? first.to}`}
      />
      <p className="flex flex-wrap justify-between gap-x-3 text-xs text-muted tabular-nums">
        <Text>{formatUtc(first.atMs)}</Text>
        <Text>now</Text>
      </p>
      <Disclosure summary="The figures, with the cause of each change">
        <Table
          caption="Changes of the credit, the newest first"
          columns={COLUMNS}
          rows={credits.map((change) => {
            const cause = causes.get(change.epoch);
            return { change, cause: cause === undefined ? '' : CREDIT_CAUSES[cause] };
          })}
          rowKey={({ change }) => change.epoch}
        />
      </Disclosure>
    </figure>
  );
}
