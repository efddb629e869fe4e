import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, type Prisma } from '#lib/db.ts';
import type { MatchingDto, MatchingsDto } from '#lib/shared/match-dto.ts';
import { epochEndAfter } from '#ledger/contracts/shared/epoch.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, pageNumber, pageOf, windowOf } from './page.ts';
import { readParameters } from './parameters.ts';

type MatchingRow = Prisma.MatchingGetPayload<object>;

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
  // How long an epoch is now: a vote may change it.
  const length = (await readParameters())('epochMs');
  const [epochMs, nextAtMs] = [Number(length), Number(epochEndAfter(BigInt(Date.now()), length))];
  if (!(await authorize('explorer.read')).ok) return { ...(await emptyPage()), waiting: 0, nextAtMs, epochMs };
  const number = pageNumber(page);
  const [rows, total, waiting] = await Promise.all([
    database().matching.findMany({ orderBy: { id: 'desc' }, ...windowOf(number) }),
    database().matching.count(),
    database().demand.count({ where: { batch: true, status: 'open' } }),
  ]);
  return { ...(await pageOf(await toMatchings(rows), total, number)), waiting, nextAtMs, epochMs };
}
