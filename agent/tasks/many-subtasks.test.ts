import { afterEach, beforeEach, expect, test } from 'vitest';
import { command, write } from '#agent/sandbox/testing/modules.ts';
import { RangeRig } from '#agent/testing/range-rig.ts';
import { rangeOf, rootsOfTold, sampleTask } from '#agent/testing/sample-task.ts';

let rig: RangeRig;
beforeEach(() => {
  rig = new RangeRig();
});
afterEach(() => rig.remove());

test('100,000 sub-tasks of a few bytes are run, counted and bound [8.4.2-e]', { timeout: 600_000 }, async () => {
  const subtasks = 100_000;
  const module = command(write(1, 64, 2), '(data (i32.const 64) "ok")');
  const inputs = { split: 'range', from: 0, to: subtasks, subtasks } as const;
  const task = await sampleTask(rig.shelf, { payload: { module, args: [], inputs } });
  const ranges = [
    rangeOf(task, { range: 0, count: 70_001 }),
    rangeOf(task, { range: 1, first: 70_001, count: 29_999, lateAtMs: 2 }),
  ];
  await expect.poll(() => rig.over(ranges), { timeout: 500_000, interval: 200 }).toBeDefined();
  const [first, second] = rig.over(ranges) ?? [];
  expect(rig.spent.runs).toBe(subtasks);
  expect(first).toMatchObject({ failed: 0, ...rootsOfTold(task.inputs.slice(0, 70_001), rig.resultsOf(0)) });
  expect(second).toMatchObject({ failed: 0, ...rootsOfTold(task.inputs.slice(70_001), rig.resultsOf(1)) });
});
