'use server';

import { requestRole } from '#lib/commands/request-role.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../../_write.ts';

export async function submitRoleRequest(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(requestRole, signedHex, idempotencyKey);
}
