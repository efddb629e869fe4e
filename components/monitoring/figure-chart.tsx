import type { Span } from '#components/chart/curve.tsx';
import { boundsOf, coarser, type Measured } from '#components/chart/series.ts';
import { TimeLine } from '#components/chart/time-line.tsx';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { formatUtc } from '#components/ui/format.ts';
import { Table } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { figureWith } from './words.ts';

/** Points of a line: more are not told apart on a screen. */
const POINTS_MAX = 300;
/** Rows of its table, each a mean. */
const ROWS_MAX = 12;

/** A series that is younger than the time asked for is drawn from its beginning on, but no narrower than so many steps. */
const STEPS_MIN = 30;

export interface FigureChartProps {
  heading: string;
  unit: string;
  readings: readonly Measured[];
  span: Span;
  stepMs: number;
}

/** One quantity over time: its last value, its bounds, the line, and the same as a table. */
export function FigureChart({ heading, unit, readings, span: asked, stepMs }: FigureChartProps) {
  const firstMs = readings.find(({ amount }) => amount !== null)?.atMs ?? asked.fromMs;
  const span = {
    fromMs: Math.max(asked.fromMs, Math.min(firstMs, asked.untilMs - stepMs * STEPS_MIN)),
    untilMs: asked.untilMs,
  };
  const bounds = boundsOf(readings);
  const last = readings.findLast(({ amount }) => amount !== null)?.amount ?? null;
  if (bounds === undefined || last === null) return <NotMeasured heading={heading} />;
  const lengthMs = span.untilMs - span.fromMs;
  const drawn = readings.length > POINTS_MAX ? coarser(readings, { ...span, countMax: POINTS_MAX }) : readings;
  const rows = coarser(readings, { ...span, countMax: ROWS_MAX }).filter(({ amount }) => amount !== null);
  const now = figureWith(last, unit);
  const between = `${figureWith(bounds.least, unit)} to ${figureWith(bounds.greatest, unit)}`;
  const words = `${heading}: last ${now}, ${between} over this time`;
  return (
    <figure className="flex min-w-0 flex-col gap-2 rounded-md border border-border bg-surface p-3">
      <figcaption className="flex flex-wrap justify-between gap-x-3 text-sm">
        <span className="font-medium">{heading}</span>
        <span className="tabular-nums">{now}</span>
      </figcaption>
      <TimeLine readings={drawn} span={span} stepMs={Math.max(stepMs, lengthMs / POINTS_MAX)} label={words} />
      <p className="flex flex-wrap justify-between gap-x-3 text-xs text-muted tabular-nums">
        <Text>{formatUtc(span.fromMs)}</Text>
        <Text>{between}</Text>
      </p>
      <Disclosure summary="The figures">
        <Table
          caption={`${heading}, means of equal times`}
          columns={[
            { key: 'at', header: 'From (UTC)', isRowHeader: true, cell: ({ atMs }) => formatUtc(atMs) },
            {
              key: 'amount',
              header: heading,
              align: 'end',
              cell: ({ amount }) => (amount === null ? '—' : figureWith(amount, unit)),
            },
          ]}
          rows={rows}
          rowKey={({ atMs }) => atMs}
        />
      </Disclosure>
    </figure>
  );
}

function NotMeasured({ heading }: { heading: string }) {
  return (
    <figure className="flex min-w-0 flex-col gap-1 rounded-md border border-dashed border-border p-3">
      <figcaption className="text-sm font-medium">{heading}</figcaption>
      <p className="text-sm text-muted">Nobody has measured it in this time.</p>
    </figure>
  );
}
