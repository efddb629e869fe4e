import 'server-only';
import type { AgentDto } from '#lib/shared/dto.ts';

export async function getAgents(): Promise<AgentDto[]> {
  throw new Error('getAgents is not written yet');
}
