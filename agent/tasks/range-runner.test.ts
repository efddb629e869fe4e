import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AssignedRange, RangeProgress } from '#agent/resources/kind.ts';
import { assemble, command, write } from '#agent/sandbox/testing/modules.ts';
import { RangeRig } from '#agent/testing/range-rig.ts';
import { rangeOf, rootsOfTold, sampleTask } from '#agent/testing/sample-task.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import type { PayloadInputs } from '#ledger/core/payload.ts';

const MANDELBROT = readFileSync(new URL('../../public/algorithms/mandelbrot.wasm', import.meta.url));
/**
 * Copies its input, up to 1,000 bytes. One that begins with a digit other than 0 exits with that code and says “broken” first, one with
 * “~” loops for ever, and one with “!” stops on a fault.
 */
const COPY = command(
  `
  (i32.store (i32.const 8) (i32.const 1024)) (i32.store (i32.const 12) (i32.const 1000))
  (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16)))
  (i32.store (i32.const 8) (i32.const 1024)) (i32.store (i32.const 12) (i32.load (i32.const 16)))
  (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 20)))
  (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 126)) (then (loop $again (br $again))))
  (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 33)) (then (unreachable)))
  (if (i32.and (i32.gt_u (i32.load8_u (i32.const 1024)) (i32.const 48)) (i32.lt_u (i32.load8_u (i32.const 1024)) (i32.const 58)))
    (then ${write(2, 64, 19)} (call $proc_exit (i32.sub (i32.load8_u (i32.const 1024)) (i32.const 48)))))`,
  '(data (i32.const 64) "broken\\nin many ways")',
);

let rig: RangeRig;
beforeEach(() => {
  rig = new RangeRig();
});
afterEach(() => rig.remove());

function list(...texts: readonly string[]): PayloadInputs {
  return { split: 'list', inputs: texts.map(utf8) };
}

/** Wants the ranges until each is over. */
async function over(...ranges: readonly AssignedRange[]): Promise<RangeProgress[]> {
  let all: RangeProgress[] | undefined;
  await expect.poll(() => (all = rig.over(ranges)) !== undefined, { timeout: 60_000, interval: 20 }).toBe(true);
  return all ?? [];
}

describe('a range of a task [8.4.2-e] [I.1-5a]', () => {
  test('is run in all slots, and bound by roots that its customer finds again from its inputs and the results', async () => {
    const tiles = Array.from({ length: 8 }, (_, index) => `-2 ${1.2 - index / 5} 1 ${1 - index / 5} 64 8`);
    const payload = { module: MANDELBROT, args: ['50'], inputs: list(...tiles) };
    const task = await sampleTask(rig.shelf, { payload });
    const [early, late] = await over(
      rangeOf(task, { range: 0, first: 0, count: 5 }),
      rangeOf(task, { range: 1, first: 5, count: 3, lateAtMs: 2 }),
    );
    expect(rig.shelf.asked).toBe(1);
    const results = rig.resultsOf(0);
    expect(results.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'done'));
    expect(early).toMatchObject({ state: 'finished', failed: 0, ...rootsOfTold(task.inputs.slice(0, 5), results) });
    const others = rig.resultsOf(1);
    expect(late).toMatchObject({ state: 'finished', ...rootsOfTold(task.inputs.slice(5), others) });
    const cpuMs = [early, late].reduce((sum, range) => sum + (range?.state === 'finished' ? range.cpuMs : 0), 0);
    expect(rig.spent).toEqual({ runs: 8, cpuMs });
    expect(Buffer.from(rig.store.output(7)?.subarray(0, 2) ?? []).toString()).toBe('BM');
  });

  test('goes on after a restart where it was, without the portal, and gives the same roots', async () => {
    const tiles = Array.from({ length: 40 }, (_, index) => `-2 1.2 1 -1.2 ${150 + index} 150`);
    const task = await sampleTask(rig.shelf, {
      payload: { module: MANDELBROT, args: ['2000'], inputs: list(...tiles) },
    });
    const range = rangeOf(task);
    rig.runner.want([range]);
    await expect.poll(() => rig.store.totals({ from: 0, to: 40 }).ended, { timeout: 20_000 }).toBeGreaterThan(0);
    rig.close();
    rig.shelf.isReachable = false;
    rig.open();
    const before = rig.store.totals({ from: 0, to: 40 }).ended;
    expect(before).toBeLessThan(40);
    const [again] = await over(range);
    expect(rig.spent.runs).toBe(40);
    // The whole task at another agent, undisturbed.
    rig.shelf.isReachable = true;
    rig.anew();
    const [undisturbed] = await over(range);
    expect(again).toMatchObject({ state: 'finished', failed: 0 });
    const { cpuMs: _one, ...roots } = again as Extract<RangeProgress, { state: 'finished' }>;
    expect(undisturbed).toMatchObject(roots);
  });

  test('a sub-task that ends with a fault of its own is a result, with its cause, its exit code and its log', async () => {
    const inputs = list('fine', '7 is the code', '!', '~');
    const work = { cpuMs: 200 };
    const task = await sampleTask(rig.shelf, { payload: { module: COPY, args: [], inputs }, work });
    const [range] = await over(rangeOf(task));
    expect(range).toMatchObject({ state: 'finished', failed: 3 });
    const { subtasks } = rig.get('/subtasks') as { subtasks: Record<string, unknown>[] };
    expect(subtasks).toMatchObject([
      {
        subtask: 0,
        range: 0,
        state: 'done',
        outcome: 'done',
        exitCode: 0,
        outputBytes: 4,
        sentence: '',
        errorLine: '',
      },
      {
        state: 'failed',
        exitCode: 7,
        errorLine: 'broken',
        sentence: 'The program exited with 7: broken',
        outputBytes: 13,
      },
      { state: 'failed', exitCode: -1, sentence: 'The program stopped on a fault: unreachable' },
      { state: 'failed', outcome: 'timed-out', exitCode: -1, cpuMs: 200, outputBytes: 0 },
    ]);
    expect(rig.store.log(1)).toBe('The program exited with 7: broken\nbroken\nin many ways');
    expect(Buffer.from(rig.store.output(1) ?? []).toString()).toBe('7 is the code');
    const results = rig.resultsOf(0);
    expect(range).toMatchObject(rootsOfTold(task.inputs, results));
    expect(rig.spent.runs).toBe(4);
  });

  test('that is dropped ends at once, keeps what was done, and goes on when it is given to the order again', async () => {
    const inputs = list('a', 'b', ...Array.from({ length: 30 }, () => '~'));
    const task = await sampleTask(rig.shelf, { payload: { module: COPY, args: [], inputs }, work: { cpuMs: 5_000 } });
    rig.runner.want([rangeOf(task)]);
    await expect.poll(() => rig.runner.isRunning(2) && rig.runner.isRunning(3), { timeout: 10_000 }).toBe(true);
    const begunAt = performance.now();
    expect(rig.runner.want([]).size).toBe(0);
    expect(rig.runner.isRunning(2)).toBe(false);
    expect(performance.now() - begunAt).toBeLessThan(2_000);
    expect(rig.get('/ranges')['ranges']).toMatchObject([{ state: 'stopped', done: 2, failed: 0, fault: null }]);
    expect(rig.get('/subtasks?from=1&limit=2')).toMatchObject({
      subtasks: [{ state: 'done' }, { subtask: 2, state: 'stopped' }],
      next: 3,
    });
    const [again] = await over(rangeOf(task, { attempt: 2, count: 2 }));
    expect(again).toMatchObject({ state: 'finished', failed: 0 });
    expect(rig.spent.runs).toBe(2);
  });

  test('outside the order’s window nothing is begun, and nothing is called a fault', async () => {
    const task = await sampleTask(rig.shelf, { payload: { module: COPY, args: [], inputs: list('a') } });
    rig.isOpen = false;
    rig.runner.want([rangeOf(task)]);
    await expect.poll(() => rig.get('/ranges')['ranges']).toMatchObject([{ state: 'stopped', done: 0 }]);
    rig.isOpen = true;
    expect(await over(rangeOf(task))).toMatchObject([{ state: 'finished' }]);
  });

  test.each(['runs', 'cpuMs'])('without %s left fails for that, and what was done is kept', async (meter) => {
    const inputs = list('a', '~', '~', '~', '~', '~', '~');
    const task = await sampleTask(rig.shelf, { payload: { module: COPY, args: [], inputs }, work: { cpuMs: 100 } });
    rig.left = { cpuMs: 1e9, runs: 1e9, [meter]: meter === 'runs' ? 3 : 250 };
    expect(await over(rangeOf(task))).toMatchObject([{ state: 'failed', fault: 'no-allowance' }]);
    expect(rig.store.totals({ from: 0, to: 7 }).ended).toBeGreaterThan(1);
    expect(rig.left[meter]).toBeGreaterThanOrEqual(0);
  });

  test('whose program the network refuses ends at once, and is not begun any more', async () => {
    const task = await sampleTask(rig.shelf, { payload: { module: COPY, args: [], inputs: list('~', '~') } });
    rig.runner.want([rangeOf(task)]);
    await expect.poll(() => rig.runner.isRunning(0), { timeout: 10_000 }).toBe(true);
    rig.refused.add(task.work.algorithm);
    rig.runner.stopRefused();
    const range = { ...rangeOf(task), range: 1 };
    expect(await over(rangeOf(task), range)).toMatchObject([
      { state: 'failed', fault: 'module-refused' },
      { state: 'failed', fault: 'module-refused' },
    ]);
    rig.close();
    rig.open();
    expect(await over(rangeOf(task))).toMatchObject([{ state: 'failed', fault: 'module-refused' }]);
  });
});

describe('a fault of the whole range is told at once, in the ledger’s word', () => {
  const one = { module: COPY, args: [], inputs: list('a', 'b') };
  const unvalidated =
    assemble(`(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (func (export "_start") (drop (i32.add (i64.const 1) (i32.const 2)))))`);
  test.each<[string, Parameters<typeof sampleTask>[1], string, string]>([
    [
      'cut before it was published',
      { payload: one, cut: (bytes) => bytes.subarray(0, -1) },
      'payload-unreadable',
      'changed',
    ],
    [
      'made for another network',
      { payload: one, boundTo: new Uint8Array(32).fill(3) },
      'payload-unreadable',
      'network',
    ],
    ['shorter than published', { payload: one, work: { payloadBytes: 5 } }, 'payload-unreadable', 'bytes'],
    ['sealed to another agent', { payload: one, sealingKey: `09${'00'.repeat(31)}` }, 'payload-unreadable', 'sealed'],
    ['sealed for another resource', { payload: one, resource: 2 }, 'payload-unreadable', 'sealed'],
    ['of another program', { payload: one, work: { algorithm: 'ab'.repeat(32) } }, 'module-refused', 'SHA-256'],
    ['of no program', { payload: { ...one, module: utf8('no') } }, 'module-refused', 'no WebAssembly'],
    [
      'of a program that is not sound',
      { payload: { ...one, module: unvalidated } },
      'module-fails',
      'cannot be loaded',
    ],
    ['of more inputs than published', { payload: one, work: { subtasks: 1 } }, 'inputs-unreadable', 'for 2'],
    ['of fewer inputs than published', { payload: one, work: { subtasks: 3 } }, 'inputs-unreadable', 'for 2'],
    [
      'of an input too large',
      { payload: { ...one, inputs: list('a', 'bcd') }, work: { inputBytes: 2 } },
      'inputs-unreadable',
      'sub-task 2',
    ],
    ['divided in another way', { payload: one, work: { split: 'lines' } }, 'inputs-unreadable', 'divided'],
    ['that needs more memory than a slot has', { payload: one, work: { memoryMiB: 17 } }, 'no-allowance', '17 MiB'],
  ])('a payload %s', async (_, of, fault, words) => {
    const task = await sampleTask(rig.shelf, of);
    const [range] = await over(rangeOf(task, { count: 1 }));
    expect(range).toMatchObject({ state: 'failed', fault, sentence: expect.stringContaining(words) as string });
    expect(rig.spent.runs).toBe(0);
    expect(rig.get('/ranges')['ranges']).toMatchObject([{ state: 'failed', fault }]);
  });

  test('a payload that is not there, or is another one, is asked for five times and no more; a portal that is down is waited for', async () => {
    const task = await sampleTask(rig.shelf, { payload: one });
    const ciphertext = rig.shelf.bytes.get(task.work.payload) ?? new Uint8Array();
    rig.shelf.bytes.set(
      task.work.payload,
      ciphertext.map((byte) => byte ^ 1),
    );
    rig.shelf.isReachable = false;
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    const ask = async (): Promise<string> => {
      await settled();
      rig.nowMs += 2_000;
      const before = rig.shelf.asked;
      rig.runner.want([rangeOf(task)]);
      await expect.poll(() => rig.shelf.asked).toBe(before + 1);
      await settled();
      return rig.runner.want([rangeOf(task)]).get(0)?.state ?? '';
    };
    for (let time = 0; time < 9; time += 1) expect(await ask()).toBe('waiting');
    rig.shelf.isReachable = true;
    for (let time = 0; time < 4; time += 1) expect(await ask()).toBe('waiting');
    rig.nowMs += 2_000;
    expect(await over(rangeOf(task))).toMatchObject([{ state: 'failed', fault: 'payload-missing' }]);
    expect(existsSync(join(rig.home, `payload-${task.work.payload}`))).toBe(false);
    // Given to the order again, it is looked for again.
    rig.shelf.bytes.set(task.work.payload, ciphertext);
    rig.nowMs += 2_000;
    expect(await over(rangeOf(task, { attempt: 2 }))).toMatchObject([{ state: 'finished' }]);
    expect(readdirSync(rig.home).filter((name) => name.startsWith('payload-'))).toHaveLength(1);
  });
});
