import 'server-only';
import type { Database } from '#lib/database-session.ts';
import type { Figures, Metric, NodeStatus, SubjectKind } from '#lib/shared/monitoring.ts';
import { beginArrivals, type Arrivals } from './detection/arrivals.ts';

/** Digits of a validator's address that a sentence holds. */
const ADDRESS_SHOWN = 8;

/** A subject as the monitor has it in memory. Everything of weight in it is read again after a start. */
export interface Subject {
  readonly id: number;
  readonly kind: SubjectKind;
  readonly key: string;
  name: string;
  /** What to call; null for what is not called. */
  origin: string | null;
  arrivals: Arrivals | undefined;
  /** How suspicious its silence was at the last look; null where there are no heartbeats. */
  phi: number | null;
  /** The last heartbeat's figures, and when it came. */
  figures: Figures;
  figuresAtMs: number;
  clockAway: { ms: number; atMs: number } | null;
  unusual: Partial<Record<'loopDelayUnusual' | 'roundTripUnusual', number>>;
  /** Metrics that are unusual in everybody. */
  unusualEverywhere: ReadonlySet<Metric>;
  probesFailed: number;
  probedAtMs: number;
  isProbing: boolean;
  /** False: the address may not be called from here, which is nobody's failure. */
  mayProbe: boolean;
  probeSentence: string;
  status: NodeStatus;
  statusSinceMs: number;
  statusSentence: string;
  writtenAtMs: number;
}

export function newSubject(of: { id: number; kind: SubjectKind; key: string }): Subject {
  return {
    ...of,
    name: of.key,
    origin: null,
    arrivals: undefined,
    phi: null,
    figures: {},
    figuresAtMs: 0,
    clockAway: null,
    unusual: {},
    unusualEverywhere: new Set(),
    probesFailed: 0,
    probedAtMs: 0,
    isProbing: false,
    mayProbe: true,
    probeSentence: '',
    status: 'unknown',
    statusSinceMs: 0,
    statusSentence: '',
    writtenAtMs: 0,
  };
}

interface SubjectRow {
  id: number;
  kind: SubjectKind;
  key: string;
  label: string | null;
  origin: string | null;
  clockAwayMs: string | null;
  clockAwayAtMs: string | null;
}

/** Reads who is watched; what is known of those that were watched before stays. */
export async function readSubjects(database: Database, subjects: Map<number, Subject>): Promise<void> {
  const { rows } = await database.query<SubjectRow>(
    `SELECT s."id", s."kind", s."key", a."label", a."origin", s."clockAwayMs",
       (extract(epoch FROM s."clockAwayAt") * 1000)::bigint AS "clockAwayAtMs"
     FROM monitoring.subjects s LEFT JOIN operations.agents a ON s."kind" = 'agent' AND a."address" = s."key"`,
  );
  for (const { id, kind, key, label, origin, clockAwayMs, clockAwayAtMs } of rows) {
    const subject = subjects.get(id) ?? newSubject({ id, kind, key });
    subjects.set(id, subject);
    if (kind === 'agent') {
      subject.name = label ?? key;
      subject.origin = origin;
    }
    if (kind === 'portal') subject.origin = key;
    // Its name stands on the ledger; in a sentence the beginning of its address is read more easily than all of it.
    if (kind === 'validator') subject.name = `Validator ${key.slice(0, ADDRESS_SHOWN)}`;
    subject.clockAway =
      clockAwayMs === null || clockAwayAtMs === null ? null : { ms: Number(clockAwayMs), atMs: Number(clockAwayAtMs) };
  }
}

/** Numbers of subjects that the monitor itself knows of: portals, validators, the network. */
export async function ensureSubjects(
  database: Database,
  wanted: readonly { kind: SubjectKind; key: string }[],
): Promise<void> {
  if (wanted.length === 0) return;
  await database.query(
    `INSERT INTO monitoring.subjects ("kind", "key") SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
    [wanted.map(({ kind }) => kind), wanted.map(({ key }) => key)],
  );
}

interface StateRow {
  subject: number;
  status: NodeStatus;
  sinceMs: string;
  sentence: string;
  probesFailed: number;
}

/** Where the findings stood when a monitor last wrote them. */
export async function readStates(database: Database, subjects: ReadonlyMap<number, Subject>): Promise<void> {
  const { rows } = await database.query<StateRow>(
    `SELECT "subject", "status", (extract(epoch FROM "since") * 1000)::bigint AS "sinceMs", "sentence", "probesFailed" FROM monitoring.states`,
  );
  for (const { subject: id, status, sinceMs, sentence, probesFailed } of rows) {
    const subject = subjects.get(id);
    if (subject === undefined) continue;
    Object.assign(subject, { status, statusSinceMs: Number(sinceMs), statusSentence: sentence, probesFailed });
  }
}

/** A node that has never been heard counts as heard when it was first looked at. */
export function arrivalsOf(subject: Subject, atMs: number): Arrivals {
  subject.arrivals ??= beginArrivals(atMs);
  return subject.arrivals;
}
