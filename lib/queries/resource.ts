import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { PageOf, ResourceDetail, ResourceSummary } from '#lib/shared/dto.ts';
import { agentOrigin } from './agent-origin.ts';
import { subjectEvents } from './event-rows.ts';
import { emptyPage, idOf, pageNumber, pageOf, windowOf } from './page.ts';
import { sampleOf } from './sample.ts';
import { toStrategy, toSummaries } from './resource-rows.ts';

/** One resource with its metadata, strategy in force and history; null when there is none. */
export async function getResource(id: number): Promise<ResourceDetail | null> {
  const key = idOf(id);
  const access = await authorize('catalogue.read');
  if (key === undefined || !access.ok) return null;
  const row = await database().resource.findUnique({ where: { id: key } });
  if (row === null) return null;
  const [strategy, summaries, history, gateway] = await Promise.all([
    database().strategy.findUnique({ where: { resource_version: { resource: key, version: row.strategyVersion } } }),
    toSummaries([row]),
    subjectEvents('resource', key, access.account),
    agentOrigin({ provider: row.owner, agentKey: row.agentKey }),
  ]);
  const summary = summaries[0];
  if (strategy === null || summary === undefined) return null;
  const inForce = toStrategy(strategy);
  return {
    ...summary,
    sourceUrl: row.sourceUrl,
    sourceId: row.sourceId,
    testedAtMs: Number(row.testedAtMs),
    gateway,
    strategy: inForce,
    sample: await sampleOf(row, inForce),
    history,
  };
}

/** The signed-in provider's own resources, newest first: all of them, or those of one status. */
export async function getOwnResources(
  page: number,
  status?: ResourceSummary['status'],
): Promise<PageOf<ResourceSummary>> {
  const access = await authorize('resources.own');
  if (!access.ok || access.account === null) return emptyPage();
  const number = pageNumber(page);
  const where = { owner: BigInt(access.account), status };
  const [rows, total] = await Promise.all([
    database().resource.findMany({ where, orderBy: { id: 'desc' }, ...windowOf(number) }),
    database().resource.count({ where }),
  ]);
  return pageOf(await toSummaries(rows), total, number);
}
