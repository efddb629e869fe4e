import 'server-only';
import type { ShareName } from '#ledger/contracts/node/definition.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import type { AllocationDto, EffectDto, HostDto, ShiftDto } from '#lib/shared/allocation.ts';
import { loadAccountRefs, type AccountRefs } from './account-refs.ts';

/** What is asked before and after a shift, and how long the monitor takes to make minutes of it. */
const EFFECT_MS = 5 * 60_000;
const SETTLE_MS = 2 * 60_000;
/** Blocks of five minutes at a tenth of a second each. */
const EFFECT_BLOCKS = 3_000n;
const HOSTS_MAX = 200;
const SHIFTS_MAX = 20;
/** An agent that said nothing for so long says nothing of now. */
const HEARD_MS = 60_000;

interface HostRow {
  node: bigint;
  name: string;
  operator: bigint;
  watched: number | null;
  consensus: bigint | null;
  service: bigint | null;
  reserve: bigint | null;
  declared: bigint | null;
  atMs: bigint | null;
  slots: number | null;
  slotsBusy: number | null;
  runsWaiting: number | null;
}

const NEWEST_FIRST = Prisma.sql`ORDER BY "height" DESC, "phase" DESC, "index" DESC, "sequence" DESC`;

/** Nodes of agents that are not retired: those whose runs wait first, then those that declared shares. */
export function selectHosts(nowMs: number, which = Prisma.sql`TRUE`): Promise<HostRow[]> {
  return database().$queryRaw<HostRow[]>`
    SELECT n."id" AS "node", n."name", n."operator", s."id" AS "watched", h."consensusMillicores" AS "consensus", h."serviceMillicores" AS "service",
      h."reserveMillicores" AS "reserve", d."consensusMillicores" AS "declared", h."atMs", m."slots", m."slotsBusy", m."runsWaiting"
    FROM ${readModel.nodes} n
    LEFT JOIN monitoring.subjects s ON s."kind" = 'agent' AND s."key" = n."address"
    LEFT JOIN LATERAL (SELECT * FROM ${readModel.node_shares} x WHERE x."node" = n."id" ${NEWEST_FIRST} LIMIT 1) h ON TRUE
    LEFT JOIN LATERAL (SELECT * FROM ${readModel.node_shares} x WHERE x."node" = n."id" AND x."from" = '' ${NEWEST_FIRST} LIMIT 1) d ON TRUE
    LEFT JOIN LATERAL (
      SELECT y."slots", y."slotsBusy", y."runsWaiting" FROM monitoring.samples y
      WHERE y."subject" = s."id" AND y."at" > ${new Date(nowMs - HEARD_MS)} ORDER BY y."at" DESC LIMIT 1) m ON TRUE
    WHERE n."class" = 'service' AND n."status" <> 'retired' AND ${which}
    ORDER BY m."runsWaiting" DESC NULLS LAST, h."node" IS NULL, n."id" LIMIT ${HOSTS_MAX}`;
}

export function toHost(row: HostRow, refs: AccountRefs): HostDto {
  const { node, name, operator, watched, consensus, service, reserve, declared, atMs } = row;
  const { slots, slotsBusy: busy, runsWaiting: waiting } = row;
  const now = { consensus: Number(consensus), service: Number(service), reserve: Number(reserve) };
  return {
    node: Number(node),
    name,
    operator: refs.of(operator),
    watched,
    shares:
      consensus === null
        ? null
        : { now, movable: { ...now, consensus: now.consensus - Number(declared) }, atMs: Number(atMs) },
    runs: slots === null || busy === null || waiting === null ? null : { slots, busy, waiting },
  };
}

interface ShiftRow {
  node: bigint;
  name: string;
  height: bigint;
  by: bigint;
  key: bigint;
  label: string | null;
  from: ShareName;
  to: ShareName;
  millicores: bigint;
  reason: string;
  atMs: bigint;
  tx: string | null;
  blockBefore: number | null;
  blockAfter: number | null;
  waitingBefore: number | null;
  waitingAfter: number | null;
}

/** Block times are medians of the ledger's own blocks, as the monitor's are: a mean would tell how long nothing was to be decided; runs that waited are the monitor's minutes, weighted by how much was heard in each. */
function selectShifts(): Promise<ShiftRow[]> {
  const blocks = (from: Prisma.Sql, to: Prisma.Sql): Prisma.Sql => Prisma.sql`
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY g."gap") FROM (
      SELECT b."timeMs" - lag(b."timeMs") OVER (ORDER BY b."height") AS "gap" FROM ${readModel.blocks} b
      WHERE b."height" BETWEEN x."height" - ${EFFECT_BLOCKS} AND x."height" + ${EFFECT_BLOCKS} AND b."timeMs" BETWEEN ${from} AND ${to}) g)`;
  const waiting = (from: Prisma.Sql, to: Prisma.Sql): Prisma.Sql => Prisma.sql`
    (SELECT sum(m."runsWaiting" * m."count") / nullif(sum(m."count") FILTER (WHERE m."runsWaiting" IS NOT NULL), 0)
      FROM monitoring.samples_minute m JOIN monitoring.subjects s ON s."id" = m."subject"
      WHERE s."kind" = 'agent' AND s."key" = n."address" AND m."at" >= to_timestamp(${from}::float8 / 1000) AND m."at" < to_timestamp(${to}::float8 / 1000))::float8`;
  const at = Prisma.sql`x."atMs"`;
  const early = Prisma.sql`(x."atMs" - ${EFFECT_MS}::bigint)`;
  const late = Prisma.sql`(x."atMs" + ${EFFECT_MS}::bigint)`;
  return database().$queryRaw<ShiftRow[]>`
    SELECT x."node", n."name", x."height", x."by", x."key", k."label", x."from", x."to", x."millicores", x."reason", x."atMs", x."tx",
      ${blocks(early, at)} AS "blockBefore", ${blocks(at, late)} AS "blockAfter",
      ${waiting(early, at)} AS "waitingBefore", ${waiting(at, late)} AS "waitingAfter"
    FROM (SELECT * FROM ${readModel.node_shares} WHERE "from" <> '' ${NEWEST_FIRST} LIMIT ${SHIFTS_MAX}) x
    JOIN ${readModel.nodes} n ON n."id" = x."node" LEFT JOIN ${readModel.account_keys} k ON k."account" = x."by" AND k."key" = x."key" ${NEWEST_FIRST}`;
}

function toShift(row: ShiftRow, refs: AccountRefs, nowMs: number): ShiftDto {
  const { node, name, by, key, label, from, to, millicores, reason, tx } = row;
  const atMs = Number(row.atMs);
  const measuredAtMs = atMs + EFFECT_MS + SETTLE_MS;
  const effect = (before: number | null, after: number | null): EffectDto => ({
    before,
    after: nowMs < measuredAtMs ? null : after,
  });
  return {
    node: Number(node),
    name,
    by: refs.of(by),
    program: key === 0n ? null : { key: Number(key), label },
    from,
    to,
    millicores: Number(millicores),
    reason,
    atMs,
    tx,
    measuredAtMs,
    blockTimeMs: effect(row.blockBefore, row.blockAfter),
    runsWaiting: effect(row.waitingBefore, row.waitingAfter),
  };
}

/** How hosts' cores are divided, how busy their slots are, and what the last shifts brought [6.2.2-c, I.2-8]; null for who may not see it. */
export async function getAllocation(): Promise<AllocationDto | null> {
  if (!(await authorize('monitoring.read')).ok) return null;
  const nowMs = Date.now();
  const [hosts, shifts] = await Promise.all([selectHosts(nowMs), selectShifts()]);
  const refs = await loadAccountRefs([...hosts.map(({ operator }) => operator), ...shifts.map(({ by }) => by)]);
  return { hosts: hosts.map((row) => toHost(row, refs)), shifts: shifts.map((row) => toShift(row, refs, nowMs)) };
}

/**
 * The host of one node, by its number or by its key's address (40 hex digits): how its cores are divided is everybody's, how busy it is, is
 * its operator's and theirs who look after the network. Null where there is none.
 */
export async function getHost(of: { node: number } | { address: string }): Promise<HostDto | null> {
  if (!(await authorize('network.read')).ok) return null;
  const which =
    'node' in of
      ? Prisma.sql`n."id" = ${of.node}`
      : Prisma.sql`n."address" = ${of.address.replace(/^0x/i, '').toLowerCase()}`;
  const row = (await selectHosts(Date.now(), which)).at(-1);
  if (row === undefined) return null;
  const host = toHost(row, await loadAccountRefs([row.operator]));
  const isSeen =
    (await authorize('monitoring.read')).ok ||
    (await authorize('monitoring.own', { accounts: [Number(row.operator)] })).ok;
  return isSeen ? host : { ...host, watched: null, runs: null };
}
