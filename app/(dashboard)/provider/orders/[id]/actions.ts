'use server';

import { endAgreement } from '#lib/commands/end-agreement.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../../../_write.ts';

export async function submitEnd(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(endAgreement, signedHex, idempotencyKey);
}
