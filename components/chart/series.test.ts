import { describe, expect, test } from 'vitest';
import { boundsOf, coarser, stretchesOf, type Measured } from './series.ts';

const at = (...pairs: readonly (readonly [number, number | null])[]): Measured[] =>
  pairs.map(([atMs, amount]) => ({ atMs, amount }));

describe('a series over time', () => {
  test('has nothing drawn where nothing was measured: neither across a null that is long nor across silence', () => {
    const readings = at([0, 1], [10, 2], [20, null], [30, 3], [100, 4], [110, 5]);
    expect(stretchesOf(readings, 10)).toEqual([at([0, 1], [10, 2], [30, 3]), at([100, 4], [110, 5])]);
    expect(stretchesOf(at([0, null], [10, null]), 10)).toEqual([]);
  });

  test('is averaged into few readings, and what nobody measured stays unknown, never 0', () => {
    const readings = at([0, 2], [5, 4], [10, null], [25, 8], [40, 100]);
    expect(coarser(readings, { fromMs: 0, untilMs: 40, countMax: 4 })).toEqual(
      at([0, 3], [10, null], [20, 8], [30, 100]),
    );
  });

  test('leaves out what lies before its beginning', () => {
    expect(coarser(at([-1, 7], [0, 1]), { fromMs: 0, untilMs: 10, countMax: 1 })).toEqual(at([0, 1]));
  });

  test('has bounds only where something was measured', () => {
    expect(boundsOf(at([0, -5], [1, null], [2, 3]))).toEqual({ least: -5, greatest: 3 });
    expect(boundsOf(at([0, null]))).toBeUndefined();
  });
});
