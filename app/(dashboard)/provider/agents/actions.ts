'use server';

import { findAgentByCode } from '#lib/commands/find-agent-by-code.ts';
import type { AgentDto } from '#lib/shared/dto.ts';

const CODE_LENGTH_MAX = 40;

/** The agent that shows this pairing code at the moment. */
export async function findAgent(code: unknown): Promise<AgentDto | null> {
  if (typeof code !== 'string' || code.trim() === '' || code.length > CODE_LENGTH_MAX) return null;
  return findAgentByCode(code.trim());
}
