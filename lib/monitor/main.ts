import 'server-only';
import { setTimeout as delay } from 'node:timers/promises';
import { unknownVariables } from '#environment/variables.mjs';
import { connectionFault, DatabaseAddressError } from '#lib/database-address.ts';
import { createStandby, openSession, type LockKey, type Standby } from '#lib/database-session.ts';
import { configurationLine, monitorEnvironment, type MonitorEnvironment } from '#lib/env.ts';
import { tellFigures } from '#metrics/listener.ts';
import { watchChain, type ChainWatch } from './chain-watch.ts';
import { createConnector } from './connector.ts';
import { monitorFigures, type MonitorFigures } from './figures.ts';
import { runMonitor } from './monitor.ts';

const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5_000;
/** How often nodes are to be heard. */
const HEARTBEAT_MS = 10_000;
/** Any number will do that nothing else in the database locks. */
const LOCK: LockKey = [7_234_503, 0];

/** One connection to the database: stands by, then watches, until it is lost or the process is to end. */
async function watch(
  environment: MonitorEnvironment,
  { chain, standby, told }: { chain: ChainWatch; standby: Standby; told: MonitorFigures },
  signal: AbortSignal,
): Promise<void> {
  const session = await openSession(environment.databaseUrl);
  try {
    if (await standby.admit(session, LOCK, signal))
      await runMonitor({
        database: session.database,
        chain,
        connector: createConnector(environment),
        portals: environment.portals,
        agreed: { everyMs: HEARTBEAT_MS },
        signal: AbortSignal.any([signal, session.lost]),
        nowMs: Date.now,
        told,
        onLook: ({ nodes }) => standby.works({ nodes }),
      });
    if (!signal.aborted) session.lost.throwIfAborted();
  } finally {
    told.ended();
    await session.close();
  }
}

function sentenceOf(error: unknown, { databaseUrl }: MonitorEnvironment): string {
  const fault = connectionFault(error, databaseUrl);
  return fault ?? `Interrupted (${error instanceof Error ? error.message : 'unknown reason'}).`;
}

async function main(signal: AbortSignal): Promise<void> {
  for (const sentence of unknownVariables()) process.stderr.write(`${sentence}\n`);
  const environment = monitorEnvironment();
  process.stdout.write(`${configurationLine('monitor')}\n`);
  const chain = watchChain(environment.ledgerSocket, signal);
  const standby = createStandby('Another monitor watches: standing by to take over.');
  const told = monitorFigures();
  const { metrics } = environment;
  const listener = metrics === undefined ? undefined : await tellFigures(told.figures, metrics);
  if (listener !== undefined) process.stdout.write(`${JSON.stringify({ metrics: listener.url })}\n`);
  let pauseMs = RETRY_MS_MIN;
  while (!signal.aborted) {
    const startedMs = performance.now();
    try {
      await watch(environment, { chain, standby, told }, signal);
    } catch (error) {
      if (error instanceof DatabaseAddressError) throw error;
      if (performance.now() - startedMs > RETRY_MS_MAX) pauseMs = RETRY_MS_MIN;
      process.stderr.write(`${sentenceOf(error, environment)} Going on in ${pauseMs} ms.\n`);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX);
    }
  }
  await listener?.close();
  await chain.close();
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());

try {
  await main(stop.signal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown reason'}\n`);
  process.exitCode = 1;
}
