import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { showAddress } from '#lib/ledger-client.ts';
import type { SourceDto } from '#lib/shared/agent.ts';
import type { AgentDto, BrokenPairingDto } from '#lib/shared/dto.ts';

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

/**
 * Agents that the signed-in provider had paired and that can sign nothing for it any more. Who has had an agent's key authorised may read the
 * code by which the agent offers itself anew; the agent offers itself to no other account (decision 0022).
 */
export async function getBrokenPairings(): Promise<BrokenPairingDto[]> {
  const access = await authorize('agents.list');
  if (!access.ok || access.account === null) return [];
  const nowMs = Date.now();
  const keys = await database().accountKey.findMany({
    where: { account: BigInt(access.account), key: { gt: 0n } },
    orderBy: { key: 'asc' },
  });
  // The newest key of an address is what stands; one address may have had several.
  const last = new Map(keys.map((row) => [row.address, row]));
  const [rows, live] = await Promise.all([
    database().agent.findMany({ where: { address: { in: [...last.keys()] } }, take: AGENTS_MAX }),
    database().accountKey.findMany({
      where: { address: { in: [...last.keys()] }, revoked: false },
      select: { address: true },
    }),
  ]);
  const isLive = new Set(live.map(({ address }) => address));
  return rows.flatMap(({ address, label, code, codeExpiresAt }): BrokenPairingDto[] => {
    const known = last.get(address);
    if (known === undefined) return [];
    const agent = { address: showAddress(address), label, key: Number(known.key) };
    const expiredAtMs = Number(known.expiresAtMs ?? 0);
    if (!known.revoked)
      return expiredAtMs > 0 && expiredAtMs <= nowMs ? [{ ...agent, why: 'expired', expiredAtMs }] : [];
    const codeExpiresAtMs = codeExpiresAt?.getTime() ?? 0;
    if (isLive.has(address) || code === null || codeExpiresAtMs <= nowMs) return [];
    return [{ ...agent, why: 'revoked', code, codeExpiresAtMs }];
  });
}
