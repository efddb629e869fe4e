import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import type {
  DemandSummary,
  DeskDto,
  DeskFilter,
  RegistryEntryDto,
  RegistryFilter,
  SupplyDto,
  VolumeDto,
} from '#lib/shared/demand-dto.ts';
import type { PageOf, QuantityDto } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { loadAgents } from './agents-of.ts';
import { standsStill, SUMMARY_OMITS, toDemands } from './demand-rows.ts';
import { emptyPage, PAGE_SIZE, pageNumber, pageOf, readAsOf, windowOf } from './page.ts';
import { toQuantities } from './stored-lists.ts';

/** Kinds in zones that one answer holds, those with the fewest offers first. */
const SUPPLY_MAX = 200;
const DAY_MS = 86_400_000n;
const HOUR_MS = 3_600_000n;
const VOLUME_DAYS = 30n;

/** Conditions of the open demands that a broker looks through. */
function conditions({ kind, region, unmet, ageMsMin }: DeskFilter, nowMs: number): Prisma.Sql {
  const parts = [Prisma.sql`d."status" = 'open'`];
  if (kind !== undefined) parts.push(Prisma.sql`d."kinds" @> ${JSON.stringify([kind])}::jsonb`);
  if (region !== undefined) {
    const asked = [{ terms: [{ name: 'region', value: region }] }];
    parts.push(Prisma.sql`d."needs" @> ${JSON.stringify(asked)}::jsonb`);
  }
  if (unmet === true) parts.push(isUnmet);
  if (ageMsMin !== undefined && ageMsMin > 0)
    parts.push(Prisma.sql`d."publishedAtMs" <= ${BigInt(Math.floor(nowMs - Math.min(ageMsMin, nowMs)))}`);
  return Prisma.join(parts, ' AND ');
}

/** No plan of the newest analysis and none of a broker meets it; one that waits for a match gets no plans, and lacks none. */
const isUnmet = Prisma.sql`(NOT d."batch" AND d."ownPlanCount" = 0 AND NOT EXISTS (
  SELECT 1 FROM ${readModel.proposed_plans} p WHERE p."demand" = d."id" AND ${standsStill}))`;

/** Open demands for brokers: those without a plan first, then the oldest. */
export async function getDeskDemands(filter: DeskFilter): Promise<PageOf<DemandSummary>> {
  if (!(await authorize('desk.read')).ok) return emptyPage();
  const number = pageNumber(filter.page);
  const where = conditions(filter, Date.now());
  const [found, counted] = await Promise.all([
    database().$queryRaw<{ id: bigint }[]>`SELECT d."id" FROM ${readModel.demands} d WHERE ${where}
      ORDER BY ${isUnmet} DESC, d."publishedAtMs" ASC, d."id" ASC LIMIT ${PAGE_SIZE} OFFSET ${(number - 1) * PAGE_SIZE}`,
    database().$queryRaw<{ total: bigint }[]>`SELECT count(*) AS total FROM ${readModel.demands} d WHERE ${where}`,
  ]);
  const ids = found.map(({ id }) => id);
  const rows = await database().demand.findMany({ where: { id: { in: ids } }, omit: SUMMARY_OMITS });
  const sorted = rows.toSorted((left, right) => ids.indexOf(left.id) - ids.indexOf(right.id));
  return pageOf(await toDemands(sorted), Number(counted[0]?.total ?? 0n), number);
}

interface PlaceRow {
  kind: string;
  region: string;
  zone: string | null;
  offers: bigint;
  providers: bigint;
}

interface MeterRow {
  kind: string;
  region: string;
  zone: string | null;
  meter: string;
  capacity: bigint;
  free: bigint;
}

function placeKey({ kind, region, zone }: Pick<PlaceRow, 'kind' | 'region' | 'zone'>): string {
  return JSON.stringify([kind, region, zone]);
}

/** Sums of published offers by kind, region and zone, meter by meter. */
function meterSums(): Promise<MeterRow[]> {
  return database().$queryRaw<MeterRow[]>`
    SELECT r."kind", r."region", r."zone", c."meter", sum(c."amount")::bigint AS "capacity", sum(coalesce(f."amount", 0))::bigint AS "free"
    FROM ${readModel.resources} r
    CROSS JOIN LATERAL jsonb_to_recordset(r."capacity") AS c("meter" text, "amount" numeric)
    LEFT JOIN LATERAL (
      SELECT x."amount" FROM jsonb_to_recordset(r."free") AS x("meter" text, "amount" numeric) WHERE x."meter" = c."meter"
    ) f ON true
    WHERE r."status" = 'published' GROUP BY r."kind", r."region", r."zone", c."meter" ORDER BY c."meter"`;
}

/** Open demands by kind. */
async function askedKinds(): Promise<Map<string, number>> {
  const rows = await database().$queryRaw<{ kind: string; count: bigint }[]>`
    SELECT k."kind", count(*) AS "count" FROM ${readModel.demands} d
    CROSS JOIN LATERAL jsonb_array_elements_text(d."kinds") AS k("kind") WHERE d."status" = 'open' GROUP BY k."kind"`;
  return new Map(rows.map(({ kind, count }) => [kind, Number(count)]));
}

const PER_MILLE = 1_000;

function leastFree(capacity: readonly QuantityDto[], free: readonly QuantityDto[]): number {
  const shares = capacity.map(({ meter, amount }) => {
    const left = free.find((quantity) => quantity.meter === meter)?.amount ?? 0;
    return amount === 0 ? 0 : Math.floor((left / amount) * PER_MILLE);
  });
  return shares.length === 0 ? 0 : Math.min(...shares);
}

/** What is on offer by kind and zone, thinnest first; a kind that is asked for and offered by nobody stands before all. */
async function supply(): Promise<SupplyDto[]> {
  const [places, meters, asked] = await Promise.all([
    database().$queryRaw<PlaceRow[]>`
      SELECT r."kind", r."region", r."zone", count(*) AS "offers", count(DISTINCT r."owner") AS "providers"
      FROM ${readModel.resources} r WHERE r."status" = 'published' GROUP BY r."kind", r."region", r."zone"
      ORDER BY count(*), r."kind", r."region", r."zone" LIMIT ${SUPPLY_MAX}`,
    meterSums(),
    askedKinds(),
  ]);
  const sums = Map.groupBy(meters, placeKey);
  const offered = places.map(({ offers, providers, ...place }): SupplyDto => {
    const own = sums.get(placeKey(place)) ?? [];
    const capacity = own.map(({ meter, capacity: amount }) => ({ meter, amount: Number(amount) }));
    const free = own.map(({ meter, free: amount }) => ({ meter, amount: Number(amount) }));
    return {
      ...place,
      offers: Number(offers),
      providers: Number(providers),
      capacity,
      free,
      freePerMille: leastFree(capacity, free),
      openDemands: asked.get(place.kind) ?? 0,
    };
  });
  const missing = [...asked].filter(([kind]) => !places.some((place) => place.kind === kind));
  const nothing = { region: '', zone: null, offers: 0, providers: 0, capacity: [], free: [], freePerMille: 0 };
  return [
    ...missing.map(([kind, openDemands]): SupplyDto => ({ ...nothing, kind, openDemands })),
    ...offered.toSorted((left, right) => left.freePerMille - right.freePerMille || left.offers - right.offers),
  ];
}

interface VolumeRow {
  kind: string;
  day: bigint;
  settled: bigint;
  chargeMicro: bigint;
  servedMs: bigint;
}

/** Settled agreements by kind and day of the last days, and what an hour of service came to. */
async function volumes(nowMs: bigint): Promise<VolumeDto[]> {
  const fromDay = nowMs / DAY_MS - VOLUME_DAYS + 1n;
  const rows = await database().$queryRaw<VolumeRow[]>`
    SELECT a."kind", b."settledAtMs" / ${DAY_MS}::bigint AS "day", count(*) AS "settled",
      sum(b."chargeMicro")::bigint AS "chargeMicro", sum(b."keptMs" + b."degradedMs")::bigint AS "servedMs"
    FROM ${readModel.bills} b JOIN ${readModel.agreements} a ON a."id" = b."agreement"
    WHERE b."settledAtMs" >= ${fromDay * DAY_MS}::bigint GROUP BY 1, 2 ORDER BY 2, 1`;
  return rows.map(({ kind, day, settled, chargeMicro, servedMs }) => ({
    kind,
    dayMs: Number(day * DAY_MS),
    settled: Number(settled),
    chargeMicro: chargeMicro.toString(),
    hourMicro: servedMs === 0n ? null : ((chargeMicro * HOUR_MS) / servedMs).toString(),
  }));
}

/** The broker's desk: open demands, thin supply, volumes and prices; null for everybody else. */
export async function getDesk(filter: DeskFilter): Promise<DeskDto | null> {
  if (!(await authorize('desk.read')).ok) return null;
  const { timeMs } = await readAsOf();
  const [demands, thin, settled] = await Promise.all([getDeskDemands(filter), supply(), volumes(BigInt(timeMs))]);
  return { demands, supply: thin, volumes: settled };
}

/** Every resource with its state, the age of its test, its free capacity and its agent, for brokers; newest first. */
export async function getRegistry({ kind, status, page }: RegistryFilter): Promise<PageOf<RegistryEntryDto>> {
  if (!(await authorize('desk.read')).ok) return emptyPage();
  const number = pageNumber(page);
  const where = { ...(kind !== undefined && { kind }), ...(status !== undefined && { status }) };
  const [rows, total] = await Promise.all([
    database().resource.findMany({ where, orderBy: { id: 'desc' }, ...windowOf(number) }),
    database().resource.count({ where }),
  ]);
  const [refs, agentOf] = await Promise.all([
    loadAccountRefs(rows.map(({ owner }) => owner)),
    loadAgents(rows.map(({ owner, agentKey }) => ({ account: owner, key: agentKey }))),
  ]);
  const items = rows.map((row) => ({
    resource: { id: Number(row.id), title: row.title, kind: row.kind, status: row.status },
    provider: refs.of(row.owner),
    region: row.region,
    zone: row.zone,
    testedAtMs: Number(row.testedAtMs),
    capacity: toQuantities(row.capacity),
    free: toQuantities(row.free),
    agentSeenAtMs: agentOf({ account: row.owner, key: row.agentKey })?.seenAtMs ?? null,
  }));
  return pageOf(items, total, number);
}
