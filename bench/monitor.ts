import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Round, RoundDone } from './heartbeat-sender.ts';
import { newNode, type SendingNode } from './node-calls.ts';
import { statOf, usedMs } from './process-use.ts';
import { median, quantile, rounded } from './statistics.ts';

const NODES = 2_000;
const EVERY_MS = 10_000;
const WARM_UP_ROUNDS = 1;
const ROUNDS = 4;
const START_MS = 400_000;
/** Rows of one bare INSERT: 19 parameters each, of 65,535 that a statement may have. */
const BARE_ROWS = 1_000;
const STATISTICS_MS = 1_500;
const LOOK_MS = 500;

interface Product {
  readonly port: number;
  readonly home: string;
  readonly network: string;
  readonly database: pg.Client;
  /** Process ids. */
  readonly postmaster: string;
  readonly portal: string;
  stop(): Promise<void>;
}

async function startProduct(): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), 'ip-'));
  const env = { ...process.env, INTERPOOL_HOME: home };
  const args = ['bin/start.mjs', '--no-seed'];
  const child: ChildProcess = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const endMs = Date.now() + START_MS;
  while (!/Interpool runs at/.test(output)) {
    if (child.exitCode !== null || Date.now() > endMs) throw new Error(`The product did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const port = Number(/Interpool runs at http:\/\/[^:]+:(\d+)/.exec(output)?.[1]);
  const { postgresPassword } = JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as Record<string, string>;
  const postmasterFile = join(realpathSync(join(home, 'postgres')), 'postmaster.pid');
  const [postmaster, , , databasePort] = readFileSync(postmasterFile, 'utf8').split('\n');
  const database = new pg.Client(`postgresql://postgres:${postgresPassword}@127.0.0.1:${databasePort}/interpool`);
  await database.connect();
  const anchor = JSON.parse(readFileSync(join(home, 'anchor.json'), 'utf8')) as { genesisHash: string };
  return {
    port,
    home,
    network: anchor.genesisHash.replace(/^0x/, ''),
    database,
    postmaster: postmaster!,
    portal: readFileSync(join(home, 'pids/portal.pid'), 'utf8').split(' ')[0]!,
    stop: async () => {
      await database.end();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await gone;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Keys that an account has authorised, and agents that have registered: written as the projector and a portal would. */
async function makeNodes(database: pg.Client): Promise<SendingNode[]> {
  const nodes = Array.from({ length: NODES }, newNode);
  const addresses = nodes.map(({ address }) => address);
  const { rows } = await database.query<{ schema: string }>(
    `SELECT table_schema AS "schema" FROM information_schema.tables WHERE table_name = 'account_keys'`,
  );
  const keys = `"${rows[0]!.schema}"."account_keys"`;
  await database.query(`CREATE TEMP TABLE model AS SELECT * FROM ${keys} LIMIT 1`);
  await database.query(
    `CREATE TEMP TABLE made AS SELECT m.*, a.address AS "own", 1000 + row_number() OVER () AS "number" FROM model m, unnest($1::text[]) a(address)`,
    [addresses],
  );
  await database.query(`UPDATE made SET "address" = "own", "key" = "number", "revoked" = false`);
  await database.query(`ALTER TABLE made DROP COLUMN "own", DROP COLUMN "number"`);
  await database.query(`INSERT INTO ${keys} SELECT * FROM made`);
  await database.query(
    `INSERT INTO operations.agents ("address", "origin", "label", "sources")
     SELECT a, 'http://127.0.0.1:9', 'Node', '[]' FROM unnest($1::text[]) a`,
    [addresses],
  );
  return nodes;
}

interface Sender {
  round(round: Round): Promise<RoundDone>;
  stop(): void;
}

function startSender(): Sender {
  const child = fork(fileURLToPath(new URL('./heartbeat-sender.ts', import.meta.url)), { serialization: 'advanced' });
  return {
    round: (round) =>
      new Promise((resolve, reject) => {
        child.once('message', ({ done, fault }: { done?: RoundDone; fault?: string }) => {
          if (done === undefined) reject(new Error(fault));
          else resolve(done);
        });
        child.send(round);
      }),
    stop: () => void child.kill(),
  };
}

/** The portal's connections in this product's own PostgreSQL: another product on the machine has processes of the same title. */
function backendsOf(postmaster: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    if (statOf(pid)?.[1] !== postmaster) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('postgres: interpool_web ');
    } catch {
      return false;
    }
  });
}

interface Meter {
  /** Milliseconds of processor time since the meter was started, those of processes that have ended among them. */
  readMs(): number;
  stop(): void;
}

/** Looks often, because a connection that is closed takes its figures with it. */
function startMeter(pids: () => readonly string[]): Meter {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  const look = (isStart: boolean): void => {
    for (const pid of pids()) {
      const stat = statOf(pid);
      if (stat === undefined) continue;
      if (isStart) first.set(pid, usedMs(stat));
      last.set(pid, usedMs(stat));
    }
  };
  look(true);
  const timer = setInterval(() => look(false), LOOK_MS);
  return {
    readMs: () => {
      look(false);
      return [...last].reduce((sum, [pid, ms]) => sum + ms - (first.get(pid) ?? 0), 0);
    },
    stop: () => clearInterval(timer),
  };
}

/** The same rows by INSERTs of a thousand and nothing else: milliseconds of the server's processor time, and of waiting. */
async function bareInsert(database: pg.Client): Promise<{ processor: number; waited: number; rows: number }> {
  const { rows } = await database.query({
    text: `SELECT * FROM monitoring.samples LIMIT ${NODES * ROUNDS}`,
    rowMode: 'array',
  });
  await database.query(`CREATE TABLE monitoring.bare (LIKE monitoring.samples INCLUDING INDEXES)`);
  const columns = rows[0]!.length;
  const own = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS "pid"');
  const used = (): number => usedMs(statOf(String(own.rows[0]!.pid))!);
  const [startedMs, before] = [performance.now(), used()];
  for (let at = 0; at < rows.length; at += BARE_ROWS) {
    const part = rows.slice(at, at + BARE_ROWS);
    const places = part.map(
      (_, row) => `(${Array.from({ length: columns }, (__, column) => `$${row * columns + column + 1}`).join(',')})`,
    );
    const values = part
      .flat()
      .map((value: unknown) =>
        typeof value === 'object' && value !== null && !(value instanceof Date) ? JSON.stringify(value) : value,
      );
    await database.query(`INSERT INTO monitoring.bare VALUES ${places.join(',')}`, values);
  }
  return { processor: used() - before, waited: performance.now() - startedMs, rows: rows.length };
}

/** Transactions that were committed in the product's database, this connection's own among them. */
async function commits(database: pg.Client): Promise<number> {
  // What a connection has counted is shown a second later at most.
  await new Promise((resolve) => setTimeout(resolve, STATISTICS_MS));
  const { rows } = await database.query<{ count: string }>(
    `SELECT "xact_commit" AS "count" FROM pg_stat_database WHERE "datname" = current_database()`,
  );
  return Number(rows[0]!.count);
}

/** Takes in the heartbeats of 2,000 nodes by HTTP, with real signatures, and inserts the same rows bare in the same run. */
export async function benchMonitor(): Promise<void> {
  const product = await startProduct();
  const sender = startSender();
  try {
    const { database, port, network } = product;
    const nodes = await makeNodes(database);
    const send = (): Promise<RoundDone> => sender.round({ nodes, everyMs: EVERY_MS, port, network });
    for (let turn = 0; turn < WARM_UP_ROUNDS; turn += 1) await send();
    await database.query('TRUNCATE monitoring.samples');
    // The portal also answers three agents that wait for work: what that costs without heartbeats is no part of theirs.
    const idle = startMeter(() => backendsOf(product.postmaster));
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    const idleMs = idle.readMs() * ROUNDS;
    idle.stop();
    const committed = await commits(database);
    const backends = startMeter(() => backendsOf(product.postmaster));
    const portal = startMeter(() => [product.portal]);
    const done: RoundDone[] = [];
    for (let turn = 0; turn < ROUNDS; turn += 1) done.push(await send());
    const intake = { backends: backends.readMs(), portal: portal.readMs() };
    backends.stop();
    portal.stop();
    const transactions = (await commits(database)) - committed;
    const bare = await bareInsert(database);
    const times = done.flatMap((round) => round.times);
    const figures = {
      heartbeats: times.length,
      kept: bare.rows,
      medianMs: rounded(median(times)),
      p99Ms: rounded(quantile(times, 0.99)),
      machineLoad: loadavg().map(rounded),
    };
    console.log(JSON.stringify({ figure: 'monitor', ...figures }));
    const perThousand = (amount: number): number => rounded((amount * 1_000) / times.length);
    console.log(
      JSON.stringify({
        figure: 'P17',
        databaseMsPerThousand: perThousand(intake.backends),
        bareMsPerThousand: perThousand(bare.processor),
        idleMsPerThousand: perThousand(idleMs),
        ratio: rounded((intake.backends - idleMs) / bare.processor),
        transactionsPerThousand: perThousand(transactions),
        portalMsPerThousand: perThousand(intake.portal),
        senderMsPerThousand: perThousand(done.reduce((sum, round) => sum + round.processorMs, 0)),
      }),
    );
  } finally {
    sender.stop();
    await product.stop();
  }
}
