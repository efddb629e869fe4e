import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { command } from '#agent/sandbox/testing/modules.ts';
import { KindRig } from '#agent/testing/kind-rig.ts';
import { computing, computingWaysTerms, readComputer } from '#ledger/contracts/kinds/computing.ts';
import { computingKind } from './computing-kind.ts';

const MANDELBROT = readFileSync(new URL('../../../public/algorithms/mandelbrot.wasm', import.meta.url));
const LOOP = command('(loop $again (br $again))');
const computer = {
  id: 'edge',
  title: 'Edge',
  slots: 4,
  memoryMiB: 256,
  region: 'US-WA',
  zone: 'Seattle 1',
  place: '47.6,-122.3',
};

let folder: string;
let said: string[];
let rig: KindRig;
let roundTrip: Outcome<number>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'computing-kind-'));
  said = [];
  roundTrip = done(12);
  rig = new KindRig({
    folder,
    windowMs: 600_000,
    log: (sentence) => said.push(sentence),
    kind: 'computing',
    module: computingKind,
    section: { computers: [computer] },
    sourceId: 'edge',
    measureRoundTrip: () => Promise.resolve(roundTrip),
    terms: {
      ways: computingWaysTerms(500n),
      amounts: { bytes: 10_000_000, calls: 100, cpuMs: 5_000, memoryMiB: 64, runs: 3, slots: 2 },
      promise: [{ meter: 'startMs', amount: 500 }],
    },
  });
  await rig.start();
});
afterEach(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function sent(agreement: number, module: Uint8Array): Promise<string> {
  const response = await rig.call(agreement, '/algorithms', { method: 'POST', body: new Uint8Array(module) });
  expect(response.status).toBe(201);
  return ((await response.json()) as { digest: string }).digest;
}

describe('a computer behind the gateway [8.1.1-a] [8.4.3-a]', () => {
  test('its description is measured, sound by the ledger’s own rule, and holds when it is measured again', async () => {
    const { attributes } = rig.published;
    expect(computing.areAttributesSound(attributes)).toBe(true);
    expect(readComputer(attributes)).toMatchObject({
      slots: 4n,
      memoryMiB: 256n,
      region: 'US-WA',
      zone: 'Seattle 1',
      place: '47.6,-122.3',
    });
    const again = await rig.open.test('edge');
    expect(again.ok && computing.changes(again.value.attributes, attributes)).toEqual([]);
  });

  test('its round trip is measured when its provider tests it; a comparison goes on while the portal is away [I.2-7]', async () => {
    const { attributes } = rig.published;
    expect(readComputer(attributes)).toMatchObject({ roundTripMs: 12n, place: '47.6,-122.3' });
    roundTrip = done(40);
    const nearer = await rig.open.test('edge');
    expect(nearer.ok && readComputer(nearer.value.attributes)?.roundTripMs).toBe(40n);
    roundTrip = failed('The portal did not answer.');
    expect(await rig.open.test('edge')).toEqual({ ok: false, sentence: 'The portal did not answer.' });
    const compared = await rig.open.test('edge', rig.published);
    expect(compared.ok && computing.changes(compared.value.attributes, attributes)).toEqual([]);
  });

  test('a customer’s program runs by the link, and runs and processor time are counted before the answer can be read', async () => {
    await rig.deliver(12);
    const digest = await sent(12, MANDELBROT);
    const body = '-2 1.2 1 -1.2 64 64';
    const picture = await rig.call(12, `/algorithms/${digest}/invoke?arg=50`, { method: 'POST', body });
    expect(picture.status).toBe(200);
    const { runs = 0, cpuMs = 0 } = rig.meter.usage(12);
    expect(runs).toBe(1);
    expect(cpuMs).toBeGreaterThan(0);
    const bytes = new Uint8Array(await picture.arrayBuffer());
    expect(Buffer.from(bytes.subarray(0, 2)).toString()).toBe('BM');
    const state = (await (await rig.call(12, '')).json()) as Record<string, unknown>;
    expect(state).toMatchObject({ state: 'open', slots: 2, runMemoryMiB: 32, runs: 1, runsLeft: 2 });
  });

  test('when its runs are used up nothing more is run, and what was made can still be fetched', async () => {
    await rig.deliver(12);
    const image = await sent(12, MANDELBROT);
    const inputs = [{ path: '/tile', content: '-2 1.2 1 -1.2 8 8' }];
    const executors = [1, 2, 3].map(() => ({ image, command: ['tile'], stdin: '/tile' }));
    const create = { method: 'POST', body: JSON.stringify({ inputs, executors }) };
    const { id } = (await (await rig.call(12, '/ga4gh/tes/v1/tasks', create)).json()) as { id: string };
    const stateOf = async () =>
      ((await (await rig.call(12, `/ga4gh/tes/v1/tasks/${id}`)).json()) as { state: string }).state;
    await expect.poll(stateOf, { timeout: 10_000 }).toBe('COMPLETE');
    const refused = await rig.call(12, `/algorithms/${image}/invoke`, { method: 'POST', body: '' });
    expect(refused.status).toBe(422);
    expect(((await refused.json()) as { detail: string }).detail).toContain('used up');
    expect((await rig.call(12, `/tasks/${id}/outputs/2`)).status).toBe(200);
    expect(said.filter((line) => line.includes('is used up'))).toEqual([]);
  });

  test('another order’s link finds none of it; a program that loops is ended and the others run on', async () => {
    await rig.deliver(12);
    await rig.deliver(13);
    const loop = await sent(12, LOOP);
    const digest = await sent(13, MANDELBROT);
    expect((await rig.call(13, `/algorithms/${loop}/invoke`, { method: 'POST', body: '' })).status).toBe(404);
    const [looping, picture] = await Promise.all([
      rig.call(12, `/algorithms/${loop}/invoke`, { method: 'POST', body: '' }),
      rig.call(13, `/algorithms/${digest}/invoke`, { method: 'POST', body: '-2 1.2 1 -1.2 8 8' }),
    ]);
    expect([looping.status, picture.status]).toEqual([422, 200]);
    expect(rig.meter.usage(12)['cpuMs']).toBeGreaterThanOrEqual(500);
  });

  test('a restart keeps algorithms and runs queued tasks again; the end kills and erases everything', async () => {
    const terms = await rig.deliver(12);
    const image = await sent(12, MANDELBROT);
    await rig.stop();
    await rig.start();
    expect((await rig.call(12, '/algorithms')).status).toBe(200);
    const inputs = [{ path: '/tile', content: '-2 1.2 1 -1.2 8 8' }];
    const task = { inputs, executors: [{ image, command: ['tile'], stdin: '/tile' }] };
    const created = await rig.call(12, '/ga4gh/tes/v1/tasks', { method: 'POST', body: JSON.stringify(task) });
    expect(created.status).toBe(200);
    const order = join(folder, 'computing', 'orders', '12');
    expect(existsSync(order)).toBe(true);
    expect(await rig.open.release(terms)).toMatchObject({ ok: true });
    expect(existsSync(order)).toBe(false);
    expect(await rig.open.release(terms)).toMatchObject({ ok: true });
  });

  test('after the window nothing begins, and the link says why', async () => {
    const terms = await rig.deliver(12);
    await sent(12, MANDELBROT);
    rig.nowMs = () => Date.now() + 700_000;
    const late = await rig.call(12, '/algorithms');
    expect(late.status).toBe(410);
    expect(rig.open.describe(terms)).toMatchObject({ slots: 2 });
  });

  test.each([
    ['GET', '/algorithms/..%2f..%2fkey.json', 404],
    ['POST', '/algorithms', 422],
    ['PUT', '/algorithms', 405],
    ['POST', '/ga4gh/tes/v1/tasks', 400],
    ['GET', '/orders/12', 404],
  ])('%s %s is refused with %i', async (method, path, status) => {
    await rig.deliver(12);
    const response = await rig.call(12, path, { method, ...(method === 'GET' ? {} : { body: 'x' }) });
    expect(response.status).toBe(status);
  });
});

describe('the config file', () => {
  test.each([
    ['no computers', { computers: [] }],
    ['no slots', { computers: [{ ...computer, slots: 0 }] }],
    ['too little memory', { computers: [{ ...computer, memoryMiB: 1 }] }],
    ['a place with markup', { computers: [{ ...computer, region: '<b>' }] }],
    ['no place', { computers: [{ ...computer, place: undefined }] }],
    ['a place that is no text', { computers: [{ ...computer, place: [47.6, -122.3] }] }],
    ['a place too near', { computers: [{ ...computer, place: '47.606,-122.332' }] }],
    ['a place beyond the pole', { computers: [{ ...computer, place: '90.1,0.0' }] }],
    ['a word that is not known', { computers: [{ ...computer, gpu: 1 }] }],
  ])('%s is refused with the field named', (_, section) => {
    const configured = computingKind.configure(section, '/tmp');
    expect(configured.ok ? '' : configured.sentence).toMatch(/^computing\.computers/);
  });
});
