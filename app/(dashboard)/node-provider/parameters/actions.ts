'use server';

import { proposeGrant } from '#lib/commands/propose-grant.ts';
import { proposeParameter } from '#lib/commands/propose-parameter.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../../_write.ts';

export async function submitParameter(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(proposeParameter, signedHex, idempotencyKey);
}

export async function submitGrant(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(proposeGrant, signedHex, idempotencyKey);
}
