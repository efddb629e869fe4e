'use server';

import { resumeResource } from '#lib/commands/resume-resource.ts';
import { retireResource } from '#lib/commands/retire-resource.ts';
import { suspendResource } from '#lib/commands/suspend-resource.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../../_write.ts';

export async function submitSuspend(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(suspendResource, signedHex, idempotencyKey);
}

export async function submitResume(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(resumeResource, signedHex, idempotencyKey);
}

export async function submitRetire(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(retireResource, signedHex, idempotencyKey);
}
