'use server';

import { proposeValidatorRemoval } from '#lib/commands/propose-validator-removal.ts';
import { proposeValidator } from '#lib/commands/propose-validator.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../../_write.ts';

export async function submitValidator(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(proposeValidator, signedHex, idempotencyKey);
}

export async function submitRemoval(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(proposeValidatorRemoval, signedHex, idempotencyKey);
}
