import 'server-only';
import { inTransaction, type Database } from '#lib/database-session.ts';
import { SEVERITIES, type Metric, type Severity, type SubjectKind } from '#lib/shared/monitoring.ts';
import { judge, lookAgain, type Condition, type Phase, type Telling, type Threshold } from './alerts/condition.ts';
import { alertSentence } from './alerts/sentences.ts';
import { isEverybodys } from './detection/unusual.ts';

export interface Rule extends Threshold {
  readonly id: string;
  readonly kind: SubjectKind;
  readonly metric: Metric;
  readonly forMs: number;
  readonly severity: Severity;
}

/** One value of one subject to be held against its rules. */
export interface Observed {
  readonly subject: number;
  readonly kind: SubjectKind;
  readonly name: string;
  readonly metric: Metric;
  readonly value: number;
  /** What liveness says of it. */
  readonly found: string;
  /** The whole class shows it, as was found before. */
  readonly isEverywhere: boolean;
}

interface RuleRow extends Threshold {
  id: string;
  kind: SubjectKind;
  metric: Metric;
  forSeconds: number;
  severity: Severity;
}

/** Rules that are switched on. */
export async function readRules(database: Database): Promise<Rule[]> {
  const { rows } = await database.query<RuleRow>(
    `SELECT "id", "kind", "metric", "comparison", "threshold", "clearsAt", "forSeconds", "severity" FROM monitoring.rules
     WHERE "isEnabled" ORDER BY "id"`,
  );
  return rows.map(({ forSeconds, ...rule }) => ({ ...rule, forMs: forSeconds * 1_000 }));
}

/** Subjects that are in a maintenance window now. */
export async function readSilenced(database: Database, nowMs: number): Promise<Set<number>> {
  const { rows } = await database.query<{ subject: number }>(
    `SELECT DISTINCT "subject" FROM monitoring.windows WHERE "from" <= $1 AND "to" > $1`,
    [new Date(nowMs).toISOString()],
  );
  return new Set(rows.map(({ subject }) => subject));
}

/** A condition with the alert that it has opened. */
interface Kept {
  readonly condition: Condition;
  readonly alert: string | null;
}

export type Conditions = Map<string, Kept>;

const nameOf = (subject: number, rule: string): string => `${subject} ${rule}`;

interface ConditionRow {
  subject: number;
  rule: string;
  phase: Phase;
  breachedSinceMs: string | null;
  clearSinceMs: string | null;
  times: number;
  alert: string | null;
}

const timeOf = (ms: string | null): number | null => (ms === null ? null : Number(ms));

/** Where every cause stood when a monitor last looked. */
export async function readConditions(database: Database): Promise<Conditions> {
  const { rows } = await database.query<ConditionRow>(
    `SELECT "subject", "rule", "phase", (extract(epoch FROM "breachedSince") * 1000)::bigint AS "breachedSinceMs",
       (extract(epoch FROM "clearSince") * 1000)::bigint AS "clearSinceMs", "times", "alert" FROM monitoring.conditions`,
  );
  return new Map(
    rows.map(({ subject, rule, phase, breachedSinceMs, clearSinceMs, times, alert }) => [
      nameOf(subject, rule),
      {
        condition: { phase, breachedSinceMs: timeOf(breachedSinceMs), clearSinceMs: timeOf(clearSinceMs), times },
        alert,
      },
    ]),
  );
}

interface Change {
  readonly observed: Observed;
  readonly rule: Rule;
  readonly before: Kept | undefined;
  readonly next: Condition | null;
  readonly tell: Telling;
  readonly scope: 'one' | 'everyone';
}

function scopeOf(rule: Rule, observed: readonly Observed[]): 'one' | 'everyone' {
  const breached = observed.filter(({ value }) => judge(rule, value).isBreached).length;
  return isEverybodys(breached, observed.length) ? 'everyone' : 'one';
}

/** What changes by one look at everything; pure but for its arguments. */
export function changesOf(
  observed: readonly Observed[],
  {
    rules,
    conditions,
    silenced,
    atMs,
  }: { rules: readonly Rule[]; conditions: Conditions; silenced: ReadonlySet<number>; atMs: number },
): Change[] {
  const changes: Change[] = [];
  for (const rule of rules) {
    const own = observed.filter(({ kind, metric }) => kind === rule.kind && metric === rule.metric);
    const scope = scopeOf(rule, own);
    for (const each of own) {
      const before = conditions.get(nameOf(each.subject, rule.id));
      const look = { atMs, ...judge(rule, each.value), forMs: rule.forMs, isSilenced: silenced.has(each.subject) };
      const { next, tell } = lookAgain(before?.condition, look);
      if (next === (before?.condition ?? null) && tell === null) continue;
      changes.push({ observed: each, rule, before, next, tell, scope: each.isEverywhere ? 'everyone' : scope });
    }
  }
  return changes;
}

const HISTORY = { fire: 'firing', again: 'again', flap: 'flapping', resolve: 'resolved' } as const;
/** Types of the messages that webhooks get. From its third coming on, an alert is told as flapping, once, and then that it is over. */
const EVENTS = {
  fire: 'alert.firing',
  again: 'alert.firing',
  flap: 'alert.flapping',
  resolve: 'alert.resolved',
} as const;

async function openAlert(database: Database, change: Change, at: string): Promise<string | null> {
  const { observed, rule, next, scope } = change;
  const { comparison, threshold, metric } = rule;
  const sentence = alertSentence(
    observed.name,
    { metric, comparison, threshold, value: observed.value, scope },
    observed.found,
  );
  const { rows } = await database.query<{ id: string }>(
    `INSERT INTO monitoring.alerts ("subject", "rule", "severity", "state", "scope", "value", "sentence", "times", "firedAt")
     VALUES ($1, $2, $3, 'firing', $4, $5, $6, $7, $8)
     ON CONFLICT ("subject", "rule") WHERE "state" <> 'resolved' DO NOTHING RETURNING "id"`,
    [observed.subject, rule.id, rule.severity, scope, observed.value, sentence, next?.times ?? 1, at],
  );
  if (rows[0] !== undefined) {
    await tell(database, change, { alert: rows[0].id, at });
    return rows[0].id;
  }
  // One stands open that no condition remembers, as after a restored backup: it is that one, and was told.
  const open = await database.query<{ id: string }>(
    `SELECT "id" FROM monitoring.alerts WHERE "subject" = $1 AND "rule" = $2 AND "state" <> 'resolved'`,
    [observed.subject, rule.id],
  );
  return open.rows[0]?.id ?? null;
}

async function reopenAlert(database: Database, change: Change, alert: string): Promise<void> {
  const { next, tell, observed } = change;
  // One that somebody has acknowledged while it flapped stays so.
  await database.query(
    `UPDATE monitoring.alerts SET "state" = CASE WHEN "state" = 'resolved' THEN 'firing' ELSE "state" END, "resolvedAt" = NULL,
       "times" = $2, "isFlapping" = "isFlapping" OR $3, "value" = $4 WHERE "id" = $1`,
    [alert, next?.times ?? 1, tell === 'flap', observed.value],
  );
}

async function tell(database: Database, change: Change, { alert, at }: { alert: string; at: string }): Promise<void> {
  if (change.tell === null) return;
  await database.query(`INSERT INTO monitoring.alert_history ("alert", "at", "what") VALUES ($1, $2, $3)`, [
    alert,
    at,
    HISTORY[change.tell],
  ]);
  const isTold = change.tell !== 'again' || (change.next?.times ?? 0) < 3;
  if (!isTold) return;
  const severities = SEVERITIES.slice(0, SEVERITIES.indexOf(change.rule.severity) + 1);
  await database.query(
    `INSERT INTO monitoring.deliveries ("webhook", "alert", "event", "body", "createdAt", "nextAt")
     SELECT w."id", a."id", $2, jsonb_build_object('type', $2::text, 'timestamp', $3::text, 'data', jsonb_build_object(
         'alert', a."id", 'node', jsonb_build_object('kind', s."kind", 'key', s."key"), 'rule', a."rule", 'severity', a."severity",
         'state', a."state", 'scope', a."scope", 'value', a."value", 'times', a."times", 'sentence', a."sentence"))::text, $3::timestamptz, $3::timestamptz
     FROM monitoring.alerts a JOIN monitoring.subjects s ON s."id" = a."subject", monitoring.webhooks w
     WHERE a."id" = $1 AND w."isEnabled" AND w."severityMin" = ANY($4)`,
    [alert, EVENTS[change.tell], at, severities],
  );
}

async function writeChange(database: Database, change: Change, at: string): Promise<string | null> {
  const alert = change.before?.alert ?? null;
  if (change.tell === 'fire' || (alert === null && change.tell !== null)) return openAlert(database, change, at);
  if (alert === null) return null;
  if (change.tell === 'again' || change.tell === 'flap') await reopenAlert(database, change, alert);
  if (change.tell === 'resolve')
    await database.query(`UPDATE monitoring.alerts SET "state" = 'resolved', "resolvedAt" = $2 WHERE "id" = $1`, [
      alert,
      at,
    ]);
  await tell(database, change, { alert, at });
  return alert;
}

async function writeCondition(
  database: Database,
  { observed, rule, next }: Change,
  alert: string | null,
): Promise<void> {
  const key = [observed.subject, rule.id];
  if (next === null) {
    await database.query(`DELETE FROM monitoring.conditions WHERE "subject" = $1 AND "rule" = $2`, key);
    return;
  }
  const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  await database.query(
    `INSERT INTO monitoring.conditions ("subject", "rule", "phase", "breachedSince", "clearSince", "times", "alert")
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ("subject", "rule") DO UPDATE SET "phase" = EXCLUDED."phase",
       "breachedSince" = EXCLUDED."breachedSince", "clearSince" = EXCLUDED."clearSince", "times" = EXCLUDED."times", "alert" = EXCLUDED."alert"`,
    [...key, next.phase, time(next.breachedSinceMs), time(next.clearSinceMs), next.times, alert],
  );
}

/**
 * Writes what one look changed: conditions, alerts, their history and what has to be delivered, in one transaction. What is in memory changes only once it
 * is committed, so a monitor that is killed in between looks again and comes to the same.
 */
export async function commitChanges(
  database: Database,
  changes: readonly Change[],
  { conditions, atMs }: { conditions: Conditions; atMs: number },
): Promise<void> {
  if (changes.length === 0) return;
  const at = new Date(atMs).toISOString();
  const alerts: (string | null)[] = [];
  await inTransaction(database, async () => {
    for (const change of changes) {
      const alert = await writeChange(database, change, at);
      await writeCondition(database, change, alert);
      alerts.push(alert);
    }
  });
  changes.forEach(({ observed, rule, next }, index) => {
    const name = nameOf(observed.subject, rule.id);
    if (next === null) conditions.delete(name);
    else conditions.set(name, { condition: next, alert: alerts[index] ?? null });
  });
}

/** Ends what nobody looks at any more: what a rule opened that is gone or switched off, and alerts of a node that is watched no longer. */
export async function closeOrphans(
  database: Database,
  watched: { readonly rules: readonly Rule[]; readonly subjects: ReadonlyMap<number, unknown> },
  { conditions, atMs }: { conditions: Conditions; atMs: number },
): Promise<void> {
  const rules = new Set(watched.rules.map(({ id }) => id));
  const orphans = [...conditions.keys()].filter((name) => {
    const [subject = '', rule = ''] = name.split(' ');
    return !rules.has(rule) || !watched.subjects.has(Number(subject));
  });
  if (orphans.length === 0) return;
  await database.query(
    `WITH gone AS (DELETE FROM monitoring.conditions WHERE "subject" || ' ' || "rule" = ANY($1) RETURNING "alert"),
         over AS (UPDATE monitoring.alerts a SET "state" = 'resolved', "resolvedAt" = $2 FROM gone WHERE a."id" = gone."alert" AND a."state" <> 'resolved' RETURNING a."id")
       INSERT INTO monitoring.alert_history ("alert", "at", "what") SELECT "id", $2, 'resolved' FROM over`,
    [orphans, new Date(atMs).toISOString()],
  );
  for (const name of orphans) conditions.delete(name);
}
