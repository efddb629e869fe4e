import 'server-only';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { databaseOptions } from './database-address.ts';
import { webEnvironment } from './env.ts';
import { HEIGHT_CHANNEL } from './read-model.ts';

/** Pages and agents that listen at once; more are refused. */
export const LISTENERS_MAX = 1_000;
const RECONNECT_MS = 1_000;
/** A connection that is open and dead at once is found out by asking now and then. */
const PING_MS = 10_000;
const PING_ANSWER_MS_MAX = 5_000;

type Listener = () => void;

interface Feed {
  listeners: Set<Listener>;
  /** One loop keeps one connection for everybody. */
  isKept: boolean;
}

const globals = globalThis as { interpoolHeightFeed?: Feed };

function feed(): Feed {
  globals.interpoolHeightFeed ??= { listeners: new Set(), isKept: false };
  return globals.interpoolHeightFeed;
}

function wakeAll(): void {
  for (const listener of feed().listeners) listener();
}

/** Listens on one connection and resolves when it is over, however it ends. */
async function listenOnce(): Promise<void> {
  const connection = new pg.Client({
    ...databaseOptions(webEnvironment().databaseUrl),
    query_timeout: PING_ANSWER_MS_MAX,
  });
  const { promise: over, resolve: end } = Promise.withResolvers<undefined>();
  connection.on('error', () => end(undefined));
  connection.on('end', () => end(undefined));
  connection.on('notification', wakeAll);
  let ping: NodeJS.Timeout | undefined;
  try {
    await connection.connect();
    await connection.query(`LISTEN ${HEIGHT_CHANNEL}`);
    // News may have been missed while nobody listened.
    wakeAll();
    ping = setInterval(() => void connection.query('SELECT 1').catch(() => end(undefined)), PING_MS);
    ping.unref();
    await over;
  } finally {
    clearInterval(ping);
    connection.end().catch(() => undefined);
  }
}

/** As long as anybody listens, a connection that was lost is made again: PostgreSQL may restart under us. */
async function keepListening(): Promise<void> {
  const state = feed();
  if (state.isKept) return;
  state.isKept = true;
  try {
    while (state.listeners.size > 0) {
      await listenOnce().catch(() => undefined);
      await delay(RECONNECT_MS, undefined, { ref: false });
    }
  } finally {
    state.isKept = false;
  }
}

/** Calls `listener` after every move of the read model's checkpoint (and now and then without one). Undefined: too many listen already. */
export function listenHeights(listener: Listener): (() => void) | undefined {
  const { listeners } = feed();
  if (listeners.size >= LISTENERS_MAX) return undefined;
  listeners.add(listener);
  void keepListening();
  return () => {
    listeners.delete(listener);
  };
}

/** Resolves at the next move of the checkpoint, or after `waitMs`. */
export async function nextHeight(waitMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      stop?.();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, waitMs);
    const stop = listenHeights(finish);
    signal?.addEventListener('abort', finish);
  });
}
