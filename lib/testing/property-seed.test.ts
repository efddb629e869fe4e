import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const draw = (): number[] => fc.sample(fc.integer(), 20);

describe('the properties of a run', () => {
  test('draw the same cases each time, from the seed that TEST_SEED or nobody has set', () => {
    const seed = Number(process.env.TEST_SEED ?? '2345');
    expect(fc.readConfigureGlobal()?.seed).toBe(seed);
    expect(draw()).toEqual(draw());
    expect(draw()).not.toEqual(fc.sample(fc.integer(), { numRuns: 20, seed: seed + 1 }));
  });

  test('print that seed, and the path to the case, when one fails', () => {
    const { seed } = fc.readConfigureGlobal();
    const failing = (): void => fc.assert(fc.property(fc.nat(), (number) => number < 0));
    expect(failing).toThrow(new RegExp(`seed: ${seed}, path: "`));
  });
});
