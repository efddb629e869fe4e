import 'server-only';
import { createHash } from 'node:crypto';
import { database, PREPARED, Prisma, readModel } from '#lib/db.ts';
import type { Heartbeat, HeartbeatAnswer } from '#lib/shared/agent.ts';
import { createBatcher } from './batcher.ts';

/** How long a portal remembers under which number a node's samples are kept, and whether it has one. */
const SUBJECT_KEPT_MS = 60_000;
/** Somebody may authorise its key at any moment. */
const NO_SUBJECT_KEPT_MS = 5_000;
const SUBJECTS_MAX = 50_000;
/** So many are asked for at once. */
const LEARNED_MAX = 5_000;
/** A node that sends more often than this is answered, and one sample of it is kept. */
export const SAMPLE_EVERY_MS_MIN = 1_000;
const PEERS_MAX = 64;
const PEERS_KEPT_MS = 10_000;
const HEIGHT_KEPT_MS = 500;
const INT_MAX = 2_147_483_647;
const LAG_MAX = 1_000_000;

interface Known {
  /** Null: no account has authorised its key, so it is nobody's node yet. */
  subject: number | null;
  untilMs: number;
  sampledAtMs: number;
  /** Of the sources that were written last. */
  sourcesHash: string;
}

interface Arrival {
  readonly address: string;
  readonly beat: Heartbeat;
  /** When the portal had it, and the time that its signature names: the node's own. */
  readonly atMs: number;
  readonly signedAtMs: number;
}

/** `unknown`: the agent has not registered. `overtaken`: it, or one that the node signed later, was taken before, here or at another portal. */
export type Intake = 'taken' | 'unknown' | 'overtaken';

const known = new Map<string, Known>();

/** Those whose time is over, and with them those whose time is over soon: else every batch would ask for a few. */
function staleAmong(addresses: readonly string[], nowMs: number): string[] {
  const stale = new Set(addresses.filter((each) => (known.get(each)?.untilMs ?? 0) < nowMs));
  if (stale.size === 0) return [];
  for (const [address, { subject, untilMs, sampledAtMs }] of known) {
    if (stale.size >= LEARNED_MAX) break;
    const isHeard = subject !== null && nowMs - sampledAtMs < SUBJECT_KEPT_MS;
    if (isHeard && untilMs < nowMs + SUBJECT_KEPT_MS / 2) stale.add(address);
  }
  return [...stale];
}

interface Keyed {
  key: string;
  account: bigint;
  id: number | null;
  isChanged: boolean;
}

/** The numbers of those whose key an account has authorised. What stands as it should is not written: each attempt would use up a number. */
async function subjectsOf(addresses: readonly string[]): Promise<{ id: number | null; key: string }[]> {
  const client = database();
  const keyed = await client.$queryRaw<Keyed[]>`
    SELECT k."address" AS "key", k."account", s."id", s."account" IS DISTINCT FROM k."account" AS "isChanged" FROM (
      SELECT "address", min("account") AS "account" FROM ${readModel.account_keys}
      WHERE "address" = ANY(${addresses}) AND NOT "revoked" GROUP BY "address"
    ) k LEFT JOIN monitoring.subjects s ON s."kind" = 'agent' AND s."key" = k."address"`;
  const changed = keyed
    .filter(({ id, isChanged }) => id === null || isChanged)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  if (changed.length === 0) return keyed;
  // One that another portal wrote at the same moment is not returned: it is asked for again soon.
  const written = await client.$queryRaw<{ id: number; key: string }[]>`
    INSERT INTO monitoring.subjects AS s ("kind", "key", "account")
    SELECT 'agent', * FROM unnest(${changed.map(({ key }) => key)}::text[], ${changed.map(({ account }) => account)}::bigint[])
    ON CONFLICT ("kind", "key") DO UPDATE SET "account" = EXCLUDED."account"
    WHERE s."account" IS DISTINCT FROM EXCLUDED."account" RETURNING s."id", s."key"`;
  return [...keyed.filter(({ id, isChanged }) => id !== null && !isChanged), ...written];
}

async function learnSubjects(addresses: readonly string[], nowMs: number): Promise<void> {
  if (known.size + addresses.length > SUBJECTS_MAX) known.clear();
  const rows = await subjectsOf(addresses);
  const ids = new Map(rows.map(({ id, key }) => [key, id]));
  for (const address of addresses) {
    const before = known.get(address);
    const subject = ids.get(address) ?? null;
    known.set(address, {
      subject,
      untilMs: nowMs + (subject === null ? NO_SUBJECT_KEPT_MS : SUBJECT_KEPT_MS),
      sampledAtMs: before?.sampledAtMs ?? 0,
      // Sources are written again once in a while: what another portal wrote meanwhile, or a crash of the database lost, stays for a minute at most.
      sourcesHash: '',
    });
  }
}

/** Columns of a sample that a heartbeat makes. */
const SAMPLE_COLUMNS = {
  subject: 'int',
  at: 'timestamptz',
  height: 'bigint',
  lag: 'int',
  version: 'text',
  cpuPermille: 'int',
  memoryMib: 'int',
  memoryMaxMib: 'int',
  diskFreeMib: 'int',
  loopDelayMs: 'real',
  clockOffsetMs: 'int',
  clockSeenMs: 'int',
  orders: 'int',
  refused: 'int',
  refusals: 'jsonb',
  roundTripMs: 'real',
  lossPermille: 'int',
  carriedBytesPerS: 'int',
  slots: 'int',
  slotsBusy: 'int',
  runsWaiting: 'int',
  peers: 'jsonb',
} as const;
/** What a heartbeat writes, as the statement takes it: one array a column, which costs the server half of what reading JSON does. */
const COLUMNS = { address: 'text', signedAtMs: 'bigint', load: 'jsonb', sources: 'jsonb', ...SAMPLE_COLUMNS } as const;
type Column = keyof typeof COLUMNS;
type Row = Partial<Record<Column, unknown>>;

/** All rows of one column as PostgreSQL reads them, text by text. */
function columnOf(rows: readonly Row[], column: Column): (string | null)[] {
  return rows.map((row) => {
    const value = row[column] ?? null;
    if (value === null) return null;
    return COLUMNS[column] === 'jsonb' ? JSON.stringify(value) : String(value as string | number);
  });
}

const COLUMN_NAMES = Object.keys(COLUMNS) as Column[];
const named = (names: readonly string[]): Prisma.Sql => Prisma.raw(names.map((name) => `"${name}"`).join(', '));
const NAMES = named(COLUMN_NAMES);
const SAMPLE_NAMES = named(Object.keys(SAMPLE_COLUMNS));

function arraysOf(rows: readonly Row[]): Prisma.Sql {
  return Prisma.join(
    COLUMN_NAMES.map((name) => Prisma.sql`${columnOf(rows, name)}::${Prisma.raw(COLUMNS[name])}[]`),
    ', ',
  );
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);

/** Heights behind the portal's own, within what a sample holds; below 0 where the node claims to be ahead. */
export function lagOf(height: number, portalHeight: number): number {
  return Math.max(-LAG_MAX, Math.min(LAG_MAX, portalHeight - height));
}

function rowOf({ address, beat, atMs, signedAtMs }: Arrival, height: number): Row {
  const { sample = {}, sources, load } = beat;
  const standing = known.get(address);
  const { refusals, peers, ...figures } = sample;
  const isSampled =
    standing !== undefined && standing.subject !== null && atMs - standing.sampledAtMs >= SAMPLE_EVERY_MS_MIN;
  const hash = createHash('sha256').update(JSON.stringify(sources)).digest('hex');
  const isKnownSources = standing?.sourcesHash === hash;
  if (standing !== undefined) {
    standing.sourcesHash = hash;
    if (isSampled) standing.sampledAtMs = atMs;
  }
  return {
    address,
    signedAtMs,
    load,
    sources: isKnownSources ? null : sources,
    subject: isSampled ? standing.subject : null,
    at: new Date(atMs).toISOString(),
    ...figures,
    lag: sample.height === undefined ? null : lagOf(sample.height, height),
    clockSeenMs: signedAtMs - atMs,
    refused: refusals === undefined ? null : Math.min(INT_MAX, sumOf(Object.values(refusals))),
    refusals: refusals ?? null,
    peers: peers ?? null,
  };
}

/**
 * The one statement of a batch: what the agents said of themselves, and a sample of each that is somebody's node. Answers the addresses whose
 * heartbeat was taken: registered, and signed later than all that any portal took.
 *
 * Its commit does not wait for the disk. What the last half second before a crash of the server brought may be lost, and nothing else is in this
 * transaction: the node says it all again within ten seconds. With the rows goes the time that refuses a second coming, so a heartbeat that
 * could come again is one that left no trace: it counts once still.
 */
async function writeRows(rows: readonly Row[], addresses: readonly string[]): Promise<Set<string>> {
  const taken = await database().$queryRaw<{ address: string }[]>`${PREPARED}
    WITH unhurried AS MATERIALIZED (
      SELECT set_config('synchronous_commit', 'off', true) AS "is"
    ), given AS MATERIALIZED (
      SELECT * FROM unnest(${arraysOf(rows)}) AS g (${NAMES})
    ), taken AS (
      UPDATE operations.agents a SET "seenAt" = g."at", "load" = g."load", "sources" = coalesce(g."sources", a."sources"),
        "beatAtMs" = g."signedAtMs"
      FROM given g WHERE a."address" = g."address" AND (a."beatAtMs" IS NULL OR a."beatAtMs" < g."signedAtMs")
        -- Says nothing new, but lets the server look these few up instead of reading through all agents.
        AND a."address" = ANY(${addresses}) RETURNING a."address"
    ), kept AS (
      INSERT INTO monitoring.samples (${SAMPLE_NAMES})
      SELECT ${SAMPLE_NAMES} FROM given JOIN taken USING ("address") WHERE "subject" IS NOT NULL
    ) SELECT taken."address", unhurried."is" FROM unhurried, taken`;
  return new Set(taken.map(({ address }) => address));
}

/** Why others were not taken: those of agents that have registered were overtaken. */
async function registered(addresses: readonly string[]): Promise<Set<string>> {
  if (addresses.length === 0) return new Set();
  const rows = await database().agent.findMany({
    where: { address: { in: [...addresses] } },
    select: { address: true },
  });
  return new Set(rows.map(({ address }) => address));
}

async function takeAll(arrivals: readonly Arrival[]): Promise<Intake[]> {
  const nowMs = Date.now();
  const stale = staleAmong([...new Set(arrivals.map(({ address }) => address))], nowMs);
  if (stale.length > 0) await learnSubjects(stale, nowMs);
  const height = await standingHeight();
  // Of one address the last word counts; those before it are refused like any that was overtaken.
  const latest = new Map<string, Arrival>();
  for (const arrival of arrivals)
    if (arrival.signedAtMs > (latest.get(arrival.address)?.signedAtMs ?? 0)) latest.set(arrival.address, arrival);
  // Rows are locked in one order, so that two portals never wait for each other.
  const ordered = [...latest.values()].toSorted((a, b) => (a.address < b.address ? -1 : 1));
  const addresses = ordered.map(({ address }) => address);
  const rows = ordered.map((arrival) => rowOf(arrival, height));
  try {
    const taken = await writeRows(rows, addresses);
    const refused = addresses.filter((address) => !taken.has(address));
    const overtaken = await registered(refused);
    // The other portal that took a later one wrote its sources: what they are is not known here.
    for (const address of overtaken) known.delete(address);
    return arrivals.map((arrival) => {
      const { address } = arrival;
      if (taken.has(address)) return latest.get(address) === arrival ? 'taken' : 'overtaken';
      return overtaken.has(address) ? 'overtaken' : 'unknown';
    });
  } catch (error) {
    // Nothing of it was written, so nothing of it is known.
    for (const address of addresses) known.delete(address);
    throw error;
  }
}

/** Nobody waits for a heartbeat's answer but its node, and a statement costs little more for twenty than for one. */
const WAIT_MS = 50;
const take = createBatcher(takeAll, WAIT_MS);

/** When each node signed the last of its heartbeats that came here: what is no later is refused without asking the database. */
const heard = new Map<string, number>();

/** Keeps a heartbeat, if its node has signed it later than every other that was taken. */
export async function recordHeartbeat(arrival: Arrival): Promise<Intake> {
  const { address, signedAtMs } = arrival;
  if (signedAtMs <= (heard.get(address) ?? 0)) return 'overtaken';
  if (heard.size >= SUBJECTS_MAX) heard.clear();
  heard.set(address, signedAtMs);
  try {
    return await take(arrival);
  } catch (error) {
    // It was not taken, as far as anybody here knows: the database decides when it comes again.
    if (heard.get(address) === signedAtMs) heard.delete(address);
    throw error;
  }
}

/** Remembers that a node's clock was so far off that its heartbeat could not be taken. */
export async function recordClockAway(address: string, awayMs: number): Promise<void> {
  await database().$executeRaw`
    UPDATE monitoring.subjects SET "clockAwayMs" = ${BigInt(awayMs)}, "clockAwayAt" = clock_timestamp()
    WHERE "kind" = 'agent' AND "key" = ${address}`;
}

let heightKept = { height: 0, untilMs: 0 };

async function standingHeight(): Promise<number> {
  const nowMs = performance.now();
  if (nowMs >= heightKept.untilMs) {
    const { height } = await database().checkpoint.findUniqueOrThrow({ where: { id: 1 } });
    heightKept = { height: Number(height), untilMs: nowMs + HEIGHT_KEPT_MS };
  }
  return heightKept.height;
}

let peersKept: { peers: HeartbeatAnswer['peers']; untilMs: number } = { peers: [], untilMs: 0 };

/** Nodes that were heard a minute ago, other ones each time: each finds two of them to measure the way to. */
async function somePeers(): Promise<HeartbeatAnswer['peers']> {
  const nowMs = performance.now();
  if (nowMs < peersKept.untilMs) return peersKept.peers;
  // Before the answer is there, so that those who ask meanwhile do not ask the database too.
  peersKept.untilMs = nowMs + PEERS_KEPT_MS;
  const turn = String(Math.floor(Date.now() / PEERS_KEPT_MS));
  const peers = await database().$queryRaw<HeartbeatAnswer['peers']>`
    SELECT a."address", a."origin" FROM operations.agents a JOIN monitoring.subjects s ON s."kind" = 'agent' AND s."key" = a."address"
    WHERE a."seenAt" > clock_timestamp() - interval '1 minute' ORDER BY md5(a."address" || ${turn}) LIMIT ${PEERS_MAX}`;
  peersKept = { peers, untilMs: nowMs + PEERS_KEPT_MS };
  return peers;
}

/** What a heartbeat is answered with. */
export async function heartbeatAnswer(): Promise<HeartbeatAnswer> {
  const [height, peers] = await Promise.all([standingHeight(), somePeers()]);
  return { serverTimeMs: Date.now(), height, peers };
}
