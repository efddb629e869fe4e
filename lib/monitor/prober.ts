import 'server-only';
import type { Connector } from './connector.ts';
import { PHI_SUSPECTED } from './detection/liveness.ts';
import type { Subject } from './subjects.ts';

const PROBE_MS_MAX = 3_000;
const ANSWER_BYTES_MAX = 16 * 1024;
/** Who is not suspected is asked so often, to know the way to it; who is, until something is known. */
const CALM_EVERY_MS = 60_000;
const PORTAL_EVERY_MS = 5_000;
const SUSPECTED_EVERY_MS = 3_000;
/** Calls on their way at once. */
const PROBES_MAX = 128;

/** One call of ours. */
export interface Probe {
  readonly subject: Subject;
  readonly atMs: number;
  readonly isOk: boolean;
  readonly roundTripMs: number | null;
  readonly sentence: string;
  /** What a portal's health says of its read model. */
  readonly height?: number;
}

const HEALTH_PATHS = { agent: '/v1/health', portal: '/api/v1/health' } as const;

function heightIn(body: string): number | undefined {
  try {
    const { height } = JSON.parse(body) as { height?: unknown };
    return typeof height === 'number' && Number.isSafeInteger(height) ? height : undefined;
  } catch {
    return undefined;
  }
}

/** Asks nodes themselves. */
export interface Prober {
  /** Sends what is due. */
  send(nowMs: number, subjects: Iterable<Subject>): void;
  /** What has come back since the last time. */
  take(): Probe[];
  /** One call now, for a person. */
  probe(subject: Subject, nowMs: number): Promise<Probe | null>;
}

const isSilent = ({ phi }: Subject): boolean => (phi ?? 0) >= PHI_SUSPECTED;

function isDue(subject: Subject, nowMs: number): boolean {
  if (subject.isProbing || subject.origin === null) return false;
  const isSuspected = subject.probesFailed > 0 || isSilent(subject);
  const calmMs = subject.kind === 'portal' ? PORTAL_EVERY_MS : CALM_EVERY_MS;
  return nowMs - subject.probedAtMs >= (isSuspected ? SUSPECTED_EVERY_MS : calmMs);
}

/** Whose heartbeats stay away first, then whoever was not called for longest: with thousands that do not answer, nobody at the end is left out. */
function soonest(one: Subject, other: Subject): number {
  return Number(isSilent(other)) - Number(isSilent(one)) || one.probedAtMs - other.probedAtMs || one.id - other.id;
}

export function createProber(connector: Connector): Prober {
  const done: Probe[] = [];
  let underWay = 0;

  const probe = async (subject: Subject, atMs: number): Promise<Probe | null> => {
    const { origin, kind } = subject;
    if (origin === null || (kind !== 'agent' && kind !== 'portal')) return null;
    const url = `${origin}${HEALTH_PATHS[kind]}`;
    const called = await connector({ url, method: 'GET', timeoutMs: PROBE_MS_MAX, bytesMax: ANSWER_BYTES_MAX });
    if (!called.ok) {
      subject.mayProbe = called.isRefusedHere !== true;
      return { subject, atMs, isOk: false, roundTripMs: null, sentence: called.sentence };
    }
    subject.mayProbe = true;
    const { status, roundTripMs, body } = called;
    const isOk = status === 200;
    const sentence = isOk ? `It answered in ${Math.round(roundTripMs)} ms.` : `It answered ${status}.`;
    return { subject, atMs, isOk, roundTripMs: isOk ? roundTripMs : null, sentence, height: heightIn(body) };
  };

  const run = async (subject: Subject, atMs: number): Promise<void> => {
    underWay += 1;
    subject.isProbing = true;
    subject.probedAtMs = atMs;
    const result = await probe(subject, atMs);
    if (result !== null) done.push(result);
    subject.isProbing = false;
    underWay -= 1;
  };

  return {
    send(nowMs, subjects) {
      const due = [...subjects].filter((subject) => isDue(subject, nowMs)).toSorted(soonest);
      for (const subject of due.slice(0, Math.max(0, PROBES_MAX - underWay))) void run(subject, nowMs);
    },
    take: () => done.splice(0),
    probe,
  };
}
