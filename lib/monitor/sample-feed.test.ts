import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import { judge } from './alerts/condition.ts';
import { readRules } from './alert-store.ts';
import { rollUp } from './rollups.ts';
import { createSampleFeed } from './sample-feed.ts';
import { newSubject } from './subjects.ts';

const MINUTE_MS = 60_000;

let postgres: TestPostgres;
let monitor: pg.Client;
let owner: pg.Client;
let id: number;

beforeAll(async () => {
  postgres = await startPostgres();
  monitor = new pg.Client(postgres.monitorUrl);
  owner = new pg.Client(postgres.url);
  await Promise.all([monitor.connect(), owner.connect()]);
  const { rows } = await owner.query<{ id: number }>(
    `INSERT INTO monitoring.subjects ("kind", "key") VALUES ('agent', 'a') RETURNING "id"`,
  );
  id = rows[0]!.id;
});
afterAll(async () => {
  await Promise.all([monitor.end(), owner.end()]);
  await postgres.stop();
});

async function say(
  atMs: number,
  figures: { slots?: number; busy?: number; waiting?: number; carried?: number },
): Promise<void> {
  const { slots = null, busy = null, waiting = null, carried = null } = figures;
  await owner.query(
    `INSERT INTO monitoring.samples ("subject", "at", "slots", "slotsBusy", "runsWaiting", "carriedBytesPerS") VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, new Date(atMs).toISOString(), slots, busy, waiting, carried],
  );
}

test('an agent whose slots are all busy while runs wait is short of cores, and none is that has a free slot or says nothing [I.2-8]', async () => {
  const subject = newSubject({ id, kind: 'agent', key: 'a' });
  const feed = createSampleFeed(monitor, new Map([[id, subject]]));
  const rule = (await readRules(monitor)).find((each) => each.id === 'computing-short');
  const startMs = Date.now() - MINUTE_MS;
  const steps = [
    { figures: { slots: 2, busy: 2, waiting: 3 }, held: 3, isBreached: true },
    // More run than the share has room for, because it shrank.
    { figures: { slots: 1, busy: 2, waiting: 1 }, held: 1, isBreached: true },
    { figures: { slots: 2, busy: 1, waiting: 3 }, held: 0, isBreached: false },
    { figures: { slots: 2, busy: 2, waiting: 0 }, held: 0, isBreached: false },
    { figures: {}, held: undefined, isBreached: undefined },
  ];
  for (const [index, { figures, held, isBreached }] of steps.entries()) {
    await say(startMs + index * 10_000, figures);
    await feed.read(Date.now(), 0);
    const value = subject.figures[rule!.metric];
    expect([value, value === undefined ? undefined : judge(rule!, value).isBreached]).toEqual([held, isBreached]);
  }
});

test('minutes and hours keep how many ran and waited and what was carried, weighted by what was said [6.2.2-c]', async () => {
  await owner.query('DELETE FROM monitoring.samples');
  const minuteMs = Math.floor((Date.now() - 5 * MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
  await say(minuteMs + 1_000, { slots: 2, busy: 2, waiting: 3, carried: 3_000_000 });
  await say(minuteMs + 11_000, { slots: 1, busy: 1, waiting: 6, carried: 1_000 });
  await say(minuteMs + 21_000, {});
  while (!(await rollUp(monitor, Date.now())));
  const { rows } = await owner.query(
    `SELECT "slots", "slotsBusy", "runsWaiting", "carriedBytesPerS" FROM monitoring.samples_minute WHERE "at" = $1`,
    [new Date(minuteMs).toISOString()],
  );
  expect(rows).toEqual([{ slots: 1.5, slotsBusy: 1.5, runsWaiting: 4.5, carriedBytesPerS: 1_500_500 }]);
  const hours = await owner.query(`SELECT "runsWaiting", "carriedBytesPerS" FROM monitoring.samples_hour`);
  expect(hours.rows).toEqual([{ runsWaiting: 4.5, carriedBytesPerS: 1_500_500 }]);
});
