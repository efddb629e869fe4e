import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, describe, test } from 'vitest';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { startNodeProcess, type NodeProcess } from '#ledger/engines/testing/node-process.ts';
import { startOwnPostgres, startPostgres, type OwnPostgres } from '#lib/testing/postgres.ts';
import { metricsOf, startProjector, type LockingProcess } from '#lib/testing/locking-process.ts';
import { scrape, valuesOf } from '#metrics/testing/exposition.ts';
import { dumpReadModel, untilHeight } from '#lib/testing/read-model-dump.ts';

const TAKE_OVER_MS_MAX = 5_000;
const READY = /^\{"ready":true,"height"/;
const STANDBY = /^\{"ready":true,"standby":true\}$/;

let folder: string;
let ledger: LedgerHome;
let node: NodeProcess;
let postgres: OwnPostgres;
const running = new Set<LockingProcess>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interpool-takeover-'));
  ledger = makeLedgerHome(path.join(folder, 'home'), 2, nativeCrypto);
  [node, postgres] = await Promise.all([startNodeProcess(ledger.home), startOwnPostgres()]);
});
afterEach(async () => {
  for (const each of running) await each.end('SIGKILL');
  running.clear();
});
afterAll(async () => {
  await node.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

function projector(databaseUrl = postgres.projectorUrl, args: string[] = []): LockingProcess {
  const started = startProjector({ home: ledger.home, databaseUrl, args });
  running.add(started);
  return started;
}

/** One that writes, and one that stands by. */
async function startPair(): Promise<[LockingProcess, LockingProcess]> {
  const first = projector();
  await first.said(READY);
  const second = projector();
  await second.said(STANDBY);
  return [first, second];
}

/** A transfer on the ledger; answers its height. */
async function transfer(): Promise<bigint> {
  const [from, to] = ledger.members;
  const submitted = await node.client.submit(ledger.transfer(from!, to!));
  if (!submitted.ok) throw new Error(`refused with ${submitted.code}`);
  return (await node.client.outcome(submitted.txId, 30_000))?.height ?? 0n;
}

async function query<Row extends pg.QueryResultRow>(address: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(address);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const holders = async (): Promise<number[]> =>
  (await query<{ pid: number }>(postgres.url, `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted`)).map(
    ({ pid }) => pid,
  );

describe('several projectors on one database', () => {
  test('the second stands by for as long as it takes, says so once, and takes over when the first is killed [7.2.3-c]', async () => {
    const [first, second] = await startPair();
    await untilHeight(postgres.projectorUrl, await transfer());
    const { samples } = await scrape(await metricsOf(first));
    expect(valuesOf(samples, 'interpool_projector_is_writing')).toEqual({ '': 1 });
    expect(valuesOf(samples, 'interpool_projector_height')['']).toBeGreaterThan(0);
    expect(valuesOf(samples, 'interpool_projector_lag_blocks')['']).toBeLessThan(5);
    const standing = (await scrape(await metricsOf(second))).samples;
    expect(valuesOf(standing, 'interpool_projector_is_writing')).toEqual({ '': 0 });
    expect(valuesOf(standing, 'interpool_projector_lag_blocks')).toEqual({});
    expect([second.count(STANDBY), second.count(/standing by to take over/), second.count(READY)]).toEqual([1, 1, 0]);
    const killedAtMs = performance.now();
    await first.end('SIGKILL');
    await second.said(READY);
    expect(performance.now() - killedAtMs).toBeLessThan(TAKE_OVER_MS_MAX);
    await untilHeight(postgres.projectorUrl, await transfer());
    expect(second.count(STANDBY)).toBe(1);
  });

  test('one that is stopped in its tracks is replaced, and writes nothing when it goes on [7.2.3-c]', async () => {
    const [first, second] = await startPair();
    const stoppedAtMs = performance.now();
    first.signal('SIGSTOP');
    await second.said(READY);
    expect(performance.now() - stoppedAtMs).toBeLessThan(TAKE_OVER_MS_MAX);
    const height = await transfer();
    await untilHeight(postgres.projectorUrl, height);
    first.signal('SIGCONT');
    await first.said(STANDBY);
    expect(await holders()).toHaveLength(1);
    expect([first.count(READY), second.count(READY)]).toEqual([1, 1]);
    await untilHeight(postgres.projectorUrl, await transfer());
  });

  test('after the connection was cut, and after PostgreSQL was killed and started again, one of them goes on [7.2.3-c]', async () => {
    const [first, second] = await startPair();
    await query(postgres.url, `SELECT pg_terminate_backend(${(await holders())[0]})`);
    await untilHeight(postgres.projectorUrl, await transfer());
    expect(await holders()).toHaveLength(1);
    await postgres.cluster.crash();
    const height = await transfer();
    await postgres.cluster.start();
    await untilHeight(postgres.projectorUrl, height);
    expect(await holders()).toHaveLength(1);
    for (const each of [first, second]) expect(await each.end('SIGTERM')).toBe(0);
  });

  test('a database that cannot be used ends neither start nor text in a stack: one line, again and again', async () => {
    const lone = projector(postgres.projectorUrl.replace(':test@', ':wrong@'));
    expect(await lone.said(/refuses the password/)).toMatch(
      /^PostgreSQL at .* Going on from the checkpoint in 250 ms\.$/,
    );
    expect(await lone.said(/"process":"projector"/)).not.toContain('wrong');
    expect(await lone.end('SIGTERM')).toBe(0);
  });
});

describe('two organisations with a database each', () => {
  test('hold the same rows at the same height, also after one of them rebuilt its own [7.2.3-c, 8.3.1-d]', async () => {
    const other = await startPostgres();
    try {
      const [ours, theirs] = [postgres.projectorUrl, other.projectorUrl];
      projector(ours);
      const their = projector(theirs);
      for (let turn = 0; turn < 5; turn++) await transfer();
      await same(ours, theirs);
      expect(await their.end('SIGTERM')).toBe(0);
      const rebuild = projector(theirs, ['rebuild']);
      await rebuild.said(/100 %/);
      expect(await rebuild.end('SIGTERM')).toBe(0);
      projector(theirs);
      await transfer();
      const rows = await same(ours, theirs);
      expect(rows.match(/^token_entries\n/m)).not.toBeNull();
    } finally {
      await other.stop();
    }
  });
});

/** Dumps both when they stand at one height, and expects the same rows. */
async function same(one: string, two: string): Promise<string> {
  const clients = [new pg.Client(one), new pg.Client(two)];
  for (const client of clients) await client.connect();
  try {
    let { height } = await node.client.status();
    for (;;) {
      height = await untilHeight(one, height);
      height = await untilHeight(two, height);
      const [first, second] = [await dumpReadModel(clients[0]!), await dumpReadModel(clients[1]!)];
      const heights = [first, second].map((dump) => /checkpoint\n\(1,[0-9a-f]+,(\d+),/.exec(dump)?.[1]);
      if (heights[0] !== heights[1]) continue;
      expect(second).toBe(first);
      return first;
    }
  } finally {
    for (const client of clients) await client.end();
  }
}
