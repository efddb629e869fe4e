import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '#lib/database-session.ts';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import {
  changesOf,
  closeOrphans,
  commitChanges,
  readConditions,
  readRules,
  type Observed,
  type Rule,
} from './alert-store.ts';

let postgres: TestPostgres;
let client: pg.Client;
let owner: pg.Client;
let webhook: string;

beforeAll(async () => {
  postgres = await startPostgres();
  client = new pg.Client(postgres.monitorUrl);
  owner = new pg.Client(postgres.url);
  await Promise.all([client.connect(), owner.connect()]);
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO monitoring.webhooks ("url", "secret", "severityMin", "createdBy") VALUES ('https://example.org', 'whsec_AA==', 'notice', 1) RETURNING "id"`,
  );
  webhook = rows[0]!.id;
});
afterAll(async () => {
  await Promise.all([client.end(), owner.end()]);
  await postgres.stop();
});

const rule: Rule = {
  id: 'agent-failed',
  kind: 'agent',
  metric: 'isFailed',
  comparison: 'above',
  threshold: 0,
  clearsAt: 0,
  forMs: 0,
  severity: 'critical',
};
const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
/** Fails, is over, comes back, flaps, stays away. */
const script: readonly [atMs: number, value: number][] = [
  [0, 1],
  [1_000, 1],
  [MINUTE, 0],
  [2 * MINUTE, 1],
  [3 * MINUTE, 0],
  [4 * MINUTE, 1],
  [5 * MINUTE, 0],
  [6 * MINUTE, 1],
  [7 * MINUTE, 0],
  [18 * MINUTE, 0],
  [19 * MINUTE, 0],
];

async function newSubject(): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO monitoring.subjects ("kind", "key") VALUES ('agent', gen_random_uuid()::text) RETURNING "id"`,
  );
  return rows[0]!.id;
}

const observe = (subject: number, value: number): Observed => ({
  subject,
  kind: 'agent',
  name: 'Agent',
  metric: 'isFailed',
  value,
  found: 'Nobody answers.',
  isEverywhere: false,
});

/** What stands in the tables about a subject, without ids. */
async function storyOf(subject: number): Promise<unknown> {
  const history = await client.query(
    `SELECT h."at", h."what" FROM monitoring.alert_history h JOIN monitoring.alerts a ON a."id" = h."alert" WHERE a."subject" = $1 ORDER BY h."id"`,
    [subject],
  );
  const alerts = await client.query(
    `SELECT "state", "times", "isFlapping", "firedAt", "resolvedAt" FROM monitoring.alerts WHERE "subject" = $1 ORDER BY "id"`,
    [subject],
  );
  const deliveries = await client.query(
    `SELECT d."event", d."createdAt" FROM monitoring.deliveries d JOIN monitoring.alerts a ON a."id" = d."alert" WHERE a."subject" = $1 AND d."webhook" = $2 ORDER BY d."id"`,
    [subject, webhook],
  );
  return { history: history.rows, alerts: alerts.rows, deliveries: deliveries.rows };
}

/** Runs the script; a look that a fault ends is looked again by a monitor that has just started, which knows what the database holds. */
async function play(database: Database): Promise<unknown> {
  const subject = await newSubject();
  let conditions = await readConditions(client);
  for (const [atMs, value] of script) {
    const at = { conditions, atMs: START + atMs };
    const look = (): Promise<void> =>
      commitChanges(
        database,
        changesOf([observe(subject, value)], { ...at, conditions, rules: [rule], silenced: new Set() }),
        {
          ...at,
          conditions,
        },
      );
    try {
      await look();
    } catch {
      await client.query('ROLLBACK');
      conditions = await readConditions(client);
      await look();
    }
  }
  return storyOf(subject);
}

/** Fails at its nth statement: before it is sent, or after it was done and before the answer came. */
function failingAt(n: number, when: 'before' | 'after'): { database: Database; count: () => number } {
  let count = 0;
  const query = async (...args: unknown[]): Promise<unknown> => {
    const isIt = ++count === n;
    if (isIt && when === 'before') throw new Error('killed');
    const answer = await (client.query as (...given: unknown[]) => Promise<unknown>).apply(client, args);
    if (isIt) throw new Error('killed');
    return answer;
  };
  return { database: { query: query as unknown as Database['query'] }, count: () => count };
}

describe('alerts', () => {
  test('are told as they must be', async () => {
    const time = (minutes: number): Date => new Date(START + minutes * MINUTE);
    expect(await play(client)).toEqual({
      history: [
        { at: time(0), what: 'firing' },
        { at: time(1), what: 'resolved' },
        { at: time(2), what: 'again' },
        { at: time(3), what: 'resolved' },
        { at: time(4), what: 'flapping' },
        { at: time(6), what: 'again' },
        { at: time(18), what: 'resolved' },
      ],
      alerts: [{ state: 'resolved', times: 4, isFlapping: true, firedAt: time(0), resolvedAt: time(18) }],
      deliveries: [
        { event: 'alert.firing', createdAt: time(0) },
        { event: 'alert.resolved', createdAt: time(1) },
        { event: 'alert.firing', createdAt: time(2) },
        { event: 'alert.resolved', createdAt: time(3) },
        { event: 'alert.flapping', createdAt: time(4) },
        { event: 'alert.resolved', createdAt: time(18) },
      ],
    });
  });

  test('killed at every statement, before and after it: none fires twice, none is lost, the story is the same [6.2.1-c]', async () => {
    const whole = failingAt(Number.POSITIVE_INFINITY, 'before');
    const expected = await play(whole.database);
    expect(whole.count()).toBeGreaterThan(30);
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; n <= whole.count(); n += 1)
        expect([when, n, await play(failingAt(n, when).database)]).toEqual([when, n, expected]);
    }
  });

  test('one that somebody acknowledged while it fires stays so until it is over, and ends with its rule', async () => {
    const subject = await newSubject();
    const conditions = await readConditions(client);
    const look = async (value: number, atMs: number): Promise<void> => {
      const changes = changesOf([observe(subject, value)], { rules: [rule], conditions, silenced: new Set(), atMs });
      await commitChanges(client, changes, { conditions, atMs });
    };
    const stateOf = async (): Promise<unknown> =>
      (await client.query(`SELECT "state" FROM monitoring.alerts WHERE "subject" = $1`, [subject])).rows;
    await look(1, START);
    await owner.query(`UPDATE monitoring.alerts SET "state" = 'acknowledged' WHERE "subject" = $1`, [subject]);
    await look(1, START + 1_000);
    expect(await stateOf()).toEqual([{ state: 'acknowledged' }]);
    const end = { conditions, atMs: START + 2_000 };
    await closeOrphans(client, { rules: [rule], subjects: new Map([[subject, null]]) }, end);
    expect(await stateOf()).toEqual([{ state: 'acknowledged' }]);
    await closeOrphans(client, { rules: [rule], subjects: new Map() }, end);
    expect(await stateOf()).toEqual([{ state: 'resolved' }]);
    expect(conditions.size).toBe(0);
  });

  test('of half a class or more say so, and a node in a window fires nothing', async () => {
    const subjects: number[] = [];
    while (subjects.length < 6) subjects.push(await newSubject());
    const observed = subjects.map((subject, index) => observe(subject, index < 3 ? 1 : 0));
    const at = { rules: [rule], conditions: new Map(), atMs: START };
    expect(changesOf(observed, { ...at, silenced: new Set() }).map(({ scope }) => scope)).toEqual(
      Array(3).fill('everyone'),
    );
    expect(changesOf(observed.slice(2), { ...at, silenced: new Set() }).map(({ scope }) => scope)).toEqual(['one']);
    expect(changesOf(observed, { ...at, silenced: new Set(subjects) }).map(({ tell }) => tell)).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('rules of the migration can be read, and each names a metric of its kind', async () => {
    const rules = await readRules(client);
    expect(rules.length).toBeGreaterThan(10);
    const { METRICS } = await import('#lib/shared/monitoring.ts');
    for (const { metric, kind } of rules) expect(METRICS[metric].of).toContain(kind);
  });
});

test('nobody but the monitor writes findings, and the monitor nothing that people decide', async () => {
  const attempt = async (url: string, sql: string): Promise<string> => {
    const other = new pg.Client(url);
    await other.connect();
    try {
      await other.query(sql);
      return 'done';
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await other.end();
    }
  };
  const denied = '42501';
  const { webUrl, monitorUrl, projectorUrl } = postgres;
  expect(await attempt(webUrl, `UPDATE monitoring.states SET "status" = 'up'`)).toBe(denied);
  expect(
    await attempt(
      webUrl,
      `INSERT INTO monitoring.deliveries ("webhook", "alert", "event", "body", "createdAt") VALUES (1, 1, '', '', now())`,
    ),
  ).toBe(denied);
  expect(await attempt(webUrl, `UPDATE monitoring.alerts SET "sentence" = ''`)).toBe(denied);
  expect(await attempt(webUrl, `DELETE FROM monitoring.samples`)).toBe(denied);
  expect(await attempt(webUrl, `UPDATE monitoring.alerts SET "note" = ''`)).toBe('done');
  expect(await attempt(monitorUrl, `UPDATE monitoring.rules SET "isEnabled" = false`)).toBe(denied);
  expect(await attempt(monitorUrl, `DELETE FROM monitoring.webhooks`)).toBe(denied);
  expect(await attempt(monitorUrl, `INSERT INTO monitoring.samples ("subject", "at") VALUES (1, now())`)).toBe(denied);
  expect(await attempt(monitorUrl, `SELECT * FROM operations.sessions`)).toBe(denied);
  expect(await attempt(monitorUrl, `CREATE TABLE monitoring.own (id int)`)).toBe(denied);
  expect(await attempt(projectorUrl, `SELECT * FROM monitoring.alerts`)).toBe(denied);
});
