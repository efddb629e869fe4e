import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { getWatchedNodes } from './watched-nodes.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const maintainer: Viewer = {
  kind: 'person',
  jti: 'none',
  address: '11'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: 17, roles: ['NRNSM'], encryptionKey: '', name: null },
};
const hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
/** Heard for the first time in the middle of the hour before the last; gone for thirty hours; always heard but half of the last hour. */
const NEW = 1;
const GONE = 2;
const GAPS = 3;

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
  const client = new pg.Client({ connectionString: model.url });
  await client.connect();
  const at = (timeMs: number) => new Date(timeMs).toISOString();
  for (const digits of ['01', '02', '03'])
    await client.query(`INSERT INTO monitoring.subjects ("kind", "key") VALUES ('agent', '${digits.repeat(20)}')`);
  await client.query(`INSERT INTO monitoring.chain_samples
    SELECT x, '{}' FROM generate_series('${at(hourMs - 2 * HOUR_MS)}'::timestamptz, '${at(hourMs - 1)}', interval '10 seconds') x`);
  await client.query(`INSERT INTO monitoring.progress VALUES ('minutes', '${at(hourMs)}')`);
  const minutes = [...Array(30).keys()].map((index) => hourMs - 1.5 * HOUR_MS + index * MINUTE_MS);
  for (const timeMs of minutes)
    await client.query(
      `INSERT INTO monitoring.samples_minute ("subject", "at", "count") VALUES (${NEW}, '${at(timeMs)}', 6)`,
    );
  for (const [subject, hoursAgo, count] of [
    [NEW, 2, 180],
    [NEW, 1, 360],
    [GONE, 30, 360],
    [GAPS, 30, 360],
    [GAPS, 2, 360],
    [GAPS, 1, 180],
  ] as const)
    await client.query(
      `INSERT INTO monitoring.samples_hour ("subject", "at", "count") VALUES (${subject}, '${at(hourMs - hoursAgo * HOUR_MS)}', ${count})`,
    );
  await client.end();
});
afterAll(() => model.stop());

test('a node’s first hour counts from its first minute on, a node that is gone is silent and not unknown, and a gap is a gap', async () => {
  const { items } = await runAs(maintainer, () => getWatchedNodes({}));
  const lastOf = (id: number) =>
    items
      .find((node) => node.id === id)
      ?.uptime.slice(-4)
      .map(({ permille }) => permille);
  // Four hours: nobody could hear in the first, and the last has just begun.
  expect(lastOf(NEW)).toEqual([null, 1_000, 1_000, null]);
  expect(lastOf(GONE)).toEqual([null, 0, 0, null]);
  expect(lastOf(GAPS)).toEqual([null, 1_000, 500, null]);
});
