import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { places, strategy } from '#ledger/contracts/testing/samples.ts';
import { MarketRig, type RigPortal } from '#agent/testing/market-rig.ts';
import { Broker } from './broker.ts';
import type { BrokerConfig } from './config.ts';

const TOKEN = 'a token of more than thirty-two characters';
const NODE_PROVIDER = 3;

let folder: string;
let rig: MarketRig;
let portal: RigPortal;
let broker: Broker | undefined;
let url: string;
let nowMs: number;
let said: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-broker-'));
  rig = new MarketRig();
  portal = await rig.portal(NODE_PROVIDER);
  nowMs = rig.ledger.nowMs;
  said = [];
});
afterEach(async () => {
  await broker?.stop();
  broker = undefined;
  rig.close();
  rmSync(folder, { recursive: true });
});

async function start(fields: Partial<BrokerConfig> = {}): Promise<void> {
  const config: BrokerConfig = {
    account: Number(rig.broker.account),
    label: 'Edge broker',
    home: folder,
    anchor: '',
    regions: ['US-WA'],
    nodeProviders: [{ portal: portal.origin, account: portal.account }],
    api: { host: '127.0.0.1', port: 0, token: TOKEN },
    measureEveryMs: 1_000,
    propose: false,
    feePerMille: 10,
    isLoopback: true,
    ...fields,
  };
  const { anchor } = rig.ledger;
  const started = await Broker.start({
    config,
    anchor,
    key: rig.key,
    nowMs: () => nowMs,
    onFatal: (sentence) => said.push(`fatal: ${sentence}`),
    log: (sentence) => said.push(sentence),
  });
  if (!started.ok) throw new Error(started.sentence);
  broker = started.value.broker;
  url = `http://127.0.0.1:${started.value.port}`;
}

type Body = { asOf: { height: number } | null; isBehind: boolean } & Record<string, unknown>;

async function get(path: string): Promise<Body> {
  const response = await fetch(`${url}${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as Body;
}

const height = () => Number(rig.ledger.network.machine.info().height);

/** Until the broker knows the newest block. */
async function caughtUp(): Promise<void> {
  await expect.poll(async () => (await get('/health')).asOf?.height, { timeout: 20_000 }).toBe(height());
}

function forward(body: unknown, token = TOKEN): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(`${url}/forward`, { method: 'POST', headers, body: JSON.stringify(body) });
}

test('it answers from its copy as of a block while the portal is away, also after a restart, and says that it may be behind [8.4.2-a] [6.2.6-a/b]', async () => {
  rig.publish('first');
  rig.publish('second', { microPerHour: 1_000_000n });
  const demand = rig.demand();
  await start();
  await caughtUp();
  const before = await get('/registry?kind=data&free=places:2');
  expect(before).toMatchObject({ isBehind: false, asOf: { height: height() }, total: 2 });
  portal.isAway = true;
  await broker?.stop();
  await start();
  nowMs += 31_000;
  rig.publish('third');
  const away = await get('/registry?kind=data&free=places:2');
  expect(away).toEqual({ ...before, isBehind: true });
  expect(await get('/catalogue?text=SEATTLE')).toMatchObject({ total: 2, isBehind: true });
  expect(await get('/registry?kind=data&free=places:3')).toMatchObject({ items: [], total: 0 });
  expect(await get('/demands')).toMatchObject({ items: [{ demand: Number(demand), budgetMicro: '10000000' }] });
  portal.isAway = false;
  await caughtUp();
  expect(await get('/registry')).toMatchObject({ total: 3, isBehind: false });
});

test('it recommends what fits a demand and says what keeps the others out, as the ledger itself does [8.3.2-a] [8.4.2-c]', async () => {
  rig.publish('cheap', { microPerHour: 1_000_000n });
  rig.publish('strict', { rule: "use.purpose == 'education'" });
  rig.publish('trusting', { rule: 'applicant.completedOrders >= 0' });
  const demand = rig.demand();
  await start();
  await caughtUp();
  const advice = await get(`/recommendations?demand=D-${demand}`);
  expect(advice).toMatchObject({
    fits: [{ resource: 1 }],
    others: [
      { resource: 2, rule: 'conditions', sentence: expect.stringContaining('a rule of the provider') as unknown },
      // What only the ledger can judge is said to be so.
      { resource: 3, rule: 'conditions', sentence: expect.stringContaining('only the ledger knows') as unknown },
    ],
    plans: [{ aim: 'cheapest', parts: [{ resource: 1, holdMicro: '1000000' }] }],
  });
  const missing = await fetch(`${url}/recommendations?demand=99`);
  expect(missing.status).toBe(404);
});

test('a request is forwarded with the token alone, once, and its state is shown [8.4.2-e]', async () => {
  rig.publish('first');
  const demand = Number(rig.demand());
  await start();
  await caughtUp();
  await expect.poll(async () => (await get('/health')).isAllowed, { timeout: 20_000 }).toBe(true);
  const asked = { demand, provider: 'A-1', kind: 'data' };
  expect((await forward(asked, 'b token of more than thirty-two characters')).status).toBe(401);
  expect((await forward({ ...asked, kind: 'gold' })).status).toBe(400);
  expect((await forward({ ...asked, demand: 'x'.repeat(5_000) })).status).toBe(413);
  expect((await fetch(`${url}/forward`)).status).toBe(405);
  for (let times = 0; times < 2; times += 1) {
    const sent = await forward(asked);
    expect([sent.status, await sent.json()]).toMatchObject([
      200,
      { sent: { state: 'taken', nodeProvider: NODE_PROVIDER } },
    ]);
  }
  const refused = await forward({ ...asked, demand: 99 });
  expect([refused.status, await refused.json()]).toMatchObject([
    409,
    { detail: expect.stringContaining('1110') as unknown },
  ]);
  await caughtUp();
  expect(await get('/notices')).toMatchObject({ items: [{ notice: 1, status: 'sent', through: portal.origin }] });
  expect(said.join(' ')).not.toContain(TOKEN);
});

test('a name of this machine that somebody else made up gets no answer', async () => {
  await start();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const call = request(`${url}/demands`, { headers: { host: 'evil.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.once('error', reject).end();
  });
  expect(status).toBe(421);
});

test('where no plan stands or a cheaper one can be had it proposes one with its fee, once, and the ledger takes it [8.3.2-a] [8.4.2-c]', async () => {
  const unmet = rig.demand();
  rig.publish('first');
  const met = rig.demand();
  // From now on an hour costs a third of what the demand’s plan says.
  rig.publish('second', { microPerHour: 1_000_000n });
  await start({ propose: true });
  await expect
    .poll(async () => (await get('/demands')).items, { timeout: 40_000, interval: 500 })
    .toMatchObject([
      {
        demand: Number(unmet),
        plans: [{ aim: 'proposed', broker: 6, feeMicro: '10000', holdMicro: '1000000', resources: [2] }],
      },
      {
        demand: Number(met),
        plans: [
          { aim: 'cheapest', resources: [1] },
          { aim: 'proposed', broker: 6, resources: [2] },
        ],
      },
    ]);
  const proposals = portal.sent.length;
  expect(proposals).toBe(2);
  await broker?.stop();
  await start({ propose: true });
  await caughtUp();
  await broker?.stop();
  expect(portal.sent).toHaveLength(proposals);
  broker = undefined;
});

test('of demands that wait for a match it proposes one that serves them all, and the ledger takes it as the best [8.3.2-b]', async () => {
  rig.publish('first');
  const { network } = rig.ledger;
  rig.succeed(network.provider, 'ReviseStrategy', { resource: 1n, capacity: places(1n), strategy: strategy() });
  rig.publish('second', { microPerHour: 5_000_000n });
  const [dear, cheap] = [rig.demand({ batch: true }), rig.demand({ batch: true, budgetMicro: 4_000_000n })];
  await start({ propose: true });
  const proposed = () => rig.ledger.events('').items.length;
  const before = proposed();
  await expect.poll(proposed, { timeout: 20_000 }).toBeGreaterThan(before);
  rig.ledger.block([], 700_000n);
  await expect
    .poll(async () => (await get('/transactions')).items, { timeout: 20_000 })
    .toEqual([{ kinds: 'data', orders: 2, holdMicro: '8600000' }]);
  expect([dear, cheap, portal.sent.length]).toEqual([1n, 2n, 1]);
});
