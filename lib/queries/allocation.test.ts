import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#ledger/contracts/shared/roles.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { getAllocation, getHost } from './allocation.ts';
import { getProposedShifts } from './proposed-shifts.ts';

const MINUTE_MS = 60_000;
const personWith = (roles: readonly Role[]): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: '66'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: 17, roles, encryptionKey: '', name: null },
});
const MAINTAINER = personWith(['NRNSM']);
const NODE = 700;
/** A shift that is over, at a whole minute; and one of which the five minutes are not over. */
const NOW_MS = Date.now();
const THEN_MS = Math.floor(NOW_MS / MINUTE_MS) * MINUTE_MS - 60 * MINUTE_MS;

let model: TestReadModel;
let client: pg.Client;
/** Number of the node's agent in monitoring. */
let watched: number;

const at = (ms: number): string => new Date(ms).toISOString();

interface Change {
  height: number;
  atMs: number;
  key?: number;
  from?: string;
  to?: string;
  millicores?: number;
  shares: [consensus: number, service: number, reserve: number];
}

async function change({ height, atMs, key = 0, from = '', to = '', millicores = 0, shares }: Change): Promise<void> {
  await client.query(
    `INSERT INTO ${placeOf('node_shares')} ("node", "height", "phase", "index", "sequence", "by", "key", "from", "to", "millicores", "reason",
       "consensusMillicores", "serviceMillicores", "reserveMillicores", "atMs") VALUES ($1, $2, 1, 0, 0, 17, $10, $3, $4, $5, 'Runs wait', $6, $7, $8, $9)`,
    [NODE, height, from, to, millicores, ...shares, atMs, key],
  );
}

async function block(height: number, timeMs: number): Promise<void> {
  const blocks = placeOf('blocks');
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS one_block AS SELECT * FROM ${blocks} LIMIT 1`);
  await client.query(`UPDATE one_block SET "height" = $1, "timeMs" = $2`, [height, timeMs]);
  await client.query(`INSERT INTO ${blocks} SELECT * FROM one_block`);
}

beforeAll(async () => {
  model = await startReadModel();
  client = new pg.Client(model.url);
  await client.connect();
  const nodes = placeOf('nodes');
  await client.query(`CREATE TEMP TABLE one_node AS SELECT * FROM ${nodes} LIMIT 1`);
  await client.query(
    `UPDATE one_node SET "id" = $1, "class" = 'service', "status" = 'active', "name" = 'Edge', "operator" = 17, "address" = $2`,
    [NODE, '5a'.repeat(20)],
  );
  await client.query(`INSERT INTO ${nodes} SELECT * FROM one_node`);
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO monitoring.subjects ("kind", "key") VALUES ('agent', $1) RETURNING "id"`,
    ['5a'.repeat(20)],
  );
  const subject = rows[0]!.id;
  watched = subject;
  await client.query(`SELECT monitoring.keep_partitions(now())`);
  await client.query(
    `INSERT INTO monitoring.samples ("subject", "at", "slots", "slotsBusy", "runsWaiting") VALUES ($1, $2, 1, 1, 9), ($1, $3, 2, 2, 3)`,
    [subject, at(NOW_MS - 20_000), at(NOW_MS - 5_000)],
  );
  for (const [ms, count, waiting] of [
    [-6 * MINUTE_MS, 6, 100],
    [-5 * MINUTE_MS, 6, 4],
    [-MINUTE_MS, 2, 8],
    [0, 6, 1],
    [4 * MINUTE_MS, 6, 0],
    [5 * MINUTE_MS, 6, 100],
  ] as const)
    await client.query(
      `INSERT INTO monitoring.samples_minute ("subject", "at", "count", "runsWaiting") VALUES ($1, $2, $3, $4)`,
      [subject, at(THEN_MS + ms), count, waiting],
    );
  await change({ height: 900_000, atMs: THEN_MS - MINUTE_MS, shares: [500, 1_000, 2_000] });
  await change({
    height: 900_002,
    atMs: THEN_MS,
    from: 'reserve',
    to: 'consensus',
    millicores: 250,
    shares: [750, 1_000, 1_750],
  });
  await change({
    height: 900_009,
    atMs: NOW_MS - MINUTE_MS,
    key: 1,
    from: 'reserve',
    to: 'service',
    millicores: 1_000,
    shares: [750, 2_000, 750],
  });
  for (const [height, ms] of [
    [899_999, -6 * MINUTE_MS],
    [900_000, -4_000],
    [900_001, -2_000],
    [900_002, 0],
    [900_003, 500],
    [900_004, 1_000],
  ] as const)
    await block(height, THEN_MS + ms);
});
afterAll(async () => {
  await client.end();
  await model.stop();
});

test('a host’s shares are the newest, and of consensus only what shifts brought can be shifted; how busy it is, it said last [6.2.2-c, 8.1.1-d]', async () => {
  const found = await runAs(MAINTAINER, () => getAllocation());
  expect(found?.hosts.find(({ node }) => node === NODE)).toMatchObject({
    name: 'Edge',
    shares: {
      now: { consensus: 750, service: 2_000, reserve: 750 },
      movable: { consensus: 250, service: 2_000, reserve: 750 },
      atMs: NOW_MS - MINUTE_MS,
    },
    runs: { slots: 2, busy: 2, waiting: 3 },
  });
});

test('what a shift brought is measured over five minutes on each side, and nothing is told before they are over [6.2.2-c, I.2-8]', async () => {
  const shifts = (await runAs(MAINTAINER, () => getAllocation()))?.shifts ?? [];
  expect(shifts.map(({ from, to }) => [from, to])).toEqual([
    ['reserve', 'service'],
    ['reserve', 'consensus'],
  ]);
  const [young, old] = shifts;
  expect([young?.program, old?.program]).toEqual([{ key: 1, label: null }, null]);
  expect(young).toMatchObject({ runsWaiting: { after: null }, blockTimeMs: { after: null } });
  // Of six samples four waited each, of two eight: (6 × 4 + 2 × 8) / 8.
  expect(old).toMatchObject({
    reason: 'Runs wait',
    millicores: 250,
    runsWaiting: { before: 5, after: 0.5 },
    blockTimeMs: { before: 2_000, after: 500 },
  });
});

test('one host is everybody’s to see, and how busy it is its operator’s and theirs who look after the network', async () => {
  const host = (viewer: Viewer, of: Parameters<typeof getHost>[0] = { node: NODE }) => runAs(viewer, () => getHost(of));
  const busy = { runs: { slots: 2, busy: 2, waiting: 3 }, watched };
  const shares = { shares: { now: { consensus: 750, service: 2_000, reserve: 750 } } };
  expect(await host(personWith(['NRC']))).toMatchObject({ ...busy, ...shares });
  expect(await host(MAINTAINER, { address: `0x${'5A'.repeat(20)}` })).toMatchObject({ ...busy, ...shares });
  const stranger: Viewer = { kind: 'public' };
  expect(await host(stranger)).toMatchObject({ runs: null, watched: null, ...shares });
  expect(await host(MAINTAINER, { node: 1 })).toBeNull();
});

test('a maintainer’s program is told what the page proposes, with the alert that asks for it and its time; nobody else is [6.2.2-c, I.2-8]', async () => {
  const shifts = async (viewer: Viewer) => (await runAs(viewer, () => getProposedShifts()))?.shifts;
  const program: Viewer = { kind: 'agent', address: '66'.repeat(20), account: 17, key: 1, roles: ['NRNSM'] };
  // Three wait for two slots, and less than a core is in reserve: nothing can be shifted to service.
  expect(await shifts(program)).toEqual([]);
  await change({ height: 900_010, atMs: NOW_MS - 30_000, shares: [500, 2_000, 2_500] });
  const expected = { node: NODE, from: 'reserve', to: 'service', millicores: 2_000, changedAtMs: NOW_MS - 30_000 };
  expect(await shifts(program)).toEqual([{ ...expected, reason: 'All slots are busy and 3 runs wait', alert: null }]);
  const alert = async (subject: number, rule: string): Promise<number> => {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO monitoring.alerts ("subject", "rule", "severity", "state", "scope", "sentence", "firedAt")
       VALUES ($1, $2, 'warning', 'acknowledged', 'one', 'Runs wait.', now()) RETURNING "id"`,
      [subject, rule],
    );
    return Number(rows[0]!.id);
  };
  const short = await alert(watched, 'computing-short');
  expect(await shifts(program)).toMatchObject([{ ...expected, alert: { id: short, forMs: 60_000 } }]);
  const { rows: chains } = await client.query<{ id: number }>(
    `INSERT INTO monitoring.subjects ("kind", "key") VALUES ('chain', 'of this test') RETURNING "id"`,
  );
  const slow = await alert(chains[0]!.id, 'block-time-high');
  expect(await shifts(program)).toMatchObject([
    { from: 'reserve', to: 'consensus', millicores: 1_000, alert: { id: slow, forMs: 60_000 } },
  ]);
  expect(await shifts(MAINTAINER)).toHaveLength(1);
  expect(await shifts({ ...program, roles: ['NRP'] })).toBeUndefined();
  expect(await shifts(personWith(['NO']))).toBeUndefined();
});

test('a program may take back what it brought and nobody took, once nothing has been short; what others brought is not its own [6.2.2-c, I.2-8]', async () => {
  const program: Viewer = { kind: 'agent', address: '66'.repeat(20), account: 17, key: 1, roles: ['NRNSM'] };
  const returns = async (viewer: Viewer = program) => (await runAs(viewer, () => getProposedShifts()))?.returns;
  await client.query(
    `DELETE FROM monitoring.alerts; DELETE FROM monitoring.samples; DELETE FROM ${placeOf('node_shares')}`,
  );
  await client.query(`UPDATE ${placeOf('checkpoint')} SET "timeMs" = $1`, [NOW_MS]);
  const say = (agoMs: number, figures: [slots: number, busy: number, waiting: number]) =>
    client.query(
      `INSERT INTO monitoring.samples ("subject", "at", "slots", "slotsBusy", "runsWaiting") VALUES ($1, $2, $3, $4, $5)`,
      [watched, at(NOW_MS - agoMs), ...figures],
    );
  const moved = { from: 'reserve', to: 'service', millicores: 1_000 };
  await change({ height: 910_000, atMs: NOW_MS - 50 * MINUTE_MS, shares: [500, 1_000, 2_000] });
  await change({ height: 910_001, atMs: NOW_MS - 40 * MINUTE_MS, key: 1, ...moved, shares: [500, 2_000, 1_000] });
  await change({ height: 910_002, atMs: NOW_MS - 39 * MINUTE_MS, key: 5, ...moved, shares: [500, 3_000, 0] });
  // Silent: nobody knows whether something waits.
  expect(await returns()).toEqual([]);
  await say(12 * MINUTE_MS, [3, 3, 2]);
  for (let agoMs = 11 * MINUTE_MS; agoMs >= 0; agoMs -= 10_000) await say(agoMs, [3, 2, 0]);
  const due = {
    node: NODE,
    from: 'service',
    to: 'reserve',
    millicores: 1_000,
    reason: 'Nothing waits any more: what was brought goes back',
    changedAtMs: NOW_MS - 39 * MINUTE_MS,
  };
  // Between the two samples is a minute of which nobody knows.
  expect(await returns()).toEqual([{ ...due, calmSinceMs: NOW_MS - 11 * MINUTE_MS }]);
  // It ran more than would have room then.
  await say(4 * MINUTE_MS - 5_000, [3, 3, 0]);
  expect(await returns()).toMatchObject([{ ...due, calmSinceMs: NOW_MS - 4 * MINUTE_MS + 5_000 }]);
  expect(await returns({ ...program, key: 5 })).toMatchObject([{ millicores: 1_000 }]);
  for (const other of [{ ...program, key: 2 }, { ...program, account: 16 }, MAINTAINER])
    expect(await returns(other)).toEqual([]);
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO monitoring.alerts ("subject", "rule", "severity", "state", "scope", "sentence", "firedAt")
     VALUES ($1, 'computing-short', 'warning', 'firing', 'one', 'Runs wait.', now()) RETURNING "id"`,
    [watched],
  );
  expect(await returns()).toEqual([]);
  await client.query(`UPDATE monitoring.alerts SET "state" = 'resolved', "resolvedAt" = $2 WHERE "id" = $1`, [
    rows[0]!.id,
    at(NOW_MS - 3 * MINUTE_MS),
  ]);
  expect(await returns()).toMatchObject([{ ...due, calmSinceMs: NOW_MS - 3 * MINUTE_MS }]);
  // A read model that stands still does not know what was shifted since.
  await client.query(`UPDATE ${placeOf('checkpoint')} SET "timeMs" = $1`, [NOW_MS - 10 * MINUTE_MS]);
  expect(await returns()).toEqual([]);
  await client.query(`UPDATE ${placeOf('checkpoint')} SET "timeMs" = $1`, [NOW_MS]);
  // It went back: nothing is left, however often it is asked.
  const back = { from: 'service', to: 'reserve', millicores: 1_000 };
  await change({ height: 910_003, atMs: NOW_MS - MINUTE_MS, key: 1, ...back, shares: [500, 2_000, 1_000] });
  expect(await returns()).toEqual([]);
  expect(await returns({ ...program, key: 5 })).toMatchObject([{ millicores: 1_000 }]);
});

test('somebody who does not look after the network is told nothing', async () => {
  expect(await runAs(personWith(['NRC']), () => getAllocation())).toBeNull();
});
