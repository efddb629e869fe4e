import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, type Prisma } from '#lib/db.ts';
import type { MatchingDto, MatchingsDto } from '#lib/shared/match-dto.ts';
import { parameterDefinition } from '#ledger/contracts/definitions.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, pageNumber, pageOf, windowOf } from './page.ts';

type MatchingRow = Prisma.MatchingGetPayload<object>;

/** How long an epoch is now: a vote may change it. */
async function epochLength(): Promise<bigint> {
  const row = await database().parameter.findUnique({ where: { name: 'epochMs' } });
  return BigInt(row?.value ?? parameterDefinition('epochMs').initial);
}

/** Epochs are counted from 1970 on, as the contract does (awaitMatch): one ends at each multiple of its length. */
export function epochEndAfter(nowMs: number, epochMs: number): number {
  return (Math.floor(nowMs / epochMs) + 1) * epochMs;
}

async function toMatchings(rows: readonly MatchingRow[]): Promise<MatchingDto[]> {
  const refs = await loadAccountRefs(rows.flatMap(({ broker }) => broker ?? []));
  return rows.map(({ id, broker, ...row }) => ({
    matching: Number(id),
    asked: Number(row.asked),
    matched: Number(row.matched),
    served: Number(row.served),
    costMicro: row.costMicro.toString(),
    broker: broker === null ? null : refs.of(broker),
    matchedAtMs: Number(row.matchedAtMs),
  }));
}

/** What came of each epoch's waiting demands, newest first, and when the next match is. For everybody: a match says nothing of whose the demands are. */
export async function getMatchings(page: number): Promise<MatchingsDto> {
  const epochMs = Number(await epochLength());
  const nextAtMs = epochEndAfter(Date.now(), epochMs);
  if (!(await authorize('explorer.read')).ok) return { ...(await emptyPage()), waiting: 0, nextAtMs, epochMs };
  const number = pageNumber(page);
  const [rows, total, waiting] = await Promise.all([
    database().matching.findMany({ orderBy: { id: 'desc' }, ...windowOf(number) }),
    database().matching.count(),
    database().demand.count({ where: { batch: true, status: 'open' } }),
  ]);
  return { ...(await pageOf(await toMatchings(rows), total, number)), waiting, nextAtMs, epochMs };
}
