import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, readModel } from '#lib/db.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import type { OwnRangeDto } from '#lib/shared/match-dto.ts';
import { orderNames, titlesOf } from './order-rows.ts';
import { emptyPage, PAGE_SIZE, pageNumber, pageOf } from './page.ts';
import { runFields, type RunRow } from './task-runs.ts';

type OwnRun = RunRow & { resource: bigint };

/** Ranges that orders of the signed-in provider have to run, or had, newest first; empty for everybody else. */
export async function getOwnRanges(page: number): Promise<PageOf<OwnRangeDto>> {
  const access = await authorize('resources.own');
  if (!access.ok || access.account === null) return emptyPage();
  const number = pageNumber(page);
  const provider = BigInt(access.account);
  const [rows, counted] = await Promise.all([
    database().$queryRaw<OwnRun[]>`
      SELECT r.*, a."resource" FROM ${readModel.task_runs} r JOIN ${readModel.agreements} a ON a."id" = r."agreement"
      WHERE a."provider" = ${provider} ORDER BY r."assignedAtMs" DESC, r."demand" DESC, r."range" DESC, r."agreement" DESC
      LIMIT ${PAGE_SIZE} OFFSET ${(number - 1) * PAGE_SIZE}`,
    database().$queryRaw<{ total: bigint }[]>`
      SELECT count(*) AS "total" FROM ${readModel.task_runs} r JOIN ${readModel.agreements} a ON a."id" = r."agreement"
      WHERE a."provider" = ${provider}`,
  ]);
  const [titles, nameOf] = await Promise.all([
    titlesOf(rows.map(({ resource }) => resource)),
    orderNames(
      rows.map(({ agreement }) => agreement),
      Number(provider),
    ),
  ]);
  const items = rows.map((row): OwnRangeDto => ({
    demand: Number(row.demand),
    range: Number(row.range),
    first: Number(row.first),
    count: Number(row.count),
    agreement: Number(row.agreement),
    name: nameOf(row.agreement),
    resource: { id: Number(row.resource), title: titles.get(row.resource)?.title ?? '' },
    ...runFields(row),
  }));
  return pageOf(items, Number(counted[0]?.total ?? 0n), number);
}
