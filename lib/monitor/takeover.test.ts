import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startOwnPostgres, type OwnPostgres } from '#lib/testing/postgres.ts';
import { metricsOf, startMonitor, type LockingProcess } from '#lib/testing/locking-process.ts';
import { scrape, valuesOf } from '#metrics/testing/exposition.ts';

const TAKE_OVER_MS_MAX = 5_000;
const READY = /^\{"ready":true,"nodes"/;
const STANDBY = /^\{"ready":true,"standby":true\}$/;
const ADDRESS = 'aa'.repeat(20);

let folder: string;
let postgres: OwnPostgres;
let endpoint: Server;
let origin: string;
const running = new Set<LockingProcess>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interpool-monitor-'));
  postgres = await startOwnPostgres();
  endpoint = createServer((_request, response) => response.end('{"status":"ok"}'));
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  await query(
    `INSERT INTO operations.agents ("address", "origin", "label", "sources") VALUES ('${ADDRESS}', '${origin}', 'Agent', '[]')`,
  );
  await query(`INSERT INTO monitoring.subjects ("kind", "key", "account") VALUES ('agent', '${ADDRESS}', 1)`);
});
afterEach(async () => {
  for (const each of running) await each.end('SIGKILL');
  running.clear();
});
afterAll(async () => {
  endpoint.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

function monitor(): LockingProcess {
  const started = startMonitor({ home: folder, databaseUrl: postgres.monitorUrl });
  running.add(started);
  return started;
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Heartbeats as a portal writes them, every ten seconds until now. */
const beats = (count: number): Promise<unknown> =>
  query(`INSERT INTO monitoring.samples ("subject", "at") SELECT s."id", now() - n * interval '10 seconds'
    FROM monitoring.subjects s, generate_series(0, ${count - 1}) n WHERE s."kind" = 'agent'`);

const changes = (): Promise<{ status: string }[]> =>
  query(
    `SELECT c."status" FROM monitoring.state_changes c JOIN monitoring.subjects s ON s."id" = c."subject" WHERE s."kind" = 'agent' ORDER BY c."id"`,
  );

/** What a monitor tells Prometheus. */
async function figures(
  of: LockingProcess,
): Promise<{ nodes: Record<string, number>; probes: Record<string, number>; watching: number | undefined }> {
  const { samples } = await scrape(await metricsOf(of));
  const [nodes, probes] = [
    valuesOf(samples, 'interpool_monitor_nodes'),
    valuesOf(samples, 'interpool_monitor_probes_total'),
  ];
  return { nodes, probes, watching: valuesOf(samples, 'interpool_monitor_is_watching')[''] };
}

async function until(what: () => Promise<boolean>, msMax: number): Promise<void> {
  for (const lastMs = performance.now() + msMax; !(await what()); await delay(100))
    if (performance.now() > lastMs) throw new Error(`it did not come to that: ${JSON.stringify(await changes())}`);
}

describe('several monitors on one database', () => {
  test('the second stands by and takes over when the first is killed; a node that fails meanwhile is told of once [6.2.1-c, 7.2.3-c]', async () => {
    await beats(30);
    const first = monitor();
    await first.said(READY);
    const second = monitor();
    await second.said(STANDBY);
    await until(async () => Object.keys((await figures(first)).probes).length > 0, 10_000);
    const { nodes, watching } = await figures(first);
    expect([nodes, watching, (await figures(second)).watching]).toEqual([{ 'agent up': 1 }, 1, 0]);
    endpoint.close();
    endpoint.closeAllConnections();
    await until(async () => (await changes()).at(-1)?.status === 'failed', 45_000);
    const killedAtMs = performance.now();
    await first.end('SIGKILL');
    await second.said(READY);
    expect(performance.now() - killedAtMs).toBeLessThan(TAKE_OVER_MS_MAX);
    // The new one has heard nobody since it began: that makes nobody look better.
    await delay(3_000);
    expect((await changes()).at(-1)).toEqual({ status: 'failed' });
    const alerts = await query(`SELECT "rule", "state", "times" FROM monitoring.alerts WHERE "rule" = 'agent-failed'`);
    expect(alerts).toEqual([{ rule: 'agent-failed', state: 'firing', times: 1 }]);
    await new Promise<void>((resolve) => endpoint.listen(Number(new URL(origin).port), '127.0.0.1', resolve));
    await beats(1);
    await until(async () => (await changes()).at(-1)?.status === 'up', 10_000);
    await until(
      async () =>
        (await query(`SELECT 1 FROM monitoring.alerts WHERE "rule" = 'agent-failed' AND "state" = 'resolved'`))
          .length === 1,
      5_000,
    );
  });

  test('PostgreSQL that is killed and away for longer than a node may be silent is nobody’s failure [6.2.1-a]', async () => {
    await query('TRUNCATE monitoring.state_changes, monitoring.states, monitoring.conditions');
    await beats(1);
    const lone = monitor();
    await lone.said(READY);
    await until(async () => (await changes()).length === 1, 5_000);
    // It does not answer calls either, so that silence alone decides.
    endpoint.close();
    endpoint.closeAllConnections();
    await postgres.cluster.crash();
    await delay(35_000);
    await postgres.cluster.start();
    await until(
      async () =>
        (
          await query(`SELECT 1 FROM monitoring.chain_samples WHERE "at" > now() - interval '3 seconds'`).catch(
            () => [],
          )
        ).length > 0,
      30_000,
    );
    await beats(1);
    await delay(5_000);
    expect((await changes()).map(({ status }) => status)).not.toContain('failed');
    expect(await lone.end('SIGTERM')).toBe(0);
  });
});
