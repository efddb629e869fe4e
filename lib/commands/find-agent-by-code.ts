import 'server-only';
import type { AgentDto } from '#lib/shared/dto.ts';

/** The agent that shows this pairing code; null when there is none, or it has expired. */
export async function findAgentByCode(code: string): Promise<AgentDto | null> {
  void code;
  throw new Error('findAgentByCode is not written yet');
}
