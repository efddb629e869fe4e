'use server';

import { transferTokens } from '#lib/commands/transfer-tokens.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../../_write.ts';

export async function submitTransfer(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(transferTokens, signedHex, idempotencyKey);
}
