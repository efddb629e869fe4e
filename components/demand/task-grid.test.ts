import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RangeRunDto, TaskRangeDto } from '#lib/shared/demand-dto.ts';
import { CELLS_MAX, gridOf } from './task-grid.ts';

const account = (id: number) => ({ id, address: `0x${id}`, name: null });
const run = (agreement: number, state: RangeRunDto['state']): RangeRunDto => ({
  agreement,
  name: `O-${agreement}`,
  provider: account(agreement),
  resource: { id: 1, title: 'Edge' },
  attempt: 1,
  reason: 'planned',
  state,
  fault: null,
  failed: null,
  cpuMs: null,
  inputRoot: null,
  resultRoot: null,
  isRejected: false,
  assignedAtMs: 0,
  lateAtMs: 1,
  startedAtMs: null,
  endedAtMs: null,
});
const range = (first: number, count: number, runs: RangeRunDto[]): TaskRangeDto => ({
  range: first,
  first,
  count,
  state: 'assigned',
  decidedAtMs: null,
  runs,
});

test('every sub-task stands once in the row of its provider, and even a million are few enough to be drawn [8.4.3-a]', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 1, max: 8 })), {
        minLength: 1,
        maxLength: 24,
      }),
      (parts) => {
        let next = 0;
        const ranges = parts.map(([count, agreement]) => {
          next += count;
          return range(next - count, count, [run(agreement, 'started')]);
        });
        const rows = gridOf({ ranges });
        const covered = rows.flatMap(({ cells }) => cells).toSorted((left, right) => left.first - right.first);
        let at = 0;
        for (const { first, count } of covered) {
          expect(first).toBe(at);
          at += count;
        }
        expect(at).toBe(next);
        expect(covered.length).toBeLessThanOrEqual(CELLS_MAX + ranges.length);
      },
    ),
  );
});

test('a range that was given up stands with the provider that has it now, two copies stand with both, and what nobody has is said', () => {
  const rows = gridOf({
    ranges: [
      range(0, 4, [run(7, 'dropped'), run(8, 'started')]),
      range(4, 4, [run(7, 'finished'), run(8, 'finished')]),
      range(8, 2, [run(7, 'failed')]),
      range(10, 1, []),
    ],
  });
  expect(rows.map(({ by, subtasks }) => [by?.name, subtasks])).toEqual([
    ['O-8', 8],
    ['O-7', 6],
    [undefined, 3],
  ]);
});
