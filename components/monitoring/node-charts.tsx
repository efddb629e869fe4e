import type { NodeSeriesDto, SeriesPoint, SubjectKind } from '#lib/shared/monitoring.ts';
import { RANGES } from '#lib/shared/monitoring.ts';
import { FigureChart } from './figure-chart.tsx';

type Measure = Exclude<keyof SeriesPoint, 'atMs' | 'count'>;

const CHARTS: readonly { measure: Measure; heading: string; unit: string; scale?: number }[] = [
  { measure: 'roundTripMs', heading: 'Round trip to the portal', unit: 'ms' },
  { measure: 'lossPermille', heading: 'Calls lost', unit: '%', scale: 0.1 },
  { measure: 'lag', heading: 'Blocks behind', unit: '' },
  { measure: 'loopDelayMs', heading: 'Event loop late by (99th percentile)', unit: 'ms' },
  { measure: 'cpuPermille', heading: 'Processor, of one core', unit: '%', scale: 0.1 },
  { measure: 'memoryMib', heading: 'Memory', unit: 'MiB' },
  { measure: 'diskFreeMib', heading: 'Disk left', unit: 'MiB' },
  { measure: 'clockOffsetMs', heading: 'Clock away', unit: 'ms' },
  { measure: 'orders', heading: 'Orders served', unit: '' },
  { measure: 'refused', heading: 'Calls refused', unit: '' },
  { measure: 'carriedBytesPerS', heading: 'Carried for orders', unit: 'kB/s', scale: 0.001 },
];

/** What a validator's heartbeats tell: it serves nothing, and its processor and disk are its ledger process's. */
const OF_VALIDATORS: ReadonlySet<Measure> = new Set(['roundTripMs', 'lossPermille', 'lag']);

/** A portal serves people, not orders: what its heartbeats tell is its process and its read model. */
const OF_PORTALS: ReadonlySet<Measure> = new Set([
  'roundTripMs',
  'lossPermille',
  'lag',
  'loopDelayMs',
  'cpuPermille',
  'memoryMib',
]);
const OF_KINDS: Partial<Record<SubjectKind, ReadonlySet<Measure>>> = { validator: OF_VALIDATORS, portal: OF_PORTALS };

export interface NodeChartsProps {
  series: NodeSeriesDto;
  kind: SubjectKind;
  nowMs: number;
}

/** What a node said of itself over a range, a chart for each quantity that its kind can tell. */
export function NodeCharts({ series, kind, nowMs }: NodeChartsProps) {
  const told = OF_KINDS[kind];
  const charts = told === undefined ? CHARTS : CHARTS.filter(({ measure }) => told.has(measure));
  const span = { fromMs: nowMs - RANGES[series.range], untilMs: nowMs };
  return (
    <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
      {charts.map(({ measure, heading, unit, scale = 1 }) => (
        <FigureChart
          key={measure}
          heading={heading}
          unit={unit}
          span={span}
          stepMs={series.stepMs}
          readings={series.points.map((point) => {
            const amount = point[measure];
            return { atMs: point.atMs, amount: amount === null ? null : amount * scale };
          })}
        />
      ))}
    </div>
  );
}
