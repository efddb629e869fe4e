import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { showAddress } from '#lib/ledger-client.ts';
import type { SourceDto } from '#lib/shared/agent.ts';
import type { AgentDto } from '#lib/shared/dto.ts';

const AGENTS_MAX = 100;

/** Agents whose keys the signed-in provider authorised and has not revoked. */
export async function getAgents(): Promise<AgentDto[]> {
  const access = await authorize('agents.list');
  if (!access.ok || access.account === null) return [];
  const keys = await database().accountKey.findMany({
    where: { account: BigInt(access.account), key: { gt: 0n }, revoked: false },
    orderBy: { key: 'asc' },
    take: AGENTS_MAX,
  });
  const rows = await database().agent.findMany({ where: { address: { in: keys.map(({ address }) => address) } } });
  const offers = await database().resource.findMany({
    where: { owner: BigInt(access.account), status: { not: 'retired' } },
    select: { id: true, agentKey: true, sourceId: true },
  });
  const offerOf = new Map(offers.map(({ id, agentKey, sourceId }) => [`${agentKey}/${sourceId}`, Number(id)]));
  const keyOf = new Map(keys.map(({ address, key }) => [address, Number(key)]));
  return rows.map((row) => {
    const key = keyOf.get(row.address) ?? null;
    // Written from parsed input alone.
    const sources = row.sources as unknown as SourceDto[];
    return {
      address: showAddress(row.address),
      origin: row.origin,
      label: row.label,
      key,
      seenAtMs: row.seenAt?.getTime() ?? null,
      sources: sources.map((source) => ({ ...source, resource: offerOf.get(`${key}/${source.id}`) ?? null })),
    };
  });
}
