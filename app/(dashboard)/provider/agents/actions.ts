'use server';

import { authorizeKey } from '#lib/commands/authorize-key.ts';
import { findAgentByCode } from '#lib/commands/find-agent-by-code.ts';
import { revokeKey } from '#lib/commands/revoke-key.ts';
import type { AgentDto, CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../../_write.ts';

const CODE_LENGTH_MAX = 40;

/** The agent that shows this pairing code at the moment. */
export async function findAgent(code: unknown): Promise<AgentDto | null> {
  if (typeof code !== 'string' || code.trim() === '' || code.length > CODE_LENGTH_MAX) return null;
  return findAgentByCode(code.trim());
}

export async function submitAuthorization(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(authorizeKey, signedHex, idempotencyKey);
}

export async function submitRevocation(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(revokeKey, signedHex, idempotencyKey);
}
