import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toHex } from '#ledger/core/bytes.ts';
import { anchorToJson } from '#ledger/core/genesis.ts';
import { MarketRig, type RigPortal } from '#agent/testing/market-rig.ts';
import { scrape, valuesOf } from '#metrics/testing/exposition.ts';
import { parseBrokerConfig } from './config.ts';

const TOKEN = 'a token of more than thirty-two characters';
const program = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
let rig: MarketRig;
let portal: RigPortal;
let child: ChildProcess | undefined;
/** Where it tells its figures. */
let metrics = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-broker-'));
  rig = new MarketRig();
  portal = await rig.portal(3);
});
afterEach(async () => {
  await kill();
  rig.close();
  rmSync(folder, { recursive: true });
});

const config = () => ({
  account: 'A-6',
  home: '.',
  anchor: 'anchor.json',
  regions: ['US-WA'],
  nodeProviders: [{ portal: portal.origin, account: 'A-3' }],
  api: { port: 0, token: TOKEN },
  measureEveryMs: 1_000,
  metrics: '127.0.0.1:0',
});

function writeFiles(): string {
  const file = join(folder, 'broker.json');
  writeFileSync(file, JSON.stringify(config()), { mode: 0o600 });
  writeFileSync(join(folder, 'anchor.json'), anchorToJson(rig.ledger.anchor));
  writeFileSync(join(folder, 'key.json'), JSON.stringify({ secretKey: toHex(rig.program.secret) }), { mode: 0o600 });
  return file;
}

/** Starts the program; its API's origin. */
async function start(file: string): Promise<string> {
  const started = spawn(process.execPath, [program, '--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  const lines = createInterface({ input: started.stdout });
  for await (const line of lines) {
    if (line.startsWith('{"metrics"')) ({ metrics } = JSON.parse(line) as { metrics: string });
    if (line.includes('"ready"')) return `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
  }
  throw new Error('the program ended before it was ready');
}

async function kill(): Promise<void> {
  if (child?.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function read(url: string, path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${url}${path}`)).json()) as Record<string, unknown>;
}

test('killed in the midst of a request and started again, the program has its copy and sends the same bytes, once in effect [8.4.2-a/e] [6.2.6-e]', async () => {
  rig.publish('weather');
  const demand = Number(rig.demand());
  const file = writeFiles();
  let url = await start(file);
  await expect.poll(async () => (await read(url, '/health'))['isAllowed'], { timeout: 30_000 }).toBe(true);
  await expect.poll(async () => (await read(url, '/health'))['openDemands'], { timeout: 30_000 }).toBe(1);
  await fetch(`${url}/../etc`);
  const portals = async (): Promise<unknown> => valuesOf((await scrape(metrics)).samples, 'interpool_broker_portals');
  await expect.poll(portals, { timeout: 10_000 }).toEqual({ used: 1, degraded: 0, away: 0 });
  const { samples } = await scrape(metrics);
  expect(valuesOf(samples, 'interpool_broker_open_demands')).toEqual({ '': 1 });
  expect(valuesOf(samples, 'interpool_broker_resources')).toEqual({ '': 1 });
  expect(valuesOf(samples, 'interpool_broker_requests_total')).toMatchObject({ 'other 404': 1 });
  // The ledger takes the request, and nobody hears of it.
  portal.losesAnswers = true;
  const headers = { authorization: `Bearer ${TOKEN}` };
  const body = JSON.stringify({ demand, provider: 'A-1', kind: 'data' });
  const answer = fetch(`${url}/forward`, { method: 'POST', headers, body }).catch(() => undefined);
  await expect.poll(() => portal.sent.length, { timeout: 30_000 }).toBeGreaterThan(0);
  portal.isAway = true;
  await kill();
  await answer;
  url = await start(file);
  const offline = await read(url, '/registry');
  expect(offline).toMatchObject({ isBehind: true, total: 1, items: [{ resource: 1, title: 'Seattle weather' }] });
  [portal.isAway, portal.losesAnswers] = [false, false];
  // Asked for again it is the same request, whether the answer to the first bytes is known by now or not.
  const again = async (): Promise<unknown> => (await fetch(`${url}/forward`, { method: 'POST', headers, body })).json();
  await expect.poll(again, { timeout: 40_000 }).toMatchObject({ sent: { state: 'taken', nodeProvider: 3 } });
  await expect
    .poll(async () => (await read(url, '/notices'))['items'], { timeout: 40_000 })
    .toMatchObject([{ notice: 1, status: 'sent' }]);
  expect(new Set(portal.sent).size).toBe(1);
});

test('a config file that others can read is refused, and its token is not printed', async () => {
  const file = writeFiles();
  chmodSync(file, 0o644);
  const started = spawn(process.execPath, [program, '--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(started, 'close')) as [number];
  expect([code, said.includes('chmod 600'), said.includes(TOKEN)]).toEqual([1, true, false]);
});

test.each([
  ['account', { account: '6' }],
  ['nodeProviders.0.portal', { nodeProviders: [{ portal: 'http://portal.example', account: 'A-3' }] }],
  [
    'portal',
    { nodeProviders: Array.from({ length: 2 }, () => ({ portal: 'https://portal.example', account: 'A-3' })) },
  ],
  ['regions', { regions: [] }],
  ['api.token', { api: { port: 1, token: 'short' } }],
  ['metrics', { metrics: '0.0.0.0:9464' }],
  ['feePerMille', { feePerMille: 1.5 }],
  ['tokens', { tokens: TOKEN }],
])('a wrong %s is named, and a token never', (field, wrong) => {
  const parsed = parseBrokerConfig(JSON.stringify({ ...config(), ...wrong }), '/x/broker.json');
  expect(parsed).toMatchObject({ ok: false, sentence: expect.stringContaining(field) as unknown });
  const broken = parseBrokerConfig(`${JSON.stringify(config())}}`, '/x/broker.json');
  expect(broken.ok ? '' : broken.sentence).not.toContain(TOKEN.slice(0, 8));
});
