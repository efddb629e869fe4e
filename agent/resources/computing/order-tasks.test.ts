import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AssignedRange, RangeProgress } from '#agent/resources/kind.ts';
import { command } from '#agent/sandbox/testing/modules.ts';
import { KindRig } from '#agent/testing/kind-rig.ts';
import {
  PayloadShelf,
  rangeOf,
  rootsOfTold,
  sampleTask,
  sha256Hex,
  type ToldResult,
} from '#agent/testing/sample-task.ts';
import { computingWaysTerms } from '#ledger/contracts/kinds/computing.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import { computingKind } from './computing-kind.ts';

const MANDELBROT = readFileSync(new URL('../../../public/algorithms/mandelbrot.wasm', import.meta.url));
const LOOP = command('(loop $again (br $again))');
const HOUR = 3_600_000;
const WINDOW = 600_000;
const CALLS = 18;

let folder: string;
let shelf: PayloadShelf;
let rig: KindRig;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'order-tasks-'));
  shelf = new PayloadShelf();
  rig = new KindRig({
    folder,
    windowMs: WINDOW,
    log: () => undefined,
    kind: 'computing',
    module: computingKind,
    section: {
      computers: [
        {
          id: 'edge',
          title: 'Edge',
          slots: 4,
          memoryMiB: 256,
          region: 'US-WA',
          zone: 'Seattle 1',
          place: '47.6,-122.3',
        },
      ],
    },
    sourceId: 'edge',
    payloads: shelf.payloads(),
    terms: {
      ways: computingWaysTerms(10_000n),
      amounts: { bytes: 1_000_000, calls: CALLS, cpuMs: 100_000, memoryMiB: 64, runs: 100, slots: 2 },
      promise: [],
    },
  });
  await rig.start();
});
afterEach(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function tiles() {
  const inputs = [0, 1, 2, 3].map((row) => utf8(`-2 ${1.2 - row / 2} 1 ${0.7 - row / 2} 32 8`));
  return sampleTask(shelf, { payload: { module: MANDELBROT, args: ['50'], inputs: { split: 'list', inputs } } });
}

async function finished(agreement: number, range: AssignedRange): Promise<RangeProgress> {
  const terms = rig.termsOf(agreement);
  const ask = (): RangeProgress | undefined => rig.open.tasks?.run(terms, [range]).get(range.range);
  await expect.poll(() => ask()?.state, { timeout: 30_000 }).toBe('finished');
  return ask() ?? { state: 'waiting' };
}

async function json(agreement: number, path: string): Promise<Record<string, unknown>> {
  const response = await rig.call(agreement, path);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

/** The order is over, and its agent has let go of it, as its duties do. */
async function end(agreement: number): Promise<void> {
  const endedAtMs = rig.nowMs();
  const end = { endedAtMs, settleAtMs: endedAtMs + 1_000, graceUntilMs: 0, reason: 'task-done' };
  rig.book.record({ kind: 'ended', agreement, ...end });
  const terms = rig.termsOf(agreement);
  rig.open.tasks?.run(terms, []);
  expect(await rig.open.release(terms)).toMatchObject({ ok: true });
}

describe('results behind an order’s link [8.4.2-e] [I.1-6]', () => {
  test('are told sub-task by sub-task, are counted, and never end the order that makes them', async () => {
    await rig.deliver(12);
    expect((await rig.call(12, '/ranges')).status).toBe(404);
    const task = await tiles();
    const range = await finished(12, rangeOf(task));
    const { results } = (await json(12, '/ranges/0/results')) as { results: ToldResult[] };
    expect(range).toMatchObject(rootsOfTold(task.inputs, results));
    const listed = await json(12, '/subtasks?from=2&limit=1');
    expect(listed).toMatchObject({ subtasks: [{ subtask: 2, state: 'done', output: results[2]?.output }], next: 3 });
    const output = await rig.call(12, '/subtasks/2/output');
    expect(sha256Hex(new Uint8Array(await output.arrayBuffer()))).toBe(results[2]?.output);
    expect(await (await rig.call(12, '/subtasks/2/log')).text()).toBe('');
    for (const path of ['/subtasks?limit=1001', '/subtasks?from=-1', '/ranges/0/results?limit=0'])
      expect((await rig.call(12, path)).status).toBe(400);
    for (const path of ['/subtasks/4/output', '/subtasks/9/log', '/ranges/1/results'])
      expect((await rig.call(12, path)).status).toBe(404);
    // The last call stays for what is no result.
    for (let call = 0; call < CALLS; call += 1) await json(12, '/ranges');
    expect(rig.meter.usage(12)).toMatchObject({ runs: 4, calls: CALLS - 1 });
    expect((await rig.call(12, '/ranges')).status).toBe(200);
    expect((await rig.call(12, '/algorithms')).status).toBe(200);
    expect((await rig.call(12, '/algorithms')).status).toBe(429);
    const state = await json(12, '');
    expect(state['resultsKeptUntilMs']).toBe(rig.startMs + WINDOW + HOUR);
  });

  test('are handed out for an hour after the end, also after a restart, while everything else is refused and erased', async () => {
    const terms = await rig.deliver(12);
    await rig.call(12, '/algorithms', { method: 'POST', body: new Uint8Array(LOOP) });
    const task = await tiles();
    await finished(12, rangeOf(task, { count: 3 }));
    await end(12);
    const order = join(folder, 'computing', 'orders', '12');
    expect(readdirSync(order).filter((name) => !name.startsWith('results.sqlite'))).toEqual([]);
    const used = rig.meter.usage(12);
    await rig.stop();
    await rig.start();
    for (const path of ['/ranges', '/ranges/0/results', '/subtasks', '/subtasks/0/output', '/subtasks/0/log'])
      expect((await rig.call(12, path)).status).toBe(200);
    expect(rig.meter.usage(12)).toEqual(used);
    const refused = await rig.call(12, '/algorithms');
    expect(refused.status).toBe(410);
    expect(((await refused.json()) as { detail: string }).detail).toMatch(/results can be fetched until 2\d{3}-/);
    const runs = { method: 'POST', body: '' };
    expect((await rig.call(12, `/algorithms/${task.work.algorithm}/invoke`, runs)).status).toBe(410);
    expect((await rig.call(12, '')).status).toBe(410);
    expect((await rig.call(13, '/ranges')).status).toBe(401);
    const page = await fetch(`${rig.endpoint}/v1/agreements/12/ranges`, {
      headers: { origin: 'http://localhost:3000' },
    });
    expect([page.status, page.headers.get('access-control-allow-origin')]).toEqual([401, 'http://localhost:3000']);
    const endedAtMs = rig.book.orders.get(12)?.ended?.endedAtMs ?? 0;
    rig.nowMs = () => endedAtMs + HOUR;
    const late = await rig.call(12, '/ranges');
    expect([late.status, ((await late.json()) as { reason: string }).reason]).toEqual([410, 'ended']);
    expect(await rig.open.tasks?.forget(terms)).toMatchObject({ ok: true });
    expect(await rig.open.tasks?.forget(terms)).toMatchObject({ ok: true });
    expect(existsSync(order)).toBe(false);
    expect(rig.open.tasks?.keptAfterEndMs(terms)).toBe(0);
  });

  test('an order whose time is up is killed in the middle, and keeps what was done', async () => {
    const terms = await rig.deliver(12);
    const inputs = [utf8('a'), utf8('b')];
    const task = await sampleTask(shelf, {
      payload: { module: LOOP, args: [], inputs: { split: 'list', inputs } },
      work: { cpuMs: 9_000 },
    });
    const range = rangeOf(task);
    await expect.poll(() => rig.open.tasks?.run(terms, [range]).get(0)?.state, { timeout: 10_000 }).toBe('running');
    const begunAt = performance.now();
    await end(12);
    expect(performance.now() - begunAt).toBeLessThan(3_000);
    expect(await json(12, '/ranges')).toMatchObject({
      ranges: [{ state: 'stopped', done: 0, failed: 0, resultRoot: null }],
    });
    expect(await json(12, '/subtasks')).toMatchObject({
      subtasks: [{ state: 'stopped' }, { state: 'stopped' }],
      next: null,
    });
  });
});

test('a program that the network refuses is not taken, and what runs of it ends with the reason [8.5.1-d]', async () => {
  await rig.deliver(12);
  const sent = { method: 'POST', body: new Uint8Array(LOOP) };
  const { digest } = (await (await rig.call(12, '/algorithms', sent)).json()) as { digest: string };
  const task = JSON.stringify({ executors: [{ image: digest, command: ['loop'] }] });
  const asked = await rig.call(12, '/ga4gh/tes/v1/tasks', { method: 'POST', body: task });
  const { id } = (await asked.json()) as { id: string };
  const taskNow = () => json(12, `/ga4gh/tes/v1/tasks/${id}?view=BASIC`);
  await expect.poll(async () => (await taskNow())['state'], { timeout: 10_000, interval: 500 }).toBe('RUNNING');
  rig.book.record({ kind: 'algorithm-refused', algorithm: digest });
  rig.open.tasks?.stopRefused();
  await expect.poll(async () => (await taskNow())['state'], { timeout: 5_000, interval: 500 }).toBe('EXECUTOR_ERROR');
  const voted = expect.stringContaining('voted that nobody runs this program') as string;
  expect(await taskNow()).toMatchObject({ logs: [{ system_logs: [voted] }] });
  const again = await rig.call(12, '/algorithms', sent);
  expect([again.status, await again.json()]).toMatchObject([403, { detail: voted }]);
  await rig.stop();
  await rig.start();
  expect((await rig.call(12, '/algorithms', sent)).status).toBe(403);
});
