import 'server-only';
import type { RegisteredStatus } from '#ledger/contracts/node/definition.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { NodeFactsDto } from '#lib/shared/dto.ts';
import { creditsOf } from './credit.ts';
import { toNetworkNodes } from './nodes.ts';

/** Nodes that a list of facts has: pages that hold rules against all of them say how many there are. */
const NODES_MAX = 256;

export interface NodeFactsFilter {
  readonly status?: RegisteredStatus;
  /** This node alone. */
  readonly node?: number;
  /** So many at most. */
  readonly take?: number;
}

/** Nodes that registered themselves, of one status or all that are not retired, the oldest first, with what the rules for access read of their operators [6.2.1-b]. */
export async function getNodeFacts({ status, node, take = NODES_MAX }: NodeFactsFilter = {}): Promise<NodeFactsDto[]> {
  if (!(await authorize('network.read')).ok) return [];
  const rows = await database().node.findMany({
    where: {
      class: { not: 'consensus' },
      status: status ?? { not: 'retired' },
      ...(node === undefined ? {} : { id: BigInt(node) }),
    },
    orderBy: { id: 'asc' },
    take: Math.min(take, NODES_MAX),
  });
  const operators = [...new Set(rows.map(({ operator }) => operator))];
  const [nodes, roles, credits] = await Promise.all([toNetworkNodes(rows), rolesOf(operators), creditsOf(operators)]);
  return nodes.map((node, place) => {
    const account = rows[place]?.operator ?? 0n;
    const credit = credits.get(account) ?? 0;
    return { node, operator: { account: Number(account), roles: roles.get(account) ?? [], credit } };
  });
}

async function rolesOf(accounts: readonly bigint[]): Promise<Map<bigint, string[]>> {
  const rows = await database().accountRole.findMany({ where: { account: { in: [...accounts] } } });
  const roles = new Map<bigint, string[]>();
  for (const { account, role } of rows) roles.set(account, [...(roles.get(account) ?? []), role]);
  return roles;
}
