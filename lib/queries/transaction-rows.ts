import 'server-only';
import type { Prisma } from '#lib/db.ts';
import { wordsOf } from '#lib/errors.ts';
import type { TransactionSummary } from '#lib/shared/explorer-dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { isPrivateMethod } from './event-sentence.ts';

export type TransactionRow = Prisma.TransactionGetPayload<object>;

/** Summaries in the order of the rows. Who signed what is between parties is plain for the items in `own` alone. */
export async function toTransactions(
  rows: readonly TransactionRow[],
  own: ReadonlySet<bigint>,
): Promise<TransactionSummary[]> {
  const refs = await loadAccountRefs(rows.map(({ account }) => account));
  return rows.map((row) => ({
    tx: row.tx,
    logIndex: Number(row.logIndex),
    height: Number(row.height),
    timeMs: Number(row.timeMs),
    method: row.method,
    account: isPrivateMethod(row.method) && !own.has(row.logIndex) ? null : refs.orNull(row.account),
    code: row.code,
    outcome: row.code === 0 ? 'done' : wordsOf(row.code).sentence,
  }));
}
