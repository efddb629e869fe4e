import 'server-only';
import { randomBytes } from 'node:crypto';
import { database } from '#lib/db.ts';
import type { PeriodInput, RuleInput, WebhookInput, WindowInput } from '#lib/shared/monitoring.ts';

/** So many of each: lists are shown whole. */
const WINDOWS_PER_NODE_MAX = 50;
const WEBHOOKS_MAX = 20;
const CHECKS_WAITING_MAX = 5;
const SECRET_BYTES = 32;

/** The account whose node it is, null for the network's own; undefined where there is no such node. */
export async function findNodeAccount(node: number): Promise<{ account: number | null } | undefined> {
  const [row] = await database().$queryRaw<{ account: bigint | null }[]>`
    SELECT "account" FROM monitoring.subjects WHERE "id" = ${node} AND "kind" <> 'chain'`;
  return row && { account: row.account === null ? null : Number(row.account) };
}

/** Acknowledges an alert that fires, once; false when it does not, or somebody was quicker. */
export async function acknowledgeAlert(alert: number, by: { account: number; note: string }): Promise<boolean> {
  // One statement: the history says nothing that did not happen.
  const rows = await database().$queryRaw<{ id: bigint }[]>`
    WITH taken AS (
      UPDATE monitoring.alerts SET "state" = 'acknowledged', "acknowledgedAt" = clock_timestamp(), "acknowledgedBy" = ${BigInt(by.account)}, "note" = ${by.note}
      WHERE "id" = ${BigInt(alert)} AND "state" = 'firing' RETURNING "id", "acknowledgedAt")
    INSERT INTO monitoring.alert_history ("alert", "at", "what", "account", "note")
    SELECT "id", "acknowledgedAt", 'acknowledged', ${BigInt(by.account)}, ${by.note} FROM taken RETURNING "alert" AS "id"`;
  return rows.length === 1;
}

/** Id of a new maintenance window; null when the node has as many as it may. */
export async function addWindow({ node, fromMs, toMs, note }: WindowInput, account: number): Promise<number | null> {
  const [row] = await database().$queryRaw<{ id: bigint }[]>`
    INSERT INTO monitoring.windows ("subject", "from", "to", "account", "note")
    SELECT ${node}::int, ${new Date(fromMs)}, ${new Date(toMs)}, ${BigInt(account)}, ${note}
    WHERE ${WINDOWS_PER_NODE_MAX} > (SELECT count(*) FROM monitoring.windows WHERE "subject" = ${node}::int AND "to" > now()) RETURNING "id"`;
  return row === undefined ? null : Number(row.id);
}

/** The node of a window that is not over; undefined where there is none. */
export async function findWindowNode(window: number): Promise<number | undefined> {
  const [row] = await database().$queryRaw<{ subject: number }[]>`
    SELECT "subject" FROM monitoring.windows WHERE "id" = ${BigInt(window)} AND "to" > now()`;
  return row?.subject;
}

/** Moves a window; false when it is gone. */
export async function changeWindow(window: number, { fromMs, toMs, note }: PeriodInput): Promise<boolean> {
  const changed = await database().$executeRaw`
    UPDATE monitoring.windows SET "from" = ${new Date(fromMs)}, "to" = ${new Date(toMs)}, "note" = ${note} WHERE "id" = ${BigInt(window)}`;
  return changed === 1;
}

/** Takes a window back; one that runs ends now. */
export async function endWindow(window: number): Promise<void> {
  await database().$executeRaw`
    WITH ended AS (UPDATE monitoring.windows SET "to" = now() WHERE "id" = ${BigInt(window)} AND "from" < now() AND "to" > now() RETURNING "id")
    DELETE FROM monitoring.windows WHERE "id" = ${BigInt(window)} AND NOT EXISTS (SELECT 1 FROM ended)`;
}

/** Writes a rule, new or changed. */
export async function putRule(rule: RuleInput, account: number): Promise<void> {
  const { id, kind, metric, comparison, threshold, clearsAt, forSeconds, severity, isEnabled } = rule;
  await database().$executeRaw`
    INSERT INTO monitoring.rules ("id", "kind", "metric", "comparison", "threshold", "clearsAt", "forSeconds", "severity", "isEnabled", "changedBy")
    VALUES (${id}, ${kind}, ${metric}, ${comparison}, ${threshold}, ${clearsAt}, ${forSeconds}, ${severity}, ${isEnabled}, ${BigInt(account)})
    ON CONFLICT ("id") DO UPDATE SET "kind" = EXCLUDED."kind", "metric" = EXCLUDED."metric", "comparison" = EXCLUDED."comparison",
      "threshold" = EXCLUDED."threshold", "clearsAt" = EXCLUDED."clearsAt", "forSeconds" = EXCLUDED."forSeconds", "severity" = EXCLUDED."severity",
      "isEnabled" = EXCLUDED."isEnabled", "changedBy" = EXCLUDED."changedBy", "changedAt" = clock_timestamp()`;
}

/** A new webhook with its secret, which is told this once; null when there are as many as may be. */
export async function addWebhook(
  { url, severityMin }: WebhookInput,
  account: number,
): Promise<{ id: number; secret: string } | null> {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  const [row] = await database().$queryRaw<{ id: bigint }[]>`
    INSERT INTO monitoring.webhooks ("url", "secret", "severityMin", "createdBy")
    SELECT ${url}, ${secret}, ${severityMin}, ${BigInt(account)} WHERE ${WEBHOOKS_MAX} > (SELECT count(*) FROM monitoring.webhooks) RETURNING "id"`;
  return row === undefined ? null : { id: Number(row.id), secret };
}

/** Switches a webhook on or off, or changes what it is told; false when it is gone. */
export async function changeWebhook(
  webhook: number,
  { url, severityMin, isEnabled }: WebhookInput & { isEnabled: boolean },
): Promise<boolean> {
  const changed = await database().$executeRaw`
    UPDATE monitoring.webhooks SET "url" = ${url}, "severityMin" = ${severityMin}, "isEnabled" = ${isEnabled} WHERE "id" = ${BigInt(webhook)}`;
  return changed === 1;
}

export async function removeWebhook(webhook: number): Promise<boolean> {
  return (await database().$executeRaw`DELETE FROM monitoring.webhooks WHERE "id" = ${BigInt(webhook)}`) === 1;
}

/** Asks the monitor to look at a node now; null when the account has asked enough already. */
export async function askCheck(node: number, account: number): Promise<number | null> {
  const [row] = await database().$queryRaw<{ id: bigint }[]>`
    INSERT INTO monitoring.checks ("subject", "account") SELECT ${node}::int, ${BigInt(account)}
    WHERE ${CHECKS_WAITING_MAX} > (SELECT count(*) FROM monitoring.checks WHERE "account" = ${BigInt(account)} AND "answeredAt" IS NULL
      AND "askedAt" > now() - interval '1 minute') RETURNING "id"`;
  return row === undefined ? null : Number(row.id);
}
