import 'server-only';
import { database } from '#lib/db.ts';

/** Public origin of an agent by its key; null when it has never registered here. Origins are public: no viewer is asked. */
export async function agentOrigin(agent: { provider: bigint; agentKey: bigint }): Promise<string | null> {
  const { provider, agentKey } = agent;
  const key = await database().accountKey.findUnique({ where: { account_key: { account: provider, key: agentKey } } });
  if (key === null) return null;
  const found = await database().agent.findUnique({ where: { address: key.address }, select: { origin: true } });
  return found?.origin ?? null;
}
