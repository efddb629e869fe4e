import 'server-only';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { databaseOptions } from './database-address.ts';

const LOCK_POLL_MS = 500;
/** PostgreSQL ends a session that is silent for this long, and with it the lock: who was stopped or cut off holds nothing. */
const SILENCE_MS_MAX = 3_000;
const HEARTBEAT_MS = 1_000;
/** After a crash PostgreSQL may need this long to end the session before: that is no reason to call oneself a standby. */
const STANDBY_AFTER_MS = 4_000;
/** A server that answers nothing for this long is given up from this side. */
const ANSWER_MS_MAX = 30_000;

/** The part of a PostgreSQL client that projector and monitor use; tests hand in one that fails at a chosen statement. */
export type Database = Pick<pg.Client, 'query'>;

/** Runs statements that take effect all together or not at all. */
export async function inTransaction(database: Database, work: () => Promise<void>): Promise<void> {
  await database.query('BEGIN');
  try {
    await work();
    await database.query('COMMIT');
  } catch (error) {
    // The connection itself may be what failed: the server then rolls back by itself.
    await database.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Two numbers of 32 bits that no other lock of the database has. */
export type LockKey = readonly [kind: number, of: number];

/** The one connection of a projector or a monitor to its database. */
export interface Session {
  /** Statements are sent one after the other, heartbeats between them. */
  readonly database: Database;
  /** Aborts when the connection is lost; its reason is what was lost. */
  readonly lost: AbortSignal;
  /** Resolves to true once this session holds the lock, to false when `signal` aborts or the wait is over. */
  lock(
    key: LockKey,
    options: { signal: AbortSignal; waitMsMax: number; onWait?: (waitedMs: number) => void },
  ): Promise<boolean>;
  close(): Promise<void>;
}

/** Sends one statement after the other, whoever asks. */
function inTurn(client: pg.Client): Database {
  let last: Promise<unknown> = Promise.resolve();
  const query = (...args: unknown[]): Promise<unknown> => {
    const turn = last.then(() => (client.query as (...given: unknown[]) => Promise<unknown>).apply(client, args));
    last = turn.catch(() => undefined);
    return turn;
  };
  return { query: query as unknown as Database['query'] };
}

function beat(
  database: Database,
  { answerMsMax, give }: { answerMsMax: number; give: (reason: Error) => void },
): () => void {
  let askedAtMs: number | undefined;
  const timer = setInterval(() => {
    if (askedAtMs !== undefined) {
      if (performance.now() - askedAtMs > answerMsMax) give(new Error('PostgreSQL does not answer'));
      return;
    }
    askedAtMs = performance.now();
    database.query('SELECT 1').then(
      () => (askedAtMs = undefined),
      (error: Error) => give(error),
    );
  }, HEARTBEAT_MS);
  return () => clearInterval(timer);
}

export interface SessionOptions {
  /** Milliseconds after which a server that answers nothing is given up. */
  readonly answerMsMax?: number;
}

/** Connects, and lets PostgreSQL end this session when nothing is heard from it. */
export async function openSession(
  address: string,
  { answerMsMax = ANSWER_MS_MAX }: SessionOptions = {},
): Promise<Session> {
  const client = new pg.Client(databaseOptions(address));
  const lost = new AbortController();
  const give = (reason: Error): void => {
    lost.abort(reason);
    // A statement that waits for an answer fails with the connection: nothing else would end its wait.
    void client.end().catch(() => undefined);
  };
  client.on('error', give);
  client.on('end', () => give(new Error('the connection to PostgreSQL ended')));
  const database = inTurn(client);
  try {
    await client.connect();
    await database.query(`SET idle_session_timeout = ${SILENCE_MS_MAX}`);
    await database.query(`SET idle_in_transaction_session_timeout = ${SILENCE_MS_MAX}`);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  const stopBeating = beat(database, { answerMsMax, give });
  return {
    database,
    lost: lost.signal,
    async lock(key, { signal, waitMsMax, onWait }) {
      for (let waitedMs = 0; waitedMs <= waitMsMax && !signal.aborted; waitedMs += LOCK_POLL_MS) {
        lost.signal.throwIfAborted();
        const sql = 'SELECT pg_try_advisory_lock($1, $2) AS locked';
        const { rows } = await database.query<{ locked: boolean }>(sql, [...key]);
        if (rows[0]?.locked === true) return true;
        onWait?.(waitedMs);
        await delay(LOCK_POLL_MS, undefined, { signal }).catch(() => undefined);
      }
      return false;
    },
    async close() {
      stopBeating();
      await client.end().catch(() => undefined);
    },
  };
}

/** One line of JSON for whoever started this process. */
export function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** One of several processes of which one works at a time; through all its connections it says once what it is. */
export interface Standby {
  /** Waits for as long as it takes until this session may work; false when `signal` aborts before. */
  admit(session: Session, key: LockKey, signal: AbortSignal): Promise<boolean>;
  /** It works: `facts` stand beside `ready`. */
  works(facts: object): void;
}

/** `sentence` is for the operator: who works instead. */
export function createStandby(sentence: string): Standby {
  let said: 'nothing' | 'standby' | 'ready' = 'nothing';
  return {
    admit: (session, key, signal) =>
      session.lock(key, {
        signal,
        waitMsMax: Number.POSITIVE_INFINITY,
        onWait: (waitedMs) => {
          if (waitedMs < STANDBY_AFTER_MS || said === 'standby') return;
          said = 'standby';
          process.stderr.write(`${sentence}\n`);
          say({ ready: true, standby: true });
        },
      }),
    works: (facts) => {
      if (said !== 'ready') say({ ready: true, ...facts });
      said = 'ready';
    },
  };
}
