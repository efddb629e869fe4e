import 'server-only';
import { database } from '#lib/db.ts';
import type { SourceDto } from '#lib/shared/agent.ts';
import type { ResourceDetail, StrategyDto } from '#lib/shared/dto.ts';
import { readDataWays } from '#ledger/contracts/kinds/data.ts';
import type { ResourceRow } from './resource-rows.ts';

/**
 * Rows of a published resource that its provider lets everybody see: those that its agent told last, and of them the columns that the
 * strategy shares. Null where there are none, and where the strategy shares some rows only: nobody here can tell whether these are among them.
 */
export async function sampleOf(row: ResourceRow, strategy: StrategyDto): Promise<ResourceDetail['sample']> {
  const shared = readDataWays(strategy.ways);
  if (row.status !== 'published' || shared === undefined || shared.rowFilter !== '') return null;
  const key = await database().accountKey.findUnique({
    where: { account_key: { account: row.owner, key: row.agentKey } },
  });
  if (key === null || key.revoked) return null;
  const agent = await database().agent.findUnique({ where: { address: key.address }, select: { sources: true } });
  // Written by an agent's registration and heartbeats alone, from parsed input.
  const sources = (agent?.sources ?? []) as unknown as SourceDto[];
  const sample = sources.find(({ id, kind }) => id === row.sourceId && kind === row.kind)?.sample ?? [];
  const rows = sample.map((cells) =>
    Object.fromEntries(
      shared.columns.flatMap((name) => (Object.hasOwn(cells, name) ? [[name, cells[name] ?? null]] : [])),
    ),
  );
  return rows.length === 0 ? null : rows;
}
