import 'server-only';
import { setTimeout as delay } from 'node:timers/promises';
import { unknownVariables } from '#environment/variables.mjs';
import { connectionFault, DatabaseAddressError } from '#lib/database-address.ts';
import { createStandby, openSession, say, type Session } from '#lib/database-session.ts';
import { configurationLine, EnvironmentError, projectorEnvironment, type ProjectorEnvironment } from '#lib/env.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { LedgerClient, LedgerUnavailable, networkOf, readGenesis, readTransaction } from '#lib/ledger-client.ts';
import { lockOf, readModelSchema } from '#lib/read-model.ts';
import { tellFigures } from '#metrics/listener.ts';
import { ensureReadModel } from './creation.ts';
import { projectorFigures, type ProjectorFigures } from './figures.ts';
import { createProgress, createReplayReport } from './progress.ts';
import { ProjectorRefusal, refuseMissingBlocks, runProjector, type ProjectorOptions } from './projector.ts';
import { dropRows } from './store.ts';

const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5_000;
/** A rebuild does not begin while another projector writes. */
const REBUILD_WAIT_MS_MAX = 30_000;

type Work = (options: ProjectorOptions & { ledger: LedgerClient }) => Promise<void>;
/** Makes a session the one that writes; false when it was told to stop. */
type Admission = (session: Session) => Promise<boolean>;

interface Run {
  environment: ProjectorEnvironment;
  signal: AbortSignal;
  admit: Admission;
  told: ProjectorFigures;
}

/** One connection to the ledger, for a session that may write. */
async function withLedger({ environment, signal, told }: Run, session: Session, work: Work): Promise<void> {
  const genesis = await readGenesis(environment.home);
  const ledger = await LedgerClient.connect(environment.ledgerSocket);
  try {
    const { network } = await ledger.status();
    if (toHex(network) !== networkOf(genesis)) {
      throw new ProjectorRefusal(
        `genesis.json in ${environment.home} founds another network than the ledger process runs.`,
      );
    }
    const { database, lost } = session;
    told.follow(async () => (await ledger.status()).height);
    await work({ database, ledger, genesis, readTransaction, signal: AbortSignal.any([signal, lost]) });
  } finally {
    told.follow(undefined);
    await ledger.close();
  }
}

/** One connection to database and ledger, until the work ends or one of the two is lost. */
async function withConnections(run: Run, work: Work): Promise<void> {
  const session = await openSession(run.environment.databaseUrl);
  try {
    if (await run.admit(session)) await withLedger(run, session, work);
    if (!run.signal.aborted) session.lost.throwIfAborted();
  } finally {
    await session.close();
  }
}

async function rebuild({ environment, signal, told }: Omit<Run, 'admit'>): Promise<void> {
  const admit: Admission = async (session) => {
    if (await session.lock(lockOf(readModelSchema), { signal, waitMsMax: REBUILD_WAIT_MS_MAX })) return true;
    throw new ProjectorRefusal('Another projector runs on this database: stop it first.');
  };
  await withConnections({ environment, signal, admit, told }, async (options) => {
    refuseMissingBlocks(await options.ledger.status(), 0n);
    const done = new AbortController();
    const show = createProgress(process.stdout);
    await ensureReadModel(options.database);
    await dropRows(options.database);
    await runProjector({
      ...options,
      signal: AbortSignal.any([options.signal, done.signal]),
      onHeight: (height, untilHeight) => {
        told.stands(height);
        show(height, untilHeight);
        if (height >= untilHeight) done.abort();
      },
    });
  });
}

async function follow({ environment, signal, told }: Omit<Run, 'admit'>): Promise<void> {
  const standby = createStandby('Another projector writes this read model: standing by to take over.');
  const admit: Admission = (session) => standby.admit(session, lockOf(readModelSchema), signal);
  let pauseMs = RETRY_MS_MIN;
  const report = createReplayReport(say);
  while (!signal.aborted) {
    try {
      await withConnections({ environment, signal, admit, told }, (options) =>
        runProjector({
          ...options,
          onHeight: (height, untilHeight) => {
            pauseMs = RETRY_MS_MIN;
            told.stands(height);
            standby.works({ height: height.toString(), hasCaughtUp: height >= untilHeight });
            report(height, untilHeight);
          },
        }),
      );
    } catch (error) {
      if (error instanceof ProjectorRefusal) throw error;
      process.stderr.write(`${sentenceOf(error, environment)} Going on from the checkpoint in ${pauseMs} ms.\n`);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX);
    }
  }
}

function sentenceOf(error: unknown, { databaseUrl }: ProjectorEnvironment): string {
  if (error instanceof LedgerUnavailable) return 'The ledger process does not answer.';
  const fault = connectionFault(error, databaseUrl);
  return fault ?? `Interrupted (${error instanceof Error ? error.message : 'unknown reason'}).`;
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());

async function main(): Promise<void> {
  for (const sentence of unknownVariables()) process.stderr.write(`${sentence}\n`);
  const environment = projectorEnvironment();
  const command = process.argv[2];
  if (command !== undefined && command !== 'rebuild')
    throw new EnvironmentError(`The projector knows no command ${command}: give none, or rebuild.`);
  process.stdout.write(`${configurationLine('projector')}\n`);
  const told = projectorFigures();
  const { metrics } = environment;
  const listener = metrics === undefined ? undefined : await tellFigures(told.figures, metrics);
  if (listener !== undefined) process.stdout.write(`${JSON.stringify({ metrics: listener.url })}\n`);
  try {
    await (command === 'rebuild' ? rebuild : follow)({ environment, signal: stop.signal, told });
  } catch (error) {
    const isSentence = error instanceof ProjectorRefusal || error instanceof DatabaseAddressError;
    throw isSentence ? error : new ProjectorRefusal(sentenceOf(error, environment));
  } finally {
    await listener?.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown reason'}\n`);
  process.exitCode = 1;
}
