import 'server-only';
import type { ReportCause } from '#ledger/contracts/node/definition.ts';
import { database, type Prisma } from '#lib/db.ts';
import { structs } from '#ledger/contracts/shared/structs.ts';
import { toPriceDto, toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { ResourceSummary, StrategyDto } from '#lib/shared/dto.ts';
import { recordFromJson } from '#lib/shared/event-json.ts';
import { loadAccountRefs } from './account-refs.ts';
import { loadAgents } from './agents-of.ts';
import { toPrices, toQuantities, toTerms } from './stored-lists.ts';

export type ResourceRow = Omit<Prisma.ResourceGetPayload<object>, 'search'>;

async function completedOrders(ids: readonly bigint[]): Promise<Map<bigint, number>> {
  const counts = await database().agreement.groupBy({
    by: ['resource'],
    where: { resource: { in: [...ids] }, endStatus: 'completed' },
    _count: true,
  });
  return new Map(counts.map(({ resource, _count }) => [resource, _count]));
}

/** Summaries in the order of the rows; four queries for any number. */
export async function toSummaries(rows: readonly ResourceRow[]): Promise<ResourceSummary[]> {
  if (rows.length === 0) return [];
  const [refs, agentOf, completed] = await Promise.all([
    loadAccountRefs(rows.map(({ owner }) => owner)),
    loadAgents(rows.map(({ owner, agentKey }) => ({ account: owner, key: agentKey }))),
    completedOrders(rows.map(({ id }) => id)),
  ]);
  return rows.map((row) => ({
    id: Number(row.id),
    kind: row.kind,
    title: row.title,
    summary: row.summary,
    tags: row.tags as string[],
    region: row.region,
    licence: row.licence,
    status: row.status as ResourceSummary['status'],
    suspendedBecause: row.status === 'suspended' ? (row.statusReason as ResourceSummary['suspendedBecause']) : null,
    nodeFault: row.offSinceMs === null ? null : { cause: row.offCause as ReportCause, sinceMs: Number(row.offSinceMs) },
    provider: refs.of(row.owner),
    accessClass: row.accessClass as ResourceSummary['accessClass'],
    attributes: toTerms(row.attributes),
    ways: toTerms(row.ways),
    prices: toPrices(row.prices),
    capacity: toQuantities(row.capacity),
    free: toQuantities(row.free),
    completedOrders: completed.get(row.id) ?? 0,
    agentSeenAtMs: agentOf({ account: row.owner, key: row.agentKey })?.seenAtMs ?? null,
    publishedAtMs: Number(row.publishedAtMs),
  }));
}

/** The projector keeps the signed struct as JSON, and the contract has checked its words. */
export function toStrategy(row: { version: bigint; strategy: Prisma.JsonValue; recordedAtMs: bigint }): StrategyDto {
  const strategy = recordFromJson(structs.Strategy, row.strategy as Readonly<Record<string, unknown>>);
  return {
    version: Number(row.version),
    accessClass: strategy.accessClass as StrategyDto['accessClass'],
    conditions: strategy.conditions,
    ways: strategy.ways,
    opensAtMs: Number(strategy.opensAtMs),
    closesAtMs: Number(strategy.closesAtMs),
    useMsMax: Number(strategy.useMsMax),
    limits: strategy.limits.map(toQuantityDto),
    prices: strategy.prices.map(toPriceDto),
    promise: strategy.promise.map(toQuantityDto),
    degradedPerMille: Number(strategy.degradedPerMille),
    recordedAtMs: Number(row.recordedAtMs),
  };
}
