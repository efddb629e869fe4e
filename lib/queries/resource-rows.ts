import 'server-only';
import { database, type Prisma } from '#lib/db.ts';
import type { PriceDto, ResourceSummary, StrategyDto, TechnicalDto } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';

export type ResourceRow = Omit<Prisma.ResourceGetPayload<object>, 'search'>;

/** The projector writes what the contract has checked: unit, status and class are of the known ones. */
export function toPrice(unit: string, amountMicro: bigint): PriceDto {
  return { unit: unit as PriceDto['unit'], amountMicro: amountMicro.toString() };
}

/** When the agents that serve these resources were last seen, by `account:key`. */
async function agentsSeen(rows: readonly ResourceRow[]): Promise<Map<string, number>> {
  const wanted = rows.map(({ owner, agentKey }) => ({ account: owner, key: agentKey }));
  const keys = await database().accountKey.findMany({
    where: { OR: wanted },
    select: { account: true, key: true, address: true },
  });
  const agents = await database().agent.findMany({ where: { address: { in: keys.map(({ address }) => address) } } });
  const seen = new Map(agents.map(({ address, seenAt }) => [address, seenAt?.getTime()]));
  return new Map(
    keys.flatMap(({ account, key, address }) => {
      const seenAtMs = seen.get(address);
      return seenAtMs === undefined ? [] : [[`${account}:${key}`, seenAtMs] as const];
    }),
  );
}

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
  const [refs, seen, completed] = await Promise.all([
    loadAccountRefs(rows.map(({ owner }) => owner)),
    agentsSeen(rows),
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
    provider: refs.of(row.owner),
    accessClass: row.accessClass as ResourceSummary['accessClass'],
    price: toPrice(row.priceUnit, row.priceMicro),
    rows: Number(row.rows),
    bytes: Number(row.bytes),
    columnCount: row.columnCount,
    formats: row.formats as string[],
    freePlaces: Number(row.freePlaces),
    simultaneousMax: Number(row.simultaneousMax),
    completedOrders: completed.get(row.id) ?? 0,
    agentSeenAtMs: seen.get(`${row.owner}:${row.agentKey}`) ?? null,
    publishedAtMs: Number(row.publishedAtMs),
  }));
}

/** A strategy as the projector keeps it: the signed struct, integers as decimal text. */
interface StoredStrategy {
  accessClass: string;
  conditions: { rule: string; sentence: string }[];
  formats: string[];
  columns: string[];
  rowFilter: string;
  opensAtMs: string;
  closesAtMs: string;
  useMsMax: string;
  callsMax: string;
  bytesMax: string;
  simultaneousMax: string;
  price: { unit: string; amountMicro: string };
}

export function toStrategy(row: { version: bigint; strategy: Prisma.JsonValue; recordedAtMs: bigint }): StrategyDto {
  const stored = row.strategy as unknown as StoredStrategy;
  const { conditions, formats, columns, rowFilter, bytesMax, price } = stored;
  return {
    version: Number(row.version),
    accessClass: stored.accessClass as StrategyDto['accessClass'],
    conditions,
    formats,
    columns,
    rowFilter,
    opensAtMs: Number(stored.opensAtMs),
    closesAtMs: Number(stored.closesAtMs),
    useMsMax: Number(stored.useMsMax),
    callsMax: Number(stored.callsMax),
    bytesMax,
    simultaneousMax: Number(stored.simultaneousMax),
    price: toPrice(price.unit, BigInt(price.amountMicro)),
    recordedAtMs: Number(row.recordedAtMs),
  };
}

interface StoredTechnical {
  format: string;
  rows: number;
  bytes: number;
  checksum: string;
  columns: { name: string; type: string; nulls: number; min?: string | number | null; max?: string | number | null }[];
}

export function toTechnical(value: Prisma.JsonValue): TechnicalDto {
  const { format, rows, bytes, checksum, columns } = value as unknown as StoredTechnical;
  const end = (edge: string | number | null | undefined): string | null =>
    edge === undefined || edge === null ? null : String(edge);
  return {
    format,
    rows,
    bytes,
    checksum,
    columns: columns.map(({ name, type, nulls, min, max }) => ({ name, type, nulls, min: end(min), max: end(max) })),
  };
}
