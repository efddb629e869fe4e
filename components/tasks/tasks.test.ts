import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readTask } from './answers.ts';
import { argumentsOf } from './arguments.ts';
import { openComputer, taskBody } from './computer.ts';
import { linesOf } from './lines.ts';
import { fileNameOf, outputOf, shownText } from './output.ts';
import { SAMPLES } from './samples.ts';
import { placeOf, planOf, planTags, SAMPLE_PART, SAMPLE_PLAN, tileLines } from './tiles.ts';
import { curlLines } from './tools.ts';

const LINK = { url: 'https://edge.example/v1/agreements/7', token: 'ab'.repeat(32) };
const DIGEST = 'cd'.repeat(32);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

afterEach(() => {
  vi.unstubAllGlobals();
});

test('each sample’s file is the one that its digest names: a page that takes another would run what nobody looked at', () => {
  const folder = resolve(import.meta.dirname, '../../public');
  for (const { file, digest } of SAMPLES)
    expect([
      file,
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    ]).toEqual([file, digest]);
});

describe('what a program wrote', () => {
  test('is shown as what its bytes are, whatever it says of itself', () => {
    const bmp = new Uint8Array(54);
    bmp.set([0x42, 0x4d, 54]);
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect([bmp, png].map((bytes) => outputOf(bytes))).toMatchObject([
      { kind: 'picture', type: 'image/bmp' },
      { kind: 'picture', type: 'image/png' },
    ]);
    expect(outputOf(bytesOf('BMW, Audi\n')).kind).toBe('text');
    expect(outputOf(bytesOf('<svg onload="alert(1)"></svg>')).kind).toBe('text');
    expect(outputOf(new Uint8Array([0xff, 0x00, 0x80])).kind).toBe('bytes');
    expect(outputOf(new Uint8Array()).kind).toBe('nothing');
  });

  test('is a table where it is CSV of a modest size, and a text where a row has other columns', () => {
    expect(outputOf(bytesOf('weather,rows\nsun,3\n"fog, thick",1\n'))).toMatchObject({
      kind: 'table',
      table: {
        header: ['weather', 'rows'],
        rows: [
          ['sun', '3'],
          ['fog, thick', '1'],
        ],
      },
    });
    const many = `a,b\n${'1,2\n'.repeat(201)}`;
    for (const text of ['a,b\n1\n', 'one line\nand another\n', 'a,b\n', 'a,a\n1,2\n', many])
      expect([text, outputOf(bytesOf(text)).kind]).toEqual([text, 'text']);
  });

  test('shows tabs and line ends of every system, and marks what turns or hides text', () => {
    expect(fileNameOf('\u2068../x<b>.wasm\u2069', { kind: 'bytes' })).toBe('..xb.wasm.bin');
    expect(shownText('a\tb\r\nc\u202Ed')).toBe('a    b\nc\uFFFDd');
  });
});

test('arguments are words, or words between double quotes, and none comes from nothing', () => {
  expect(argumentsOf(' 500  "wind speed" "" x')).toEqual(['500', 'wind speed', '', 'x']);
  expect(argumentsOf('  ')).toEqual([]);
});

test('a task has a run for each line that is not empty, and at most as many as gateways take', () => {
  expect(linesOf('one\r\n\n two \n')).toEqual({ ok: true, lines: ['one', ' two '] });
  expect(linesOf(' \n')).toMatchObject({ ok: false, sentence: expect.stringContaining('one a line') });
  const sentence = expect.stringContaining('1,001 lines');
  expect([linesOf('x\n'.repeat(1_000)).ok, linesOf('x\n'.repeat(1_001))]).toMatchObject([
    true,
    { ok: false, sentence },
  ]);
});

test('tiles cover the picture without gap or overlap, in the order of their runs, and a task says which plan it is of', () => {
  const lines = tileLines(SAMPLE_PLAN, SAMPLE_PART).map((line) => line.split(' ').map(Number));
  expect(lines.length).toBe(16);
  for (const [position, [left, top, right, bottom, wide, high]] of lines.entries()) {
    const { x, y } = placeOf(SAMPLE_PLAN, position);
    expect([wide, high]).toEqual([160, 128]);
    expect([left, top]).toEqual([-2 + (3 * x) / 640, 1.2 - (2.4 * y) / 512]);
    const [nextLeft] = lines[position + 1] ?? [];
    if (position % 4 !== 3) expect(nextLeft).toBe(right);
    const [, nextTop] = lines[position + 4] ?? [];
    if (position < 12) expect(nextTop).toBe(bottom);
  }
  expect(planOf({ tags: planTags(SAMPLE_PLAN), runs: 16 })).toEqual(SAMPLE_PLAN);
  for (const [tiles, runs] of [
    ['4x4 of 640x512', 15],
    ['0x4 of 1x1', 0],
    ['3x3 of 10x9', 9],
    ['x', 16],
  ] as const)
    expect([tiles, planOf({ tags: { tiles }, runs })]).toEqual([tiles, undefined]);
});

test('nothing that a gateway answers breaks the page: what is no task is none, and texts are bounded', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const task = readTask(value);
      expect(task === undefined || /^\d+$/.test(task.id)).toBe(true);
    }),
  );
  const log = { exit_code: 3, cpu_ms: 12, stdout_bytes: 5, outcome: 'exit', stderr: 'x'.repeat(20_000) };
  const task = readTask({
    id: '4',
    name: 'n',
    state: 'EXECUTOR_ERROR',
    executors: [{}, {}],
    logs: [{ logs: [log], system_logs: ['Run 1 of 2: it ended with exit code 3.'] }],
    tags: { tiles: 'x' },
  });
  expect(task).toMatchObject({
    id: '4',
    runs: 2,
    ended: [{ position: 0, isDone: false, exitCode: 3, cpuMs: 12, outputBytes: 5 }],
    sentence: 'Run 1 of 2: it ended with exit code 3.',
  });
  expect(task?.ended[0]?.log.length).toBe(10_000);
  expect(readTask({ id: '4/../../x', state: 'RUNNING' })).toBeUndefined();
});

describe('calls of the gateway', () => {
  test('a run sends bytes in and brings bytes out with the processor time, the token in a header alone', async () => {
    const fetched = vi.fn((_url: string, _options: RequestInit) =>
      Promise.resolve(new Response('out', { headers: { 'x-cpu-ms': '25' } })),
    );
    vi.stubGlobal('fetch', fetched);
    const answer = await openComputer(LINK).invoke(DIGEST, ['500', 'a b&c'], new Blob(['in'], { type: 'text/csv' }));
    expect(answer).toEqual({ ok: true, value: { output: bytesOf('out'), cpuMs: 25 } });
    const [url, options] = fetched.mock.calls[0] ?? [];
    expect(url).toBe(`${LINK.url}/algorithms/${DIGEST}/invoke?arg=500&arg=a+b%26c`);
    expect(options).toMatchObject({ method: 'POST', headers: { Authorization: `Bearer ${LINK.token}` } });
    // A type would make the browser ask whether it may be named.
    expect((options?.body as Blob).type).toBe('');
  });

  test('a failed run says its sentence, exit code, time and error stream; a refused call its sentence alone', async () => {
    const failed = {
      detail: 'It ended with exit code 3.',
      outcome: 'exit',
      exitCode: 3,
      cpuMs: 9,
      stderr: 'no column',
    };
    const answers = [failed, { detail: 'The order has ended.' }];
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json(answers.shift(), { status: 422 })));
    const run = () => openComputer(LINK).invoke(DIGEST, [], new Blob([]));
    expect(await run()).toEqual({
      ok: false,
      failure: { sentence: 'It ended with exit code 3.', exitCode: 3, cpuMs: 9, errors: 'no column' },
    });
    expect(await run()).toEqual({
      ok: false,
      failure: { sentence: 'The order has ended.', exitCode: null, cpuMs: undefined, errors: '' },
    });
  });

  test('a task is one of GA4GH TES: an input in the task and an executor for each line [8.4.1-a]', () => {
    const body: unknown = JSON.parse(taskBody({ name: 'n', digest: DIGEST, args: ['a'], inputs: ['one', 'two'] }));
    expect(body).toEqual({
      name: 'n',
      inputs: [
        { path: '/in/0', content: 'one' },
        { path: '/in/1', content: 'two' },
      ],
      executors: [0, 1].map((index) => ({
        image: `wasi:${DIGEST}`,
        command: ['program', 'a'],
        stdin: `/in/${index}`,
      })),
    });
  });
});

test('lines for curl quote everything that a shell would read, and name the chosen program', () => {
  const lines = curlLines(LINK, DIGEST);
  expect(lines).toContain(`/algorithms/${DIGEST}/invoke?arg=first&arg=second'`);
  for (const line of lines.split('\n').filter((one) => !one.startsWith('#')))
    expect([line, line.split("'").length % 2]).toEqual([line, 1]);
});
