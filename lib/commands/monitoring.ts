import 'server-only';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { authorize } from '#lib/auth/guard.ts';
import type { Action } from '#lib/auth/roles.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import {
  acknowledgeAlert as acknowledge,
  addWebhook as insertWebhook,
  addWindow,
  askCheck,
  changeWebhook as updateWebhook,
  changeWindow,
  endWindow,
  findNodeAccount,
  findWindowNode,
  putRule,
  removeWebhook as deleteWebhook,
} from '#lib/operations/monitoring.ts';
import { getAlert } from '#lib/queries/alerts.ts';
import { findSeenNode, getCheck } from '#lib/queries/watched-nodes.ts';
import {
  noteShape,
  periodShape,
  ruleShape,
  webhookShape,
  windowShape,
  type PeriodInput,
  type RuleInput,
  type WebhookInput,
  type WindowInput,
} from '#lib/shared/monitoring.ts';

/** What came of a command: its value, or why not, with a code for the status and a sentence for people. */
export type Answered<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: number; readonly sentence: string };

const CHECK_MS_MAX = 10_000;
const CHECK_STEP_MS = 250;

function refuse(code: number, sentence = wordsOf(code).sentence): { ok: false; code: number; sentence: string } {
  return { ok: false, code, sentence };
}

const done = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });

function read<Shape extends z.ZodType>(shape: Shape, input: unknown): Answered<z.infer<Shape>> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return done(parsed.data);
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join('.') ?? '';
  return refuse(
    portalCodes.INPUT_INVALID,
    `${where === '' ? 'It' : where} ${issue?.message ?? 'is not as it must be'}.`,
  );
}

/** The account of somebody who may, or why not. */
async function accountFor(action: Action): Promise<Answered<number>> {
  const access = await authorize(action);
  if (!access.ok) return refuse(access.reason === 'sign-in' ? portalCodes.SIGN_IN_REQUIRED : portalCodes.NOT_ALLOWED);
  return access.account === null ? refuse(portalCodes.NOT_ALLOWED) : done(access.account);
}

/** An id as it came from outside. */
function isId(id: unknown): id is number {
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0;
}

/** Says that somebody looks after an alert, with a note. */
export async function acknowledgeAlert(alert: number, note: string): Promise<Answered<null>> {
  const account = await accountFor('alert.acknowledge');
  if (!account.ok) return account;
  const text = read(noteShape, note);
  if (!text.ok) return text;
  if (!isId(alert) || (await getAlert(alert)) === null) return refuse(portalCodes.NOT_FOUND);
  if (await acknowledge(alert, { account: account.value, note: text.value })) return done(null);
  return refuse(
    portalCodes.INPUT_INVALID,
    'The alert does not wait any more: somebody has acknowledged it, or it is over.',
  );
}

/** Whose maintenance it may be: a maintainer's anybody's, an owner's its own. Another's node looks as if there were none. */
async function planner(node: number): Promise<Answered<number>> {
  const everybody = await authorize('maintenance.all');
  const found = isId(node) ? await findNodeAccount(node) : undefined;
  if (everybody.ok && everybody.account !== null)
    return found === undefined ? refuse(portalCodes.NOT_FOUND) : done(everybody.account);
  const account = await accountFor('maintenance.own');
  if (!account.ok) return account;
  return found?.account === account.value ? account : refuse(portalCodes.NOT_FOUND);
}

/** Announces a maintenance window; answers its id. */
export async function planMaintenance(input: WindowInput): Promise<Answered<number>> {
  const window = read(windowShape, input);
  // Who may not is told so first, whatever was sent.
  const account = await planner(window.ok ? window.value.node : 0);
  if (!account.ok && (account.code !== portalCodes.NOT_FOUND || window.ok)) return account;
  if (!window.ok) return window;
  if (!account.ok) return account;
  if (window.value.toMs <= Date.now())
    return refuse(portalCodes.INPUT_INVALID, 'The window is over already: choose a later end.');
  const id = await addWindow(window.value, account.value);
  return id === null
    ? refuse(portalCodes.INPUT_INVALID, 'This node has as many windows as may be announced: take one back first.')
    : done(id);
}

async function plannerOf(window: number): Promise<Answered<number>> {
  const node = isId(window) ? await findWindowNode(window) : undefined;
  return planner(node ?? 0);
}

/** Moves a window that is not over; its node stays. */
export async function changeMaintenance(window: number, input: PeriodInput): Promise<Answered<null>> {
  const account = await plannerOf(window);
  if (!account.ok) return account;
  const moved = read(periodShape, input);
  if (!moved.ok) return moved;
  return (await changeWindow(window, moved.value)) ? done(null) : refuse(portalCodes.NOT_FOUND);
}

/** Takes a window back, or ends it now. */
export async function endMaintenance(window: number): Promise<Answered<null>> {
  const account = await plannerOf(window);
  if (!account.ok) return account;
  await endWindow(window);
  return done(null);
}

/** Writes an alert rule, new or changed. */
export async function changeAlertRule(input: RuleInput): Promise<Answered<null>> {
  const account = await accountFor('alert-rule.change');
  if (!account.ok) return account;
  const rule = read(ruleShape, input);
  if (!rule.ok) return rule;
  await putRule(rule.value, account.value);
  return done(null);
}

/** Adds a webhook; its secret is answered this once. */
export async function addWebhook(input: WebhookInput): Promise<Answered<{ id: number; secret: string }>> {
  const account = await accountFor('webhooks.manage');
  if (!account.ok) return account;
  const webhook = read(webhookShape, input);
  if (!webhook.ok) return webhook;
  const added = await insertWebhook(webhook.value, account.value);
  return added === null
    ? refuse(portalCodes.INPUT_INVALID, 'There are as many webhooks as may be: remove one first.')
    : done(added);
}

export async function changeWebhook(
  webhook: number,
  input: WebhookInput & { isEnabled: boolean },
): Promise<Answered<null>> {
  const account = await accountFor('webhooks.manage');
  if (!account.ok) return account;
  const { isEnabled, ...rest } = input;
  const changed = read(webhookShape, rest);
  if (!changed.ok) return changed;
  if (typeof isEnabled !== 'boolean') return refuse(portalCodes.INPUT_INVALID);
  const isThere = isId(webhook) && (await updateWebhook(webhook, { ...changed.value, isEnabled }));
  return isThere ? done(null) : refuse(portalCodes.NOT_FOUND);
}

export async function removeWebhook(webhook: number): Promise<Answered<null>> {
  const account = await accountFor('webhooks.manage');
  if (!account.ok) return account;
  return isId(webhook) && (await deleteWebhook(webhook)) ? done(null) : refuse(portalCodes.NOT_FOUND);
}

/** Has the monitor look at a node now, and answers what it found, in sentences. */
export async function checkNow(node: number): Promise<Answered<readonly string[]>> {
  const account = await accountFor('monitoring.own');
  if (!account.ok) return account;
  if ((await findSeenNode(node)) === null) return refuse(portalCodes.NOT_FOUND);
  const check = await askCheck(node, account.value);
  if (check === null) return refuse(portalCodes.RATE_LIMITED);
  for (const untilMs = Date.now() + CHECK_MS_MAX; Date.now() < untilMs; await delay(CHECK_STEP_MS)) {
    const answer = await getCheck(check);
    if (answer !== null && answer.answeredAtMs !== null) return done(answer.sentences);
  }
  return done(['The monitor has not answered in ten seconds: it may be away.']);
}
