import 'server-only';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EnvironmentError, projectorEnvironment, type ProjectorEnvironment } from '#lib/env.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { LedgerClient, LedgerUnavailable, networkOf, readGenesis, readTransaction } from '#lib/ledger-client.ts';
import { createProgress } from './progress.ts';
import { ProjectorRefusal, runProjector, type ProjectorOptions } from './projector.ts';
import { dropRows } from './store.ts';

/** Any number will do, as long as every projector asks for the same: the second one waits, then gives up. */
const PROJECTOR_LOCK = 7_234_502;
const LOCK_ATTEMPTS = 60;
const LOCK_PAUSE_MS = 500;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5_000;

async function lock(database: pg.Client, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < LOCK_ATTEMPTS && !signal.aborted; attempt++) {
    const { rows } = await database.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      PROJECTOR_LOCK,
    ]);
    if (rows[0]?.locked === true) return;
    await delay(LOCK_PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new ProjectorRefusal('Another projector runs on this database: stop it first.');
}

type Work = (options: ProjectorOptions & { ledger: LedgerClient }) => Promise<void>;

/** One connection to database and ledger, until the work ends or one of the two is lost. */
async function withConnections(environment: ProjectorEnvironment, signal: AbortSignal, work: Work): Promise<void> {
  const lost = new AbortController();
  let reason: Error | undefined;
  const database = new pg.Client({ connectionString: environment.databaseUrl, keepAlive: true });
  database.on('error', (error) => {
    reason = error;
    lost.abort();
  });
  await database.connect();
  try {
    await lock(database, signal);
    const genesis = await readGenesis(environment.home);
    const ledger = await LedgerClient.connect(environment.ledgerSocket);
    try {
      const { network } = await ledger.status();
      if (toHex(network) !== networkOf(genesis)) {
        throw new ProjectorRefusal(
          `genesis.json in ${environment.home} founds another network than the ledger process runs.`,
        );
      }
      await work({ database, ledger, genesis, readTransaction, signal: AbortSignal.any([signal, lost.signal]) });
    } finally {
      await ledger.close();
    }
  } finally {
    await database.end().catch(() => undefined);
  }
  if (reason !== undefined) throw reason;
}

async function rebuild(environment: ProjectorEnvironment, signal: AbortSignal): Promise<void> {
  await withConnections(environment, signal, async (options) => {
    const { height: target } = await options.ledger.status();
    const done = new AbortController();
    const show = createProgress(target, process.stdout);
    await dropRows(options.database);
    await runProjector({
      ...options,
      signal: AbortSignal.any([options.signal, done.signal]),
      onHeight: (height) => {
        show(height < target ? height : target);
        if (height >= target) done.abort();
      },
    });
  });
}

async function follow(environment: ProjectorEnvironment, signal: AbortSignal): Promise<void> {
  let isReady = false;
  let pauseMs = RETRY_MS_MIN;
  while (!signal.aborted) {
    try {
      await withConnections(environment, signal, (options) =>
        runProjector({
          ...options,
          onHeight: (height) => {
            pauseMs = RETRY_MS_MIN;
            if (!isReady) process.stdout.write(`${JSON.stringify({ ready: true, height: height.toString() })}\n`);
            isReady = true;
          },
        }),
      );
    } catch (error) {
      if (error instanceof ProjectorRefusal) throw error;
      const what =
        error instanceof LedgerUnavailable ? 'The ledger process does not answer' : `Interrupted (${nameOf(error)})`;
      process.stderr.write(`${what}; going on from the checkpoint in ${pauseMs} ms.\n`);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX);
    }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
try {
  const environment = projectorEnvironment();
  const command = process.argv[2];
  if (command === undefined) await follow(environment, stop.signal);
  else if (command === 'rebuild') await rebuild(environment, stop.signal);
  else throw new EnvironmentError(`The projector knows no command ${command}: give none, or rebuild.`);
} catch (error) {
  process.stderr.write(`${nameOf(error)}\n`);
  process.exitCode = 1;
}
