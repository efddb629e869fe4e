import 'server-only';
import pg from 'pg';
import { databaseOptions } from './database-address.ts';
import { webEnvironment } from './env.ts';

/** The projector's channel: it tells of each new checkpoint in the transaction that makes it. */
const CHANNEL = 'interpool_height';
/** Pages and agents that listen at once; more are refused. */
export const LISTENERS_MAX = 1_000;
const RECONNECT_MS = 1_000;

type Listener = () => void;

interface Feed {
  listeners: Set<Listener>;
  connection: pg.Client | undefined;
  isOpening: boolean;
}

const globals = globalThis as { interpoolHeightFeed?: Feed };

function feed(): Feed {
  globals.interpoolHeightFeed ??= { listeners: new Set(), connection: undefined, isOpening: false };
  return globals.interpoolHeightFeed;
}

function wakeAll(): void {
  for (const listener of feed().listeners) listener();
}

/** One database connection listens for everybody, as long as anybody does; after a break all are woken once, because news may be missed. */
async function keepOpen(): Promise<void> {
  const state = feed();
  if (state.isOpening || state.connection !== undefined || state.listeners.size === 0) return;
  state.isOpening = true;
  const connection = new pg.Client(databaseOptions(webEnvironment().databaseUrl));
  const lose = (): void => {
    if (state.connection === connection) state.connection = undefined;
    setTimeout(() => void keepOpen(), RECONNECT_MS).unref();
  };
  connection.on('error', lose);
  connection.on('end', lose);
  connection.on('notification', wakeAll);
  try {
    await connection.connect();
    await connection.query(`LISTEN ${CHANNEL}`);
    state.connection = connection;
    wakeAll();
  } catch {
    connection.end().catch(() => undefined);
    lose();
  } finally {
    state.isOpening = false;
  }
}

/** Calls `listener` after every move of the read model's checkpoint (and now and then without one). Undefined: too many listen already. */
export function listenHeights(listener: Listener): (() => void) | undefined {
  const { listeners } = feed();
  if (listeners.size >= LISTENERS_MAX) return undefined;
  listeners.add(listener);
  void keepOpen();
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
