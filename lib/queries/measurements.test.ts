import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { getMeasurements } from './measurements.ts';

const NODES = 70;
const PORTAL = 82;
const FROM_MS = Date.UTC(2026, 0, 2, 3);
const HOUR_MS = 3_600_000;
const MAINTAINER: Viewer = { kind: 'agent', address: '66'.repeat(20), account: 17, key: 1, roles: ['NRNSM'] };

let model: TestReadModel;
let client: pg.Client;

const at = (ms: number): string => new Date(FROM_MS + ms).toISOString();
const addressOf = (node: number): string => node.toString(16).padStart(40, '0');

beforeAll(async () => {
  model = await startReadModel();
  client = new pg.Client(model.url);
  await client.connect();
  const nodes = placeOf('nodes');
  await client.query(`CREATE TEMP TABLE one AS SELECT * FROM ${nodes} LIMIT 1`);
  await client.query(`DELETE FROM ${nodes}`);
  for (let node = 1; node <= NODES; node += 1) {
    const isValidator = node === 2;
    await client.query(`UPDATE one SET "id" = $1, "class" = $2, "status" = $3, "address" = $4`, [
      node,
      isValidator ? 'consensus' : 'service',
      node === 3 ? 'retired' : isValidator ? 'validating' : 'active',
      addressOf(node),
    ]);
    await client.query(`INSERT INTO ${nodes} SELECT * FROM one`);
    await client.query(`INSERT INTO monitoring.subjects ("kind", "key") VALUES ($1, $2)`, [
      isValidator ? 'validator' : 'agent',
      addressOf(node),
    ]);
  }
  await client.query(
    `INSERT INTO monitoring.subjects ("kind", "key") VALUES ('portal', 'https://portal.test'), ('portal', 'https://unasked.test')`,
  );
  // Two name one address: the first that was admitted is the portal. One registers alone, one names an address that nobody watches.
  for (const [node, status, endpoint] of [
    [PORTAL - 1, 'registered', 'https://portal.test'],
    [PORTAL, 'active', 'https://portal.test'],
    [PORTAL + 1, 'active', 'https://portal.test'],
    [PORTAL + 2, 'registered', 'https://unasked.test'],
    [PORTAL + 3, 'active', 'https://unwatched.test'],
    [PORTAL + 4, 'active', ''],
  ]) {
    await client.query(`UPDATE one SET "id" = $1, "class" = 'common', "status" = $2, "endpoint" = $3, "address" = $4`, [
      node,
      status,
      endpoint,
      addressOf(Number(node)),
    ]);
    await client.query(`INSERT INTO ${nodes} SELECT * FROM one`);
  }
  const subject = async (node: number): Promise<number> =>
    (await client.query<{ id: number }>(`SELECT "id" FROM monitoring.subjects WHERE "key" = $1`, [addressOf(node)]))
      .rows[0]!.id;
  await client.query(
    `CREATE TABLE monitoring.samples_then PARTITION OF monitoring.samples FOR VALUES FROM ('2026-01-02') TO ('2026-01-03');
     CREATE TABLE monitoring.probes_then PARTITION OF monitoring.probes FOR VALUES FROM ('2026-01-02') TO ('2026-01-03')`,
  );
  const [agent, validator] = [await subject(1), await subject(2)];
  for (const [ms, orders] of [
    [-60_000, 9],
    [-5_000, 1],
    [4_000, 2],
    [HOUR_MS, 7],
  ])
    await client.query(`INSERT INTO monitoring.samples ("subject", "at", "orders") VALUES ($1, $2, $3)`, [
      agent,
      at(ms!),
      orders,
    ]);
  await client.query(
    `INSERT INTO monitoring.probes ("subject", "at", "isOk", "sentence") VALUES ($1, $2, false, 'It did not answer.')`,
    [agent, at(9_000)],
  );
  for (const [ms, status] of [
    [-90_000, 'unknown'],
    [-30_000, 'up'],
    [20_000, 'failed'],
    [HOUR_MS, 'up'],
  ])
    await client.query(
      `INSERT INTO monitoring.state_changes ("subject", "at", "status", "sentence") VALUES ($1, $2, $3, 'It was found so.')`,
      [validator, at(Number(ms)), status],
    );
  const { rows: portals } = await client.query<{ id: number }>(
    `SELECT "id" FROM monitoring.subjects WHERE "key" = 'https://portal.test'`,
  );
  await client.query(`INSERT INTO monitoring.samples ("subject", "at", "height") VALUES ($1, $2, 5)`, [
    portals[0]!.id,
    at(4_000),
  ]);
  await client.query(
    `INSERT INTO monitoring.probes ("subject", "at", "isOk", "sentence") VALUES ($1, $2, true, 'It answered.')`,
    [portals[0]!.id, at(5_000)],
  );
  await client.query(
    `INSERT INTO monitoring.state_changes ("subject", "at", "status", "sentence") VALUES ($1, $2, 'up', 'It was found so.')`,
    [portals[0]!.id, at(-10_000)],
  );
  for (const ms of [-1, 10_000, 20_000, HOUR_MS])
    await client.query(`INSERT INTO monitoring.chain_samples VALUES ($1, '{}')`, [at(ms)]);
});
afterAll(async () => {
  await client.end();
  await model.stop();
});

const measured = (after: number, viewer: Viewer = MAINTAINER) =>
  runAs(viewer, () => getMeasurements({ fromMs: FROM_MS, toMs: FROM_MS + HOUR_MS, after }));

test('a maintainer’s program reads what was heard in a time and shortly before, what was asked, and when anybody listened [8.5.1-d]', async () => {
  const answer = await measured(0);
  expect(answer?.watchedAtMs).toEqual([FROM_MS + 10_000, FROM_MS + 20_000]);
  expect(answer?.nodes.slice(0, 2)).toEqual([
    {
      node: 1,
      beats: [
        [FROM_MS - 5_000, 1],
        [FROM_MS + 4_000, 2],
      ],
      statuses: [],
      probes: [[FROM_MS + 9_000, false]],
      blocksProposed: null,
    },
    {
      node: 2,
      beats: null,
      statuses: [
        [FROM_MS, 'up'],
        [FROM_MS + 20_000, 'failed'],
      ],
      probes: [],
      blocksProposed: 0,
    },
  ]);
});

test('every node comes once, in order, however many there are; one that is out of the register does not', async () => {
  const first = await measured(0);
  expect(first?.next).not.toBeNull();
  const second = await measured(first!.next!);
  expect(second?.next).toBeNull();
  const all = [...first!.nodes, ...second!.nodes].map(({ node }) => node);
  const expected = [...Array(NODES).keys()].map((index) => index + 1).filter((node) => node !== 3);
  expect(all).toEqual([...expected, PORTAL]);
});

test('a portal comes under the first node that was admitted for its address, with what the monitor saw and nothing that it said itself [8.5.1-d]', async () => {
  const { nodes = [] } = (await measured(NODES)) ?? {};
  expect(nodes).toEqual([
    {
      node: PORTAL,
      beats: null,
      statuses: [[FROM_MS, 'up']],
      probes: [[FROM_MS + 5_000, true]],
      blocksProposed: null,
    },
  ]);
});

test('a time that is none, longer than a day, or somebody who maintains nothing gets nothing', async () => {
  const ask = (fromMs: number, toMs: number) => runAs(MAINTAINER, () => getMeasurements({ fromMs, toMs, after: 0 }));
  expect(await ask(5, 5)).toBeNull();
  expect(await ask(6, 5)).toBeNull();
  expect(await ask(Number.NaN, 5)).toBeNull();
  expect(await ask(0, 86_400_001)).toBeNull();
  expect(await measured(0, { kind: 'public' })).toBeNull();
  expect(await measured(0, { ...MAINTAINER, roles: ['NRP'] })).toBeNull();
});
