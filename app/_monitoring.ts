'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { Acted } from '#components/monitoring/act.ts';
import type { Checked } from '#components/monitoring/check-now.tsx';
import type { WebhookChange } from '#components/monitoring/webhook-change.tsx';
import type { Added } from '#components/monitoring/webhook-form.tsx';
import {
  acknowledgeAlert,
  addWebhook,
  changeAlertRule,
  changeMaintenance,
  changeWebhook,
  checkNow,
  endMaintenance,
  planMaintenance,
  removeWebhook,
  type Answered,
} from '#lib/commands/monitoring.ts';
import { codeOfFault, portalCodes, wordsOf } from '#lib/errors.ts';
import type { RuleInput, WebhookInput, WindowInput } from '#lib/shared/monitoring.ts';

/**
 * What people do on the pages of monitoring: one action for each command. The commands read what they are given by their own shapes, and
 * decide for themselves who may.
 */

const id = z.int().min(1);

/** Runs a command. A database that goes away on the way is an answer with a sentence; a fault of ours stays one. */
async function answered<Value>(work: () => Promise<Answered<Value>>): Promise<Answered<Value>> {
  try {
    return await work();
  } catch (error) {
    const code = codeOfFault(error);
    if (code === portalCodes.INTERNAL) throw error;
    return { ok: false, code, sentence: wordsOf(code).sentence };
  }
}

async function acted<Value>(work: () => Promise<Answered<Value>>): Promise<Acted> {
  const result = await answered(work);
  if (!result.ok) return { ok: false, sentence: result.sentence };
  refresh();
  return { ok: true };
}

const NOT_READ = { ok: false, sentence: wordsOf(portalCodes.INPUT_INVALID).sentence } as const;

const acknowledgement = z.strictObject({ alert: id, note: z.string() });

export async function acknowledge(input: { alert: number; note: string }): Promise<Acted> {
  const parsed = acknowledgement.safeParse(input);
  return parsed.success ? acted(() => acknowledgeAlert(parsed.data.alert, parsed.data.note)) : NOT_READ;
}

export async function planWindow(input: WindowInput): Promise<Acted> {
  return acted(() => planMaintenance(input));
}

const moved = z.looseObject({ window: id });

export async function moveWindow(input: { window: number } & Omit<WindowInput, 'node'>): Promise<Acted> {
  if (!moved.safeParse(input).success) return NOT_READ;
  const { window, ...times } = input;
  return acted(() => changeMaintenance(window, times));
}

export async function endWindow(window: number): Promise<Acted> {
  return acted(() => endMaintenance(window));
}

export async function changeRule(input: RuleInput): Promise<Acted> {
  return acted(() => changeAlertRule(input));
}

export async function addHook(input: WebhookInput): Promise<Added> {
  const result = await answered(() => addWebhook(input));
  if (!result.ok) return { ok: false, sentence: result.sentence };
  refresh();
  return { ok: true, secret: result.value.secret };
}

const changedHook = z.looseObject({ webhook: id });

export async function changeHook(input: WebhookChange): Promise<Acted> {
  if (!changedHook.safeParse(input).success) return NOT_READ;
  const { webhook, ...rest } = input;
  return acted(() => changeWebhook(webhook, rest));
}

export async function removeHook(webhook: number): Promise<Acted> {
  return acted(() => removeWebhook(webhook));
}

/** Asks the monitor, and waits ten seconds for its answer. */
export async function checkNode(node: number): Promise<Checked> {
  const result = await answered(() => checkNow(node));
  return result.ok ? { ok: true, sentences: result.value } : { ok: false, sentence: result.sentence };
}
