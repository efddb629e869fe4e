import 'server-only';
import { toHex } from '#ledger/core/bytes.ts';
import type { Database } from '#lib/database-session.ts';
import type { Figures, Metric, NodeStatus } from '#lib/shared/monitoring.ts';
import type { Observed } from './alert-store.ts';
import type { ChainWatch } from './chain-watch.ts';
import type { Agreed } from './detection/arrivals.ts';
import { livenessOf, PHI_SUSPECTED, type Findings, type Liveness } from './detection/liveness.ts';
import type { Probe } from './prober.ts';
import type { Subject } from './subjects.ts';

/** A heartbeat's figures say nothing any more after this long. */
const FIGURES_KEPT_MS = 45_000;
/** Nothing else changes with each look, so phi and the last arrival are written so often. */
const STATE_EVERY_MS = 10_000;

/** A portal that has sent no heartbeat for so long sends none any more: then calls alone speak for it, as for one that never sent any. */
const PORTAL_HEARD_MS = 3_600_000;

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

function validatorSentence(subject: Subject, chain: ChainWatch): string {
  const validator = chain.status?.validators.find(({ address }) => toHex(address) === subject.key);
  if (validator === undefined) return 'The ledger process does not know it any more.';
  const why = validator.reason === undefined ? '' : ` ${validator.reason}`;
  return `The ledger process says that it is ${validator.state} at height ${validator.height}.${why}`;
}

function inARow(times: number): string {
  return times === 1 ? 'once' : `${times} times in a row`;
}

function portalSentence(subject: Subject, status: NodeStatus, nowMs: number): string {
  const { probesFailed, probeSentence, arrivals } = subject;
  if (status === 'up') return arrivals === undefined ? 'It answers.' : 'It answers, and its heartbeats come.';
  if (probesFailed > 0) return `${probeSentence} That was so ${inARow(probesFailed)}.`;
  // After a start of the monitor nobody has called it yet.
  if (arrivals === undefined || status !== 'suspected') return 'It has not been called yet.';
  return `It answers, but its last heartbeat came ${seconds(nowMs - arrivals.lastMs)} ago.`;
}

/** A portal that answers works, whatever its keeper does: only calls say that it failed, and silence alone that something is wrong [7.2.3-b]. */
function portalLiveness(findings: Findings, nowMs: number, agreed: Agreed): Liveness {
  const called = livenessOf({ ...findings, arrivals: undefined }, nowMs, agreed);
  if (findings.arrivals === undefined) return called;
  const { phi } = livenessOf(findings, nowMs, agreed);
  return { status: called.status === 'up' && (phi ?? 0) >= PHI_SUSPECTED ? 'suspected' : called.status, phi };
}

function sentenceOf(subject: Subject, { status }: Liveness, nowMs: number): string {
  const { arrivals, probesFailed, probeSentence, mayProbe, kind } = subject;
  if (kind === 'portal') return portalSentence(subject, status, nowMs);
  if (arrivals === undefined) return 'It has not been heard yet.';
  if (status === 'up') return 'Its heartbeats come.';
  const silence = `Its last heartbeat came ${seconds(nowMs - arrivals.lastMs)} ago.`;
  if (!mayProbe) return `${silence} ${probeSentence}`;
  if (probeSentence === '') return `${silence} It has not been called yet.`;
  if (probesFailed === 0) return `${silence} When it was called itself, it answered.`;
  return `${silence} When it was called itself, ${inARow(probesFailed)}: ${probeSentence}`;
}

/** Takes what probes brought. */
export function takeProbes(probes: readonly Probe[]): void {
  for (const { subject, isOk, sentence } of probes) {
    subject.probesFailed = isOk || !subject.mayProbe ? 0 : subject.probesFailed + 1;
    subject.probeSentence = sentence;
  }
}

const WORSE: Readonly<Record<NodeStatus, number>> = { unknown: 0, up: 1, suspected: 2, failed: 3 };

/**
 * What was found, unless a node would look better for no reason but that this monitor has just started: without a heartbeat since, a status only gets worse, and a failed
 * node that answers when it is called is suspected again.
 */
function standingOr(subject: Subject, found: NodeStatus): NodeStatus {
  const { status, figuresAtMs, statusSinceMs, probesFailed, mayProbe } = subject;
  if (subject.kind !== 'agent' || status === 'unknown' || figuresAtMs > statusSinceMs) return found;
  if (WORSE[found] >= WORSE[status]) return found;
  return status === 'failed' && probesFailed === 0 && mayProbe ? 'suspected' : status;
}

/** Looks at a node; true when its status changed. */
export function lookAtSubject(
  subject: Subject,
  nowMs: number,
  { chain, deafUntilMs, agreed }: { chain: ChainWatch; deafUntilMs: number; agreed: Agreed },
): boolean {
  if (subject.kind === 'validator') {
    // While the ledger process is away nobody knows of its validators, which is told of the network itself.
    if (chain.status !== undefined) subject.probesFailed = chain.failedLooks.get(subject.key) ?? 0;
  }
  const isProbed =
    subject.kind === 'validator' ? chain.status !== undefined : subject.origin !== null && subject.mayProbe;
  const isKnown = subject.kind !== 'portal' || subject.probedAtMs > 0;
  if (subject.kind === 'portal' && nowMs - (subject.arrivals?.lastMs ?? 0) > PORTAL_HEARD_MS)
    subject.arrivals = undefined;
  const { arrivals, probesFailed } = subject;
  const judge = subject.kind === 'portal' ? portalLiveness : livenessOf;
  const found = isKnown
    ? judge({ arrivals, probesFailed, isProbed, deafUntilMs }, nowMs, agreed)
    : { status: 'unknown' as const, phi: null };
  subject.phi = found.phi;
  subject.statusSentence =
    subject.kind === 'validator' ? validatorSentence(subject, chain) : sentenceOf(subject, found, nowMs);
  const status = standingOr(subject, found.status);
  if (status === subject.status) return false;
  subject.status = status;
  subject.statusSinceMs = nowMs;
  return true;
}

function agentFigures(subject: Subject, nowMs: number): Figures {
  const { figures, figuresAtMs, clockAway, unusual } = subject;
  const away = clockAway !== null && clockAway.atMs > figuresAtMs ? { clockOffMs: Math.abs(clockAway.ms) } : {};
  if (nowMs - figuresAtMs > FIGURES_KEPT_MS) return away;
  return { ...figures, ...unusual, ...away };
}

/** Every value that rules are held against. */
export function observedOf(subjects: Iterable<Subject>, chainFigures: Figures, nowMs: number): Observed[] {
  const observed: Observed[] = [];
  for (const subject of subjects) {
    const { id, kind, name, statusSentence: found, status, unusualEverywhere } = subject;
    const liveness: Figures = status === 'unknown' ? {} : { isFailed: status === 'failed' ? 1 : 0 };
    const own =
      kind === 'chain' ? chainFigures : { ...(kind === 'agent' ? agentFigures(subject, nowMs) : {}), ...liveness };
    for (const [metric, value] of Object.entries(own) as [Metric, number][])
      observed.push({ subject: id, kind, name, metric, value, found, isEverywhere: unusualEverywhere.has(metric) });
  }
  return observed;
}

interface StateWrite {
  readonly subject: Subject;
  readonly isChanged: boolean;
}

/** Writes where findings stand, each change of them, and what probes brought. */
export async function writeFindings(
  database: Database,
  { looked, probes, nowMs }: { looked: readonly StateWrite[]; probes: readonly Probe[]; nowMs: number },
): Promise<void> {
  const due = looked.filter(({ subject, isChanged }) => isChanged || nowMs - subject.writtenAtMs >= STATE_EVERY_MS);
  const changed = due.filter(({ isChanged }) => isChanged).map(({ subject }) => subject);
  if (due.length > 0) {
    const rows = due.map(({ subject }) => stateRow(subject));
    await database.query(
      `WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS g ("subject" int, "status" text, "since" timestamptz, "seenAt" timestamptz,
           "phi" real, "probesFailed" int, "sentence" text)),
         kept AS (INSERT INTO monitoring.states SELECT * FROM given ON CONFLICT ("subject") DO UPDATE SET "status" = EXCLUDED."status",
           "since" = EXCLUDED."since", "seenAt" = EXCLUDED."seenAt", "phi" = EXCLUDED."phi", "probesFailed" = EXCLUDED."probesFailed",
           "sentence" = EXCLUDED."sentence")
       INSERT INTO monitoring.state_changes ("subject", "at", "status", "sentence")
       SELECT "subject", "since", "status", "sentence" FROM given WHERE "subject" = ANY($2)`,
      [JSON.stringify(rows), changed.map(({ id }) => id)],
    );
    for (const { subject } of due) subject.writtenAtMs = nowMs;
  }
  if (probes.length === 0) return;
  const rows = probes.map(({ subject, atMs, isOk, roundTripMs, sentence }) => ({
    subject: subject.id,
    at: new Date(atMs).toISOString(),
    isOk,
    roundTripMs,
    sentence,
  }));
  await database.query(
    `INSERT INTO monitoring.probes SELECT * FROM jsonb_to_recordset($1::jsonb)
       AS g ("subject" int, "at" timestamptz, "isOk" boolean, "roundTripMs" real, "sentence" text)`,
    [JSON.stringify(rows)],
  );
}

function stateRow(subject: Subject): Record<string, unknown> {
  const { id, status, statusSinceMs, figuresAtMs, phi, probesFailed, statusSentence } = subject;
  return {
    subject: id,
    status,
    since: new Date(statusSinceMs).toISOString(),
    seenAt: figuresAtMs === 0 ? null : new Date(figuresAtMs).toISOString(),
    phi: phi === null ? null : Math.min(phi, 1_000),
    probesFailed,
    sentence: statusSentence,
  };
}
