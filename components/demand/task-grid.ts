import type { RangeRunDto, TaskDto } from '#lib/shared/demand-dto.ts';
import type { AccountRef } from '#lib/shared/dto.ts';

/** A task’s sub-tasks by provider and state, few enough to be drawn however many there are. Pure. */

export type CellState = 'waiting' | Exclude<RangeRunDto['state'], 'dropped'>;

/** `count` sub-tasks from `first` (0-based) on that stand alike. */
export interface Cell {
  readonly first: number;
  readonly count: number;
  readonly state: CellState;
}

/** What one agreement has to run, or what nobody runs now. */
export interface GridRow {
  readonly key: string;
  /** Null: nobody. */
  readonly by: { readonly name: string; readonly provider: AccountRef } | null;
  readonly subtasks: number;
  readonly cells: readonly Cell[];
}

/** Cells of the whole drawing: more are too small to be told apart. */
export const CELLS_MAX = 480;

interface Stretch extends Cell {
  readonly key: string;
  readonly by: GridRow['by'];
}

/** Of each range the newest run of each agreement that still has it, or nobody. */
function stretchesOf({ ranges }: Pick<TaskDto, 'ranges'>): Stretch[] {
  return ranges.flatMap(({ first, count, runs }): Stretch[] => {
    const newest = new Map(runs.map((run) => [run.agreement, run]));
    const own = [...newest.values()].flatMap(({ agreement, name, provider, state }): Stretch[] =>
      state === 'dropped' ? [] : [{ first, count, state, key: String(agreement), by: { name, provider } }],
    );
    const isHeld = own.some(({ state }) => state !== 'failed');
    return isHeld ? own : [...own, { first, count, state: 'waiting', key: 'nobody', by: null }];
  });
}

function cellsOf(stretches: readonly Stretch[], size: number): Cell[] {
  return stretches.flatMap(({ first, count, state }) =>
    Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
      first: first + index * size,
      count: Math.min(size, count - index * size),
      state,
    })),
  );
}

/** Sub-tasks that one cell stands for, so that there are about `CELLS_MAX` at most. */
export function cellSizeOf(stretches: readonly { readonly count: number }[]): number {
  const all = stretches.reduce((sum, { count }) => sum + count, 0);
  return Math.max(1, Math.ceil(all / Math.max(1, CELLS_MAX - stretches.length)));
}

/** A row for each provider in the order of its first sub-task; what nobody has comes last. */
export function gridOf(task: Pick<TaskDto, 'ranges'>): GridRow[] {
  const stretches = stretchesOf(task);
  const size = cellSizeOf(stretches);
  const rows = [...Map.groupBy(stretches, ({ key }) => key)].map(([key, own]): GridRow => {
    const subtasks = own.reduce((sum, { count }) => sum + count, 0);
    return { key, by: own[0]?.by ?? null, subtasks, cells: cellsOf(own, size) };
  });
  return rows.toSorted((left, right) => Number(left.by === null) - Number(right.by === null));
}
