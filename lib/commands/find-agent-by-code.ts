import 'server-only';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize } from '#lib/auth/guard.ts';
import { showAddress } from '#lib/ledger-client.ts';
import { findAgentByPairingCode } from '#lib/operations/agents.ts';
import type { AgentDto } from '#lib/shared/dto.ts';

/** The agent that shows this pairing code; null when there is none, it has expired, or too many codes were tried. */
export async function findAgentByCode(code: string): Promise<AgentDto | null> {
  const access = await authorize('agent.pair');
  if (!access.ok || access.viewer.kind !== 'person' || typeof code !== 'string') return null;
  const typed = code.replaceAll(/[\s-]/g, '').toUpperCase();
  if (!/^[0-9A-Z]{8}$/.test(typed) || (await admitRequest('pairing', access.viewer.address)) > 0) return null;
  const agent = await findAgentByPairingCode(typed);
  if (agent === null) return null;
  const sources = agent.sources.map((source) => ({ ...source, resource: null }));
  return { ...agent, sources, address: showAddress(agent.address), key: null };
}
