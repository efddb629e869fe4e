import { Sparkline } from '#components/chart/sparkline.tsx';
import { Figures } from '#components/ui/facts.tsx';
import { RANGES, refusalOf, type ChainPoint, type Range } from '#lib/shared/monitoring.ts';
import { FigureChart } from './figure-chart.tsx';
import { figureWith } from './words.ts';

interface ChainFigure {
  readonly name: string;
  readonly heading: string;
  readonly unit: string;
  readonly scale?: number;
}

const HEALTH: readonly ChainFigure[] = [
  { name: 'blockTimeMs', heading: 'Block time', unit: 's', scale: 0.001 },
  { name: 'sinceBlockMs', heading: 'Since the last block', unit: 's', scale: 0.001 },
  { name: 'rounds', heading: 'Rounds beyond the first, for each block', unit: '' },
  { name: 'missedPermille', heading: 'Votes missing', unit: '%', scale: 0.1 },
  { name: 'waiting', heading: 'Transactions that wait', unit: '' },
  { name: 'projectorLag', heading: 'Read model behind, in blocks', unit: '' },
  { name: 'refused', heading: 'Refused in the last 100 blocks', unit: '' },
  { name: 'transactions', heading: 'Transactions in the last 100 blocks', unit: '' },
];

/** What runs the network from within: shown to those who maintain it. */
const WITHIN: readonly ChainFigure[] = [
  { name: 'dueBacklog', heading: 'Due work that is late', unit: '' },
  { name: 'dueItems', heading: 'Work that waits for its time', unit: '' },
  { name: 'stateRecords', heading: 'Records of the state', unit: '' },
  { name: 'journalBytes', heading: 'Journal of a validator', unit: 'MiB', scale: 1 / 1_048_576 },
  { name: 'journalBytesPerHour', heading: 'Growth of the journal, an hour', unit: 'MiB', scale: 1 / 1_048_576 },
];

/** Measured by the monitor only where it can be: what no point has is not shown. */
function measured(figures: readonly ChainFigure[], points: readonly ChainPoint[]): readonly ChainFigure[] {
  return figures.filter(({ name }) => points.some(({ figures }) => figures[name] !== undefined));
}

function amountOf({ figures }: ChainPoint, { name, scale = 1 }: ChainFigure): number | null {
  const amount = figures[name];
  return amount === undefined ? null : amount * scale;
}

/** The network's health now, each figure with its last hour. */
export function ChainHealth({ points }: { points: readonly ChainPoint[] }) {
  const last = points.at(-1);
  if (last === undefined)
    return <p className="text-sm text-muted">The monitor has measured nothing of the network yet.</p>;
  return (
    <Figures
      figures={measured(HEALTH, points).map((chosen) => {
        const amount = amountOf(last, chosen);
        const now = amount === null ? 'not known' : figureWith(amount, chosen.unit);
        return {
          name: chosen.heading,
          value: now,
          note: (
            <Sparkline
              values={points.map((point) => amountOf(point, chosen))}
              label={`${chosen.heading} in the last hour, now ${now}`}
            />
          ),
        };
      })}
    />
  );
}

/** What the network did over a range, a chart for each figure. */
export function ChainCharts({ points, range, nowMs }: { points: readonly ChainPoint[]; range: Range; nowMs: number }) {
  if (points.length === 0)
    return <p className="text-sm text-muted">The monitor has measured nothing of the network in this time.</p>;
  const span = { fromMs: nowMs - RANGES[range], untilMs: nowMs };
  return (
    <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
      {measured([...HEALTH, ...WITHIN], points).map((chosen) => (
        <FigureChart
          key={chosen.name}
          heading={chosen.heading}
          unit={chosen.unit}
          span={span}
          stepMs={Math.max(10_000, RANGES[range] / 500)}
          readings={points.map((point) => ({ atMs: point.atMs, amount: amountOf(point, chosen) }))}
        />
      ))}
    </div>
  );
}

/** What a contract's codes refused at a moment, in the last 100 blocks before it; null where nothing was measured. */
function refusedBy(contract: string, { figures }: ChainPoint): number | null {
  if (figures.refused === undefined) return null;
  const counts = Object.entries(figures).map(([name, count]) => (refusalOf(name)?.contract === contract ? count : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Refusals over a range, a chart for each contract that refused something. */
export function RefusalCharts({
  points,
  range,
  nowMs,
}: {
  points: readonly ChainPoint[];
  range: Range;
  nowMs: number;
}) {
  const names = points.flatMap(({ figures }) => Object.keys(figures));
  const contracts = [...new Set(names.flatMap((name) => refusalOf(name)?.contract ?? []))].toSorted();
  if (contracts.length === 0)
    return <p className="text-sm text-muted">No contract has refused a transaction in this time.</p>;
  const span = { fromMs: nowMs - RANGES[range], untilMs: nowMs };
  return (
    <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
      {contracts.map((contract) => (
        <FigureChart
          key={contract}
          heading={`Refused by the contract ${contract}, in 100 blocks`}
          unit=""
          span={span}
          stepMs={Math.max(10_000, RANGES[range] / 500)}
          readings={points.map((point) => ({ atMs: point.atMs, amount: refusedBy(contract, point) }))}
        />
      ))}
    </div>
  );
}
