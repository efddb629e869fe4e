import { AccountName } from '#components/ledger/account-name.tsx';
import { countOf } from '#components/ui/count.ts';
import { Text } from '#components/ui/text.tsx';
import type { TaskDto } from '#lib/shared/demand-dto.ts';
import { gridOf, type Cell, type CellState, type GridRow } from './task-grid.ts';

const COLUMNS = 40;
const CELL = 12;
const GAP = 2;

/** By how much of it is filled each state is told apart, so that no colour is needed. */
const SHAPES: Readonly<
  Record<CellState, { readonly height: number; readonly className: string; readonly word: string }>
> = {
  waiting: { height: 0, className: '', word: 'waiting: an empty box' },
  assigned: { height: 3, className: 'fill-muted', word: 'assigned: a line at the bottom' },
  started: { height: 6, className: 'fill-accent', word: 'running: half full' },
  finished: { height: CELL, className: 'fill-success', word: 'finished: full' },
  failed: { height: CELL, className: 'fill-danger', word: 'failed: full, with a cross' },
};

const ORDER = ['finished', 'started', 'assigned', 'failed', 'waiting'] as const satisfies readonly CellState[];
const WORDS: Readonly<Record<CellState, string>> = {
  waiting: 'waiting',
  assigned: 'assigned',
  started: 'running',
  finished: 'finished',
  failed: 'failed',
};

function totalsInWords(cells: readonly Cell[]): string {
  const parts = ORDER.flatMap((state) => {
    const count = cells.filter((cell) => cell.state === state).reduce((sum, cell) => sum + cell.count, 0);
    return count === 0 ? [] : [`${countOf(count, 'sub-task')} ${WORDS[state]}`];
  });
  return parts.join(', ');
}

/** Every sub-task by provider and state; of many, a box stands for several. */
export function TaskGrid({ task }: { task: TaskDto }) {
  const rows = gridOf(task);
  const largest = Math.max(1, ...rows.flatMap(({ cells }) => cells.map(({ count }) => count)));
  return (
    <div className="flex flex-col gap-3">
      {rows.map((row) => (
        <GridRowView key={row.key} row={row} />
      ))}
      <p className="text-xs text-muted">
        <Text>
          {`${largest === 1 ? 'Each box is a sub-task' : `Each box is up to ${countOf(largest, 'sub-task')}`}. ${ORDER.map((state) => SHAPES[state].word).join(' · ')}`}
        </Text>
      </p>
    </div>
  );
}

function GridRowView({ row: { by, cells } }: { row: GridRow }) {
  const words = totalsInWords(cells);
  const lines = Math.ceil(cells.length / COLUMNS);
  const step = CELL + GAP;
  return (
    <figure className="rounded-md border border-border bg-surface p-3">
      <figcaption className="flex flex-wrap justify-between gap-x-3 gap-y-0.5 text-sm">
        {by === null ? (
          <span>Nobody runs these now</span>
        ) : (
          <span>
            <AccountName account={by.provider} />
            <Text>{` · ${by.name}`}</Text>
          </span>
        )}
        <span className="text-muted tabular-nums">{words}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={words}
        viewBox={`0 0 ${COLUMNS * step} ${lines * step}`}
        className="mt-2 h-auto w-full max-w-2xl"
      >
        {cells.map((cell, index) => (
          <CellShape key={cell.first} cell={cell} x={(index % COLUMNS) * step} y={Math.floor(index / COLUMNS) * step} />
        ))}
      </svg>
    </figure>
  );
}

function CellShape({ cell: { state }, x, y }: { cell: Cell; x: number; y: number }) {
  const { height, className } = SHAPES[state];
  return (
    <>
      <rect x={x + 0.5} y={y + 0.5} width={CELL - 1} height={CELL - 1} fill="none" className="stroke-border" />
      {height === 0 ? null : <rect x={x} y={y + CELL - height} width={CELL} height={height} className={className} />}
      {state === 'failed' ? (
        <path
          d={`M${x + 3} ${y + 3}l${CELL - 6} ${CELL - 6}M${x + CELL - 3} ${y + 3}l${6 - CELL} ${CELL - 6}`}
          strokeWidth={1.5}
          className="stroke-surface"
        />
      ) : null}
    </>
  );
}
