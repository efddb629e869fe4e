import 'server-only';
import type { DemandStatus, Split } from '#ledger/contracts/demand/definition.ts';
import type { TaskOutcome } from '#ledger/contracts/plan/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { DemandSummary, NeedDto, OpenDemandDto, WorkDto } from '#lib/shared/demand-dto.ts';
import { structsFromJson } from '#lib/shared/event-json.ts';
import { loadAccountRefs } from './account-refs.ts';
import { numberOrNull } from './page.ts';

export type DemandRow = Prisma.DemandGetPayload<object>;

/** What summaries leave out of a row: plans with all their parts. */
export const SUMMARY_OMITS = { ownPlans: true, exact: true } as const;
export type DemandSummaryRow = Omit<DemandRow, keyof typeof SUMMARY_OMITS>;

function toNeeds(json: Prisma.JsonValue): NeedDto[] {
  return structsFromJson('Need', json).map(({ amounts, promise, ...need }) => ({
    ...need,
    amounts: amounts.map(toQuantityDto),
    promise: promise.map(toQuantityDto),
  }));
}

/** The one work of a demand; null when it has none. */
export function toWork(json: Prisma.JsonValue): WorkDto | null {
  const work = structsFromJson('Work', json)[0];
  if (work === undefined) return null;
  return {
    algorithm: toHex(work.algorithm),
    payload: toHex(work.payload),
    payloadBytes: Number(work.payloadBytes),
    subtasks: Number(work.subtasks),
    // The contract has checked the word.
    split: work.split as Split,
    cpuMs: Number(work.cpuMs),
    memoryMiB: Number(work.memoryMiB),
    inputBytes: Number(work.inputBytes),
    outputBytes: Number(work.outputBytes),
    copies: Number(work.copies),
  };
}

/** What of a demand says neither whose it is nor what it may cost. */
export function toOpenDemand(row: DemandSummaryRow): OpenDemandDto {
  return {
    id: Number(row.id),
    // Written by its projection.
    kinds: row.kinds as string[],
    purpose: row.purpose,
    fieldOfBusiness: row.fieldOfBusiness,
    needs: toNeeds(row.needs),
    work: toWork(row.work),
    durationMs: Number(row.durationMs),
    backup: row.backup,
    batch: row.batch,
    publishedAtMs: Number(row.publishedAtMs),
    openUntilMs: Number(row.openUntilMs),
  };
}

/** Condition that a broker's plan `p` stands: the next analysis of its demand replaces it. */
export const standsStill = Prisma.sql`p."logIndex" > (
  SELECT coalesce(s."analysisLogIndex", -1) FROM ${readModel.demands} s WHERE s."id" = p."demand")`;

/** How many plans brokers have proposed for each demand, and the least that one of them costs at most. */
async function proposedFor(ids: readonly bigint[]): Promise<Map<bigint, { count: number; leastMicro: bigint | null }>> {
  const groups = await database().$queryRaw<{ demand: bigint; count: bigint; leastMicro: bigint }[]>`
    SELECT p."demand", count(*) AS "count", min(p."totalMicro") AS "leastMicro" FROM ${readModel.proposed_plans} p
    WHERE p."demand" IN (${Prisma.join([...ids])}) AND ${standsStill} GROUP BY p."demand"`;
  return new Map(groups.map(({ demand, count, leastMicro }) => [demand, { count: Number(count), leastMicro }]));
}

function lesser(left: bigint | null, right: bigint | null): bigint | null {
  if (left === null || right === null) return left ?? right;
  return left < right ? left : right;
}

/** Summaries in the order of the rows, for their customers and for brokers; a few queries for any number. */
export async function toDemands(rows: readonly DemandSummaryRow[]): Promise<DemandSummary[]> {
  if (rows.length === 0) return [];
  const [refs, proposed] = await Promise.all([
    loadAccountRefs(rows.map(({ customer }) => customer)),
    proposedFor(rows.map(({ id }) => id)),
  ]);
  return rows.map((row) => {
    const { count = 0, leastMicro = null } = proposed.get(row.id) ?? {};
    const isOpen = row.status === 'open';
    return {
      ...toOpenDemand(row),
      status: row.status as DemandStatus,
      customer: refs.of(row.customer),
      budgetMicro: row.budgetMicro.toString(),
      closedAtMs: numberOrNull(row.closedAtMs),
      planCount: Number(row.ownPlanCount) + count,
      cheapestMicro: lesser(row.ownCheapestMicro, leastMicro)?.toString() ?? null,
      considered: numberOrNull(row.considered),
      analysedAtMs: numberOrNull(row.analysedAtMs),
      plansExpireAtMs: isOpen ? numberOrNull(row.plansExpireAtMs) : null,
      order: numberOrNull(row.order),
      outcome: row.outcome as TaskOutcome | null,
    };
  });
}
