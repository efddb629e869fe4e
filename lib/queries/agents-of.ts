import 'server-only';
import { database } from '#lib/db.ts';
import { showAddress } from '#lib/ledger-client.ts';

/** An agent as it registered here: where it is reached, and when it was last heard. */
export interface HeardAgent {
  address: string;
  origin: string;
  seenAtMs: number | null;
}

/** Which key of which account. */
export interface AgentKey {
  account: bigint;
  key: bigint;
}

/** Finds the agent behind a key among those loaded; null where it has never registered here. */
export type FindAgent = (of: AgentKey) => HeardAgent | null;

/** Agents by the keys that serve resources, two queries for any number. Origins are public: no viewer is asked. */
export async function loadAgents(wanted: readonly AgentKey[]): Promise<FindAgent> {
  const keys =
    wanted.length === 0
      ? []
      : await database().accountKey.findMany({
          where: { OR: wanted.map(({ account, key }) => ({ account, key })) },
          select: { account: true, key: true, address: true },
        });
  const rows = await database().agent.findMany({
    where: { address: { in: keys.map(({ address }) => address) } },
    select: { address: true, origin: true, seenAt: true },
  });
  const agents = new Map(
    rows.map(({ address, origin, seenAt }): [string, HeardAgent] => [
      address,
      { address: showAddress(address), origin, seenAtMs: seenAt?.getTime() ?? null },
    ]),
  );
  const addresses = new Map(keys.map(({ account, key, address }) => [`${account}:${key}`, address]));
  return ({ account, key }) => agents.get(addresses.get(`${account}:${key}`) ?? '') ?? null;
}
