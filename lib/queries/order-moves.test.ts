import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { BACKUP_PROVIDER, SECOND_PROVIDER } from '#lib/testing/sample-genesis.ts';
import { getOrderMoves } from './order-moves.ts';

const INCIDENT = 77;
const NODE = 901;
const BACKUP_NODE = 902;
const DETECTED_MS = 1_000;
const MAINTAINER: Viewer = {
  kind: 'person',
  jti: 'test',
  address: '12'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: 17, roles: ['NRNSM'], encryptionKey: '', name: null },
};

let model: TestReadModel;
let client: pg.Client;
const [agreements, nodes, incidents] = [placeOf('agreements'), placeOf('nodes'), placeOf('incidents')];

/** A row like one that is there, with other values. */
async function like(table: string, where: string, changes: Record<string, unknown>): Promise<void> {
  const names = Object.keys(changes);
  await client.query(`CREATE TEMP TABLE "one" AS SELECT * FROM ${table} WHERE ${where} LIMIT 1`);
  await client.query(
    `UPDATE "one" SET ${names.map((name, index) => `"${name}" = $${index + 1}`).join(', ')}`,
    Object.values(changes),
  );
  await client.query(`INSERT INTO ${table} SELECT * FROM "one"`);
  await client.query('DROP TABLE "one"');
}

beforeAll(async () => {
  // O-2: its second part, R-2 of one provider, has R-3 of another as its backup.
  model = await startReadModel();
  client = new pg.Client(model.url);
  await client.connect();
  const registered = { class: 'service', status: 'suspended', key: 1 };
  await like(nodes, 'TRUE', { ...registered, id: NODE, operator: SECOND_PROVIDER.toString(), name: 'silent' });
  await like(nodes, 'TRUE', { ...registered, id: BACKUP_NODE, operator: BACKUP_PROVIDER.toString(), name: 'steps in' });
  const opened = { node: NODE, operator: SECOND_PROVIDER.toString(), detectedMs: DETECTED_MS };
  await client.query(
    `INSERT INTO ${incidents} ("id", "cause", "openedBy", "openedAtMs", "text", "steps", ${Object.keys(opened)
      .map((name) => `"${name}"`)
      .join(', ')}) VALUES ($1, 'not-reachable', 17, 2000, '', 0, $2, $3, $4)`,
    [INCIDENT, ...Object.values(opened)],
  );
  const silent = { status: 'settled', endReason: 'not-reachable', endedAtMs: 5_000 };
  const none = JSON.stringify([]);
  const runs = { status: 'active', endReason: null, endedAtMs: null, replacedBy: null };
  await like(agreements, '"id" = 3', { id: 11, ...silent, replacedBy: 4 });
  await like(agreements, '"id" = 3', { id: 12, ...silent, replacedBy: 4 });
  await like(agreements, '"id" = 3', { id: 13, ...silent, replacedBy: null });
  await like(agreements, '"id" = 3', { id: 14, ...silent, replacedBy: null, backup: none });
  // Before the fault was seen, and for another reason.
  await like(agreements, '"id" = 3', { id: 15, ...silent, endedAtMs: DETECTED_MS - 1, replacedBy: 4 });
  await like(agreements, '"id" = 3', { id: 16, ...silent, endReason: 'withdrawn', replacedBy: 4 });
  await like(agreements, '"id" = 3', { id: 17, ...runs });
  await like(agreements, '"id" = 3', { id: 18, ...runs, backup: none });
});
afterAll(async () => {
  await client.end();
  await model.stop();
});

test('of a silent node’s orders a maintainer reads how many have a backup and what moved where, counted, and whose they are of none [8.5.1-f] [7.2.1-b]', async () => {
  const moves = await runAs(MAINTAINER, () => getOrderMoves(INCIDENT));
  const from = { resource: 2, title: 'Harbour tides' };
  expect(moves).toEqual({
    running: 2,
    withBackup: 1,
    moves: expect.arrayContaining([
      {
        ...from,
        orders: 2,
        hadBackup: true,
        to: { resource: 3, title: 'Tide archive', node: { id: BACKUP_NODE, name: 'steps in' } },
      },
      { ...from, orders: 1, hadBackup: true, to: null },
      { ...from, orders: 1, hadBackup: false, to: null },
    ]),
  });
  expect(moves?.moves).toHaveLength(3);
});

test('nobody else reads it, and there is nothing of an incident that there is not', async () => {
  expect(await runAs({ kind: 'public' }, () => getOrderMoves(INCIDENT))).toBeNull();
  for (const id of [99, 0, -1, 1.5, Number.NaN])
    expect([id, await runAs(MAINTAINER, () => getOrderMoves(id))]).toEqual([id, null]);
});
