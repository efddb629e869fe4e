import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installHost } from '#agent/sandbox/host-program.ts';
import { findIsolation } from '#agent/sandbox/isolation.ts';
import { command } from '#agent/sandbox/testing/modules.ts';
import type { TaskCall } from './reply.ts';
import { answerTaskCall } from './task-service.ts';
import { SandboxPool } from './sandbox-pool.ts';
import { Workspace } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasks-'));
const host = installHost(folder);
const found = findIsolation(host);
if (!found.ok) throw new Error(found.sentence);
const isolation = found.value;
const facts = { name: 'R-1', version: '1', environment: { architecture: 'x64' } };

/** Copies its input, up to 1,000 bytes, and exits with the code that the first byte names when that is a digit other than 0. */
const COPY = command(`
  (i32.store (i32.const 8) (i32.const 1024)) (i32.store (i32.const 12) (i32.const 1000))
  (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16)))
  (i32.store (i32.const 8) (i32.const 1024)) (i32.store (i32.const 12) (i32.load (i32.const 16)))
  (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 20)))
  (if (i32.and (i32.gt_u (i32.load8_u (i32.const 1024)) (i32.const 48)) (i32.lt_u (i32.load8_u (i32.const 1024)) (i32.const 58)))
    (then (call $proc_exit (i32.sub (i32.load8_u (i32.const 1024)) (i32.const 48)))))`);
const LOOP = command('(loop $again (br $again))');

let left: Record<string, number>;
let refused: Set<string>;
let spent: Readonly<Record<string, number>>[];
let workspace: Workspace;
let home: string;

beforeEach(() => {
  left = { cpuMs: 60_000, runs: 100 };
  spent = [];
  refused = new Set();
  home = mkdtempSync(join(folder, 'order-'));
  open();
});
afterEach(() => workspace.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(slots = 2): void {
  workspace = new Workspace({
    folder: home,
    pool: new SandboxPool({ isolation, host, slots }),
    memoryBytes: 8 * 1024 ** 2,
    runMsMax: 400,
    budget: {
      left: (meter) => left[meter] ?? Infinity,
      spend: (used) => {
        spent.push(used);
        for (const [meter, amount] of Object.entries(used)) left[meter] = (left[meter] ?? Infinity) - amount;
      },
    },
    isRefused: (digest) => refused.has(digest),
    nowMs: Date.now,
    onStarted: () => undefined,
    log: () => undefined,
  });
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

async function call(method: string, address: string, body?: Uint8Array | string | object) {
  const [path = '', queryString = ''] = address.split('?');
  const bytes =
    body instanceof Uint8Array
      ? body
      : typeof body === 'string'
        ? Buffer.from(body)
        : Buffer.from(JSON.stringify(body) ?? '');
  const sent: TaskCall = { method, path, queryString, body: body === undefined ? null : chunksOf(bytes) };
  const reply = await answerTaskCall(sent, workspace, facts);
  const text = Buffer.from(reply.bytes).toString('utf8');
  const isJson = reply.headers['content-type']?.includes('json') === true;
  return { status: reply.status, text, body: (isJson ? JSON.parse(text) : null) as Record<string, never> };
}

async function added(module: Uint8Array): Promise<string> {
  const { status, body } = await call('POST', '/algorithms', module);
  expect(status).toBe(201);
  return body['digest'] ?? '';
}

async function ended(id: string, view = 'FULL') {
  await expect
    .poll(async () => (await call('GET', `/ga4gh/tes/v1/tasks/${id}`)).body['state'], { timeout: 10_000 })
    .not.toMatch(/QUEUED|RUNNING/);
  return (await call('GET', `/ga4gh/tes/v1/tasks/${id}?view=${view}`)).body;
}

describe('algorithms and their runs [8.4.1-a]', () => {
  test('a module is kept by its digest, run with an input, listed and deleted', async () => {
    const digest = await added(COPY);
    expect(await added(COPY)).toBe(digest);
    expect((await call('GET', '/algorithms')).body['algorithms']).toHaveLength(1);
    expect(await call('POST', `/algorithms/${digest}/invoke?arg=x`, 'hello')).toMatchObject({
      status: 200,
      text: 'hello',
    });
    expect(spent).toEqual([{ cpuMs: expect.any(Number) as number, runs: 1 }]);
    expect((await call('DELETE', `/algorithms/${digest}`)).status).toBe(204);
    expect((await call('POST', `/algorithms/${digest}/invoke`, 'hello')).status).toBe(404);
  });

  test('a run that fails says why, and counts', async () => {
    const copy = await added(COPY);
    const failedRun = await call('POST', `/algorithms/${copy}/invoke`, '7 is the code');
    expect(failedRun).toMatchObject({ status: 422, body: { detail: 'The program exited with 7.', exitCode: 7 } });
    const loop = await added(LOOP);
    const late = await call('POST', `/algorithms/${loop}/invoke`);
    expect(late.body).toMatchObject({
      outcome: 'timed-out',
      detail: 'The program did not end within 400 ms of processor time.',
    });
    expect(spent.map(({ runs }) => runs)).toEqual([1, 1]);
  });

  test('what cannot run is refused when it is sent', async () => {
    expect((await call('POST', '/algorithms', 'no module')).body['detail']).toContain('no WebAssembly module');
    expect((await call('POST', '/algorithms', new Uint8Array(4 * 1024 ** 2 + 1))).status).toBe(413);
    expect((await call('GET', '/algorithms')).body['algorithms']).toEqual([]);
  });

  test('no more runs at once than there are slots, and nothing runs when nothing is left', async () => {
    const loop = await added(LOOP);
    const copy = await added(COPY);
    const [begunAt, looping] = [performance.now(), [1, 2].map(() => call('POST', `/algorithms/${loop}/invoke`))];
    await call('POST', `/algorithms/${copy}/invoke`, 'waits');
    expect(performance.now() - begunAt).toBeGreaterThan(400);
    await Promise.all(looping);
    left = { cpuMs: 0, runs: 5 };
    expect((await call('POST', `/algorithms/${copy}/invoke`, 'x')).body['detail']).toContain('used up');
  });
});

describe('tasks by GA4GH TES 1.1', () => {
  test('executors run in order over the inputs; the outputs and logs can be read', async () => {
    const image = `wasi:${await added(COPY)}`;
    const inputs = ['one', 'two'].map((content) => ({ path: `/in/${content}`, content }));
    const executors = inputs.map(({ path }) => ({ image, command: ['copy'], stdin: path }));
    const created = await call('POST', '/ga4gh/tes/v1/tasks', { name: 'Two words', inputs, executors });
    const id = created.body['id'] ?? '';
    const task = await ended(id);
    expect(task).toMatchObject({
      id,
      state: 'COMPLETE',
      name: 'Two words',
      logs: [
        {
          logs: [
            { stdout: 'one', exit_code: 0 },
            { stdout: 'two', exit_code: 0 },
          ],
        },
      ],
    });
    expect(await call('GET', `/tasks/${id}/outputs/1`)).toMatchObject({ status: 200, text: 'two' });
    const listed = (await call('GET', '/ga4gh/tes/v1/tasks?page_size=1')).body;
    expect(listed).toEqual({ tasks: [{ id, state: 'COMPLETE' }] });
    expect((await call('GET', '/ga4gh/tes/v1/service-info')).body['type']).toMatchObject({
      artifact: 'tes',
      version: '1.1.0',
    });
  });

  test('the first executor that fails ends the task, and the later ones are not run', async () => {
    const image = await added(COPY);
    const inputs = [{ path: '/a', content: '3' }];
    const executors = [
      { image, command: ['x'], stdin: '/a' },
      { image, command: ['x'] },
    ];
    const { body } = await call('POST', '/ga4gh/tes/v1/tasks', { inputs, executors });
    const task = await ended(body['id'] ?? '');
    expect(task).toMatchObject({
      state: 'EXECUTOR_ERROR',
      logs: [{ system_logs: ['Run 1 of 2: The program exited with 3.'], logs: [{ exit_code: 3 }] }],
    });
  });

  test('a canceled task stays canceled; one that was running when the process ended is run again', async () => {
    const image = await added(LOOP);
    const copy = await added(COPY);
    const canceled =
      (await call('POST', '/ga4gh/tes/v1/tasks', { executors: [{ image, command: ['x'] }] })).body['id'] ?? '';
    await call('POST', `/ga4gh/tes/v1/tasks/${canceled}:cancel`);
    const task = {
      inputs: [{ path: '/a', content: 'again' }],
      executors: [{ image: copy, command: ['x'], stdin: '/a' }],
    };
    const first = (await call('POST', '/ga4gh/tes/v1/tasks', task)).body['id'] ?? '';
    workspace.close();
    open();
    expect(await ended(first)).toMatchObject({ state: 'COMPLETE' });
    expect(await ended(canceled)).toMatchObject({ state: 'CANCELED' });
  });

  test.each([
    ['no JSON', '{', 'not JSON'],
    ['no executors', {}, 'executors'],
    ['an image that is none', { executors: [{ image: 'ubuntu', command: ['x'] }] }, 'executors.0.image'],
    ['an algorithm that nobody sent', { executors: [{ image: 'f'.repeat(64), command: ['x'] }] }, 'no algorithm'],
    ['an input that is not there', { executors: [{ image: 'f'.repeat(64), command: ['x'], stdin: '/a' }] }, 'no input'],
    [
      'an input from elsewhere',
      {
        inputs: [{ path: '/a', url: 'http://10.0.0.1/' }],
        executors: [{ image: 'f'.repeat(64), command: ['x'], stdin: '/a' }],
      },
      'nothing is fetched',
    ],
  ])('%s is refused in a sentence', async (_, asked, sentence) => {
    const { status, body } = await call('POST', '/ga4gh/tes/v1/tasks', asked);
    expect([400, 404]).toContain(status);
    expect(body['detail']).toContain(sentence);
  });

  test.each([
    ['GET', '/nothing', 404],
    ['PUT', '/algorithms', 405],
    ['GET', '/ga4gh/tes/v1/tasks?view=ALL', 400],
    ['GET', '/ga4gh/tes/v1/tasks?page_token=..', 400],
    ['GET', '/ga4gh/tes/v1/tasks/999', 404],
    ['GET', '/tasks/1/outputs/0', 404],
    ['GET', '/tasks/../algorithms', 404],
    ['POST', '/ga4gh/tes/v1/tasks/999:cancel', 404],
  ])('%s %s answers %i', async (method, address, status) => {
    expect((await call(method, address)).status).toBe(status);
  });
});
