import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { database } from '#lib/db.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import {
  BACKUP_PROVIDER,
  CUSTOMER,
  GENESIS_TIME,
  NODE_PROVIDER,
  PROVIDER,
  SECOND_PROVIDER,
  STRANGER,
} from '#lib/testing/sample-genesis.ts';
import { BROKER, MACHINE_AGENTS, sampleTask } from '#lib/testing/sample-task.ts';
import { getDemand, getDemands, getOpenDemand, getOpenDemands, getWhyNot } from './demands.ts';
import { getDesk, getDeskDemands, getRegistry } from './desk.ts';
import { getTaskOrigins } from './gateway-origin.ts';
import { newsSince } from './live.ts';
import { getBlock, getTransactions } from './explorer.ts';
import { getNotices } from './notices.ts';
import { getTask } from './tasks.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel(undefined, [sampleTask()]);
  const agent = { label: 'machine', sources: [], seenAt: new Date(GENESIS_TIME_MS) };
  await database().agent.createMany({
    data: MACHINE_AGENTS.map((address, index) => ({ ...agent, address, origin: `http://localhost:410${index}` })),
  });
});
afterAll(() => model.stop());

const GENESIS_TIME_MS = Number(GENESIS_TIME);
const NOW_MS = GENESIS_TIME_MS + 8_000;
const person = (id: bigint, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: '00'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: Number(id), roles, encryptionKey: '', name: null },
});
const nobody: Viewer = { kind: 'public' };
const customer = person(CUSTOMER, 'NRC');
const stranger = person(STRANGER, 'NRC');
const broker = person(BROKER, 'NRC', 'NRB');
const dataProvider = person(PROVIDER, 'NRC', 'NRP');
const nodeProvider = person(NODE_PROVIDER, 'NRC', 'NRNSP');
const first = person(SECOND_PROVIDER, 'NRC', 'NRP');
const second = person(BACKUP_PROVIDER, 'NRC', 'NRP');
const program = (account: bigint, ...roles: string[]): Viewer => ({
  kind: 'agent',
  address: '78'.repeat(20),
  account: Number(account),
  key: 1,
  roles,
});
const as = runAs;
const ids = ({ items }: { items: readonly { id: number }[] }) => items.map(({ id }) => id);

describe('demands', () => {
  test('a customer lists its own, newest first, by status and kind, with how many plans there are and what the cheapest costs [8.3.1-c]', async () => {
    const all = await as(customer, () => getDemands({}));
    expect(
      all.items.map(({ id, status, planCount, cheapestMicro, order }) => [id, status, planCount, cheapestMicro, order]),
    ).toEqual([
      [3, 'open', 1, '14400000', null],
      [2, 'open', 0, null, null],
      [1, 'decided', 3, '7200000', 10],
    ]);
    expect(ids(await as(customer, () => getDemands({ status: 'open', kind: 'storage' })))).toEqual([3]);
    expect(ids(await as(customer, () => getDemands({ page: 2 })))).toEqual([]);
    for (const other of [stranger, nobody, broker, first])
      expect((await as(other, () => getDemands({}))).total).toBe(0);
  });

  test('a demand shows its exact amounts, and plans with what people compare: place, price lines, promise, history, agent [I.1-3] [8.4.2-d]', async () => {
    const demand = await as(customer, () => getDemand(1));
    expect(demand).toMatchObject({
      viewer: 'customer',
      considered: 2,
      budgetMicro: '20000000',
      outcome: null,
      exact: [{ need: 0, meter: 'cpuMs', amount: 100_000, rule: 'subtasks × cpuMs × copies' }],
      work: { subtasks: 100, split: 'list', payload: '42'.repeat(32) },
      chosen: { plan: 3, aim: 'proposed', order: 10, broker: { id: Number(BROKER) }, feeMicro: '100000' },
    });
    expect(
      demand?.plans.map(({ plan, aim, totalMicro, broker: by }) => [plan, aim, totalMicro, by?.id ?? null]),
    ).toEqual([
      [2, 'cheapest', '7200000', null],
      [1, 'soonest', '14400000', null],
      [3, 'proposed', '14500000', Number(BROKER)],
    ]);
    const [cheapest] = demand?.plans ?? [];
    expect(cheapest).toMatchObject({ workMs: 50_000, expiresAtMs: NOW_MS + 600_000 });
    expect(cheapest?.parts).toMatchObject([
      {
        shares: [{ first: 0, count: 100 }],
        offer: {
          resource: { id: 4, title: 'Machine in Seattle 1', kind: 'computing', status: 'published' },
          provider: { id: Number(SECOND_PROVIDER) },
          // Its part of the sample's purchase was not delivered.
          completedOrders: 0,
          brokenOrders: 1,
          region: 'us-west',
          zone: 'Seattle 1',
          isInForce: true,
          promise: [{ meter: 'startMs', amount: 500 }],
          agent: { origin: 'http://localhost:4100', seenAtMs: GENESIS_TIME_MS },
        },
        lines: [{ amount: 2, amountMicro: '7200000' }],
        backup: { offer: { resource: { id: 5 }, zone: 'Seattle 2' }, holdMicro: '7200000' },
      },
    ]);
    expect(demand?.events.map(({ type }) => type)).toEqual([
      'RangeDecided',
      'TaskBegun',
      'PlanChosen',
      'DemandClosed',
      'PlanProposed',
      'PlansMade',
      'DemandPublished',
    ]);
  });

  test('an analysis replaces what brokers proposed beside the one before it', async () => {
    const demand = await as(customer, () => getDemand(3));
    expect(demand?.plans.map(({ aim }) => aim)).toEqual(['soonest']);
  });

  test('a demand is whole for its customer and for brokers, by themselves or by their programs; nobody else learns that there is one [7.2.1-b]', async () => {
    expect((await as(broker, () => getDemand(2)))?.viewer).toBe('broker');
    expect((await as(program(BROKER, 'NRB'), () => getDemand(2)))?.budgetMicro).toBe('20000000');
    expect((await as(program(CUSTOMER, 'NRC'), () => getDemand(2)))?.viewer).toBe('customer');
    const events = (await as(broker, () => getDemand(1)))?.events.map(({ sentence }) => sentence) ?? [];
    expect(events.join('\n')).toContain('chose a plan for D-1');
    const others = [nobody, stranger, dataProvider, first, second, program(STRANGER, 'NRC'), program(PROVIDER, 'NRP')];
    for (const other of others) {
      expect(await as(other, () => getDemand(2))).toEqual(await as(other, () => getDemand(99)));
      expect(await as(other, () => getWhyNot(2))).toBeNull();
    }
  });

  test('a provider sees open demands of kinds that it shares, without account and budget, and no others [7.2.1-b]', async () => {
    const forData = await as(dataProvider, () => getOpenDemands({}));
    expect(ids(forData)).toEqual([2]);
    expect(ids(await as(first, () => getOpenDemands({})))).toEqual([3, 2]);
    expect(ids(await as(first, () => getOpenDemands({ kind: 'computing' })))).toEqual([3]);
    expect(ids(await as(first, () => getOpenDemands({ kind: 'storage' })))).toEqual([]);
    const one = await as(dataProvider, () => getOpenDemand(2));
    expect(one).toMatchObject({ id: 2, needs: [{ kind: 'data', terms: [{ name: 'region', value: 'us-west' }] }] });
    for (const text of [JSON.stringify(one), JSON.stringify(forData)])
      expect(text).not.toMatch(/customer|budget|20000000|address/i);
    expect(await as(dataProvider, () => getOpenDemand(3))).toBeNull();
    // Decided: nobody looks for offers any more.
    expect(await as(first, () => getOpenDemand(1))).toBeNull();
    for (const other of [nobody, stranger, customer, broker]) {
      expect((await as(other, () => getOpenDemands({}))).total).toBe(0);
      expect(await as(other, () => getOpenDemand(2))).toBeNull();
    }
  });

  test('a page of the explorer tells everybody that demands move, and only their parties of whom and for how much [7.2.5-a]', async () => {
    const read = async (viewer: Viewer) =>
      (await as(viewer, () => getBlock(8)))?.events.map(({ type, sentence }) => `${type}: ${sentence}`).join('\n') ??
      '';
    expect(await read(customer)).toMatch(/D-1: O-10.*; 14\.40 tokens are held, 0\.10 tokens paid to A-7/);
    for (const viewer of [nobody, stranger, first, second]) {
      const text = await read(viewer);
      expect(text).toContain('A demand was published');
      expect(text).not.toMatch(/A-2 published|A-2 chose|14\.40 tokens are held, 0|paid to A-7/);
    }
    // A broker reads every demand, and no order.
    const brokers = await read(broker);
    expect(brokers).toContain('A-2 chose a plan for D-1');
    expect(brokers).not.toContain('A-2 reserved');
    // Each provider its own range alone.
    expect(await read(second)).toContain('has to run sub-tasks 61 to 100 of D-1');
    expect(await read(second)).not.toContain('sub-tasks 1 to 60');
    const choice = (await as(stranger, () => getTransactions(1))).items.find(({ method }) => method === 'ChoosePlan');
    expect(choice?.account).toBeNull();
  });

  test('a broker’s request is its own, the node provider’s to hand on, then the provider’s; its answer the customer reads [6.2.6-e] [8.4.2-e]', async () => {
    const notices = async (viewer: Viewer, filter: Parameters<typeof getNotices>[0]) =>
      (await as(viewer, () => getNotices(filter))).items.map(({ notice, status }) => [notice, status]);
    const both = [
      [2, 'sent'],
      [1, 'shared'],
    ];
    expect(await notices(broker, { as: 'broker' })).toEqual(both);
    expect(await notices(nodeProvider, { as: 'node-provider' })).toEqual(both);
    expect(await notices(nodeProvider, { as: 'node-provider', open: true })).toEqual([[2, 'sent']]);
    // What nobody has handed on yet the provider does not see.
    expect(await notices(dataProvider, { as: 'provider' })).toEqual([[1, 'shared']]);
    const [answered] = (await as(dataProvider, () => getNotices({ as: 'provider' }))).items;
    expect(answered).toMatchObject({ kind: 'data', resource: { id: 1, title: 'Seattle weather' }, demand: { id: 2 } });
    expect(JSON.stringify(answered)).not.toMatch(/budget|0x0202/);
    expect((await as(customer, () => getDemand(2)))?.notices.map(({ notice }) => notice)).toEqual([1]);
    expect((await as(broker, () => getDemand(2)))?.notices.map(({ notice }) => notice)).toEqual([2, 1]);
    for (const other of [nobody, stranger, customer, first])
      for (const role of ['broker', 'node-provider', 'provider'] as const)
        expect(await notices(other, { as: role })).toEqual([]);
  });

  test('live updates name a demand to its customer, to brokers, and to providers of its kinds', async () => {
    const changed = async (viewer: Viewer) =>
      (await newsSince(7, viewer)).changed.filter((name) => name.startsWith('demand')).toSorted();
    expect(await changed(customer)).toEqual(['demand:1', 'demand:2', 'demand:3']);
    expect(await changed(broker)).toEqual(['demand:1', 'demand:2', 'demand:3']);
    expect(await changed(dataProvider)).toEqual(['demand:2']);
    for (const other of [nobody, stranger]) expect(await changed(other)).toEqual([]);
  });
});

describe('a task', () => {
  test('its customer sees all of it: totals, each range with who ran it and why, and where results are [8.4.2-e]', async () => {
    const task = await as(customer, () => getTask(10));
    expect(task).toMatchObject({ viewer: 'customer', demand: 1, order: 10, outcome: null, outcomeReason: '' });
    expect(task?.totals).toEqual({
      subtasks: 100,
      waiting: 0,
      assigned: 40,
      started: 0,
      compared: 0,
      done: 58,
      failed: 2,
      cpuMs: 55_000,
    });
    expect(task?.ranges.map(({ range, first: from, count, state }) => [range, from, count, state])).toEqual([
      [0, 0, 60, 'decided'],
      [1, 60, 40, 'assigned'],
    ]);
    expect(task?.ranges[0]?.runs).toMatchObject([
      { agreement: 10, name: 'O-10/1', state: 'finished', failed: 2, resultRoot: '62'.repeat(32), isRejected: false },
    ]);
    expect(
      task?.ranges[1]?.runs.map(({ agreement, attempt, reason, state, fault }) => [
        agreement,
        attempt,
        reason,
        state,
        fault,
      ]),
    ).toEqual([
      [11, 1, 'planned', 'failed', 'machine-trouble'],
      [10, 2, 'failed', 'assigned', null],
    ]);
    expect(task?.agreements.map(({ name, gateway }) => [name, gateway])).toEqual([
      ['O-10/1', 'http://localhost:4100'],
      ['O-10/2', 'http://localhost:4101'],
    ]);
    expect(await as(customer, () => getTaskOrigins(10))).toEqual(['http://localhost:4100', 'http://localhost:4101']);
  });

  test('a provider sees its own ranges alone, nothing of those of others; everybody else nothing [7.2.1-b]', async () => {
    const task = await as(second, () => getTask(11));
    expect(task).toMatchObject({
      viewer: 'provider',
      order: 11,
      outcome: null,
      agreements: [{ agreement: 11, gateway: null }],
    });
    expect(task?.ranges.map(({ range, state, runs }) => [range, state, runs.length])).toEqual([[1, 'waiting', 1]]);
    expect(task?.totals).toMatchObject({ subtasks: 40, waiting: 40, done: 0, cpuMs: 0 });
    expect(JSON.stringify(task)).not.toMatch(/O-10|"agreement":10|Seattle 1|0x0505/);
    expect((await as(first, () => getTask(10)))?.totals).toMatchObject({ subtasks: 100, done: 58, assigned: 40 });
    for (const other of [nobody, stranger, broker, dataProvider, second]) {
      expect(await as(other, () => getTask(10))).toEqual(await as(other, () => getTask(99)));
      expect(await as(other, () => getTaskOrigins(10))).toEqual([]);
    }
    // An order that no plan became has no task.
    expect(await as(customer, () => getTask(1))).toBeNull();
  });
});

describe('the broker’s desk', () => {
  test('open demands, those without a plan first, by kind, region, age and whether a plan meets them [6.2.6-c]', async () => {
    expect(ids(await as(broker, () => getDeskDemands({})))).toEqual([2, 3]);
    expect(ids(await as(broker, () => getDeskDemands({ unmet: true })))).toEqual([2]);
    expect(ids(await as(broker, () => getDeskDemands({ kind: 'storage' })))).toEqual([3]);
    expect(ids(await as(broker, () => getDeskDemands({ region: 'us-west' })))).toEqual([2, 3]);
    expect(ids(await as(broker, () => getDeskDemands({ region: "eu' OR 1=1 --" })))).toEqual([]);
    expect(ids(await as(broker, () => getDeskDemands({ ageMsMin: Number.MAX_SAFE_INTEGER })))).toEqual([]);
  });

  test('thin supply stands first, a kind that is asked for and offered by nobody before all [6.2.6-c]', async () => {
    const desk = await as(broker, () => getDesk({}));
    expect(desk?.supply[0]).toMatchObject({ kind: 'storage', offers: 0, openDemands: 1 });
    const machines = desk?.supply.filter(({ kind }) => kind === 'computing');
    expect(machines?.map(({ zone, offers, freePerMille }) => [zone, offers, freePerMille])).toEqual([
      ['Seattle 1', 1, 1_000],
      ['Seattle 2', 1, 1_000],
    ]);
    expect(machines?.[0]?.capacity).toEqual([
      { meter: 'memoryMiB', amount: 4_096 },
      { meter: 'slots', amount: 4 },
    ]);
    const shares = (desk?.supply ?? []).slice(1).map(({ freePerMille }) => freePerMille);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    // Settled in the sample: 2.7, 0 and 0.988 tokens, 75 and 50 minutes of service.
    const volume = desk?.volumes.find(({ kind }) => kind === 'data');
    expect(volume).toMatchObject({ settled: 3, chargeMicro: '3688000' });
  });

  test('the registry lists every resource with its test, free capacity and agent, for brokers alone', async () => {
    const registry = await as(broker, () => getRegistry({ kind: 'computing' }));
    expect(registry.items.map(({ resource, zone, agentSeenAtMs }) => [resource.id, zone, agentSeenAtMs])).toEqual([
      [5, 'Seattle 2', GENESIS_TIME_MS],
      [4, 'Seattle 1', GENESIS_TIME_MS],
    ]);
    for (const other of [nobody, stranger, customer, first, program(SECOND_PROVIDER, 'NRP')]) {
      expect((await as(other, () => getRegistry({}))).total).toBe(0);
      expect((await as(other, () => getDeskDemands({}))).total).toBe(0);
      expect(await as(other, () => getDesk({}))).toBeNull();
    }
    expect((await as(program(BROKER, 'NRC', 'NRB'), () => getRegistry({}))).total).toBe(5);
  });
});
