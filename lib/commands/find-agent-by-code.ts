import 'server-only';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize } from '#lib/auth/guard.ts';
import { showAddress } from '#lib/ledger-client.ts';
import { findAgentByPairingCode, type StoredAgent } from '#lib/operations/agents.ts';
import type { AgentDto } from '#lib/shared/dto.ts';

/** The agent that shows the code that somebody typed, each try counted against the address; null when there is none or it has expired. */
export async function findAgentByTypedCode(code: string, address: string): Promise<StoredAgent | 'busy' | null> {
  if (typeof code !== 'string') return null;
  const typed = code.replaceAll(/[\s-]/g, '').toUpperCase();
  if (!/^[0-9A-Z]{8}$/.test(typed)) return null;
  return (await admitRequest('pairing', address)) > 0 ? 'busy' : findAgentByPairingCode(typed);
}

/** The agent that shows this pairing code; null when there is none, it has expired, or too many codes were tried. */
export async function findAgentByCode(code: string): Promise<AgentDto | null> {
  const access = await authorize('agent.pair');
  if (!access.ok || access.viewer.kind !== 'person') return null;
  const agent = await findAgentByTypedCode(code, access.viewer.address);
  if (agent === null || agent === 'busy') return null;
  const sources = agent.sources.map((source) => ({ ...source, resource: null }));
  return { ...agent, sources, address: showAddress(agent.address), key: null };
}
