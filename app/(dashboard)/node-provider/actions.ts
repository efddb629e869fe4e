'use server';

import { castVote } from '#lib/commands/cast-vote.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../_write.ts';

export async function submitVote(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(castVote, signedHex, idempotencyKey);
}
