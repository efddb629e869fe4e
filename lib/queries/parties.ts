import 'server-only';
import { database, Prisma, readModel } from '#lib/db.ts';
import { hidesReceipt, isPrivateMethod } from './event-sentence.ts';

/** Of these executed items, those that concern the account: it signed them, or an event is about it, its orders or its applications. */
export async function concerning(logIndexes: readonly bigint[], account: number | null): Promise<Set<bigint>> {
  if (account === null || logIndexes.length === 0) return new Set();
  const rows = await database().$queryRaw<{ logIndex: bigint }[]>`
    SELECT t."logIndex" FROM ${readModel.transactions} t
      WHERE t."logIndex" IN (${Prisma.join(logIndexes)}) AND t."account" = ${account}
    UNION
    SELECT s."logIndex" FROM ${readModel.event_subjects} s
      WHERE s."logIndex" IN (${Prisma.join(logIndexes)}) AND (
        (s."kind" = 'account' AND s."id" = ${account}) OR
        (s."kind" = 'agreement' AND EXISTS (
          SELECT 1 FROM ${readModel.agreements} a WHERE a."id" = s."id" AND (a."customer" = ${account} OR a."provider" = ${account}))))`;
  return new Set(rows.map((row) => row.logIndex));
}

/** Of these executed items, those whose receipt somebody may have whom the items in `own` concern: those, and all of public kinds. */
export async function readableReceipts(
  logIndexes: readonly bigint[],
  own: ReadonlySet<bigint>,
): Promise<ReadonlySet<bigint>> {
  if (logIndexes.length === 0) return new Set();
  const where = { logIndex: { in: [...new Set(logIndexes)] } };
  const [items, events] = await Promise.all([
    database().transaction.findMany({ where, select: { logIndex: true, method: true } }),
    database().event.findMany({ where, select: { logIndex: true, contract: true, type: true } }),
  ]);
  const hidden = new Set(
    [...items.filter(({ method }) => isPrivateMethod(method)), ...events.filter(hidesReceipt)].map(
      ({ logIndex }) => logIndex,
    ),
  );
  const readable = items.filter(({ logIndex }) => own.has(logIndex) || !hidden.has(logIndex));
  return new Set(readable.map(({ logIndex }) => logIndex));
}
