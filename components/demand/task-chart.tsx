import { Curve } from '#components/chart/curve.tsx';
import { countOf } from '#components/ui/count.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { formatCount, formatDuration, formatUtc } from '#components/ui/format.ts';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import type { TaskDto } from '#lib/shared/demand-dto.ts';

interface Point {
  readonly atMs: number;
  readonly amount: number;
}

/** Sub-tasks whose results stood by each time at which those of a range did. */
export function progressOf({ ranges }: Pick<TaskDto, 'ranges'>): Point[] {
  const ends = ranges.flatMap(({ count, decidedAtMs }) => (decidedAtMs === null ? [] : [{ atMs: decidedAtMs, count }]));
  let amount = 0;
  return ends
    .toSorted((left, right) => left.atMs - right.atMs)
    .map(({ atMs, count }) => {
      amount += count;
      return { atMs, amount };
    });
}

const COLUMNS: readonly Column<Point>[] = [
  { key: 'time', header: 'Time', isRowHeader: true, cell: ({ atMs }) => formatUtc(atMs) },
  { key: 'amount', header: 'Sub-tasks ended', align: 'end', cell: ({ amount }) => formatCount(amount) },
];

/** How the work went on over time, drawn, with its figures. */
export function TaskChart({ task }: { task: TaskDto }) {
  const points = progressOf(task);
  const last = points.at(-1);
  if (last === undefined) return null;
  const span = { fromMs: task.startedAtMs, untilMs: Math.max(last.atMs, task.startedAtMs + 1) };
  const took = formatDuration(span.untilMs - span.fromMs);
  const label = `${formatCount(last.amount)} of ${countOf(task.work.subtasks, 'sub-task')} ended within ${took}`;
  return (
    <figure className="rounded-md border border-border bg-surface p-3">
      <figcaption className="text-sm">{label}</figcaption>
      <div className="mt-2">
        <Curve readings={[{ atMs: span.fromMs, amount: 0 }, ...points]} span={span} label={label} />
      </div>
      <p className="mt-1 flex justify-between gap-2 text-xs text-muted tabular-nums">
        <Text>{formatUtc(span.fromMs)}</Text>
        <Text>{`${took} later`}</Text>
      </p>
      <Disclosure summary="The figures">
        <Table caption={label} columns={COLUMNS} rows={points} rowKey={({ atMs, amount }) => `${atMs} ${amount}`} />
      </Disclosure>
    </figure>
  );
}
