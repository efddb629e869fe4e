import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import type { AuditEntryDto, Audited, AuditedKind } from '#lib/shared/audit.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { storedOf, type EventRow } from './event-rows.ts';
import { eventSentence, isPrivateMethod } from './event-sentence.ts';
import { emptyPage, idOf, pageNumber, pageOf, windowOf } from './page.ts';
import { readableReceipts } from './parties.ts';

/** So many rows of a file are in memory at once. */
const BATCH = 500;

/** Contracts whose events change a status of each kind [8.2.2-b]; what an account bought or paid is no status of it. */
const CONTRACTS: Readonly<Record<AuditedKind, readonly string[]>> = {
  account: ['account', 'governance', 'credit'],
  resource: ['resource', 'strategy'],
  order: ['agreement', 'settlement'],
  node: ['node', 'credit', 'security'],
};

interface AuditRow extends Omit<EventRow, 'tx'> {
  method: string | null;
  account: bigint | null;
}

/** The events of one thing. An order's are those of its parts, each once, also where one is about two of them. */
function eventsOf({ kind, id }: Audited): Prisma.Sql {
  const subjects =
    kind === 'order'
      ? Prisma.sql`s."kind" = 'agreement' AND s."id" IN (SELECT a."id" FROM ${readModel.agreements} a WHERE a."order" = ${id})`
      : Prisma.sql`s."kind" = ${kind} AND s."id" = ${id}`;
  return Prisma.sql`${readModel.events} e LEFT JOIN ${readModel.transactions} t ON t."logIndex" = e."logIndex"
    WHERE e."contract" = ANY(${CONTRACTS[kind]}) AND (e."height", e."phase", e."index", e."sequence") IN (
      SELECT s."height", s."phase", s."index", s."sequence" FROM ${readModel.event_subjects} s WHERE ${subjects})`;
}

const COLUMNS = Prisma.sql`e.*, t."method", t."account"`;

/** For somebody who is a party to nothing: what is between parties stays there, who looks after the network learns that it happened. */
async function toEntries(rows: readonly AuditRow[]): Promise<AuditEntryDto[]> {
  const receipts = await readableReceipts(
    rows.map(({ logIndex }) => logIndex),
    new Set(),
  );
  const refs = await loadAccountRefs(rows.map(({ account }) => account));
  return rows.map((row) => {
    const { phase, index, sequence, contract, type, method, account } = row;
    const event = storedOf(row);
    return {
      height: Number(row.height),
      phase,
      index,
      sequence,
      timeMs: Number(row.timeMs),
      contract,
      type,
      sentence: eventSentence(event, false),
      by: method === null || account === null || isPrivateMethod(method) ? null : refs.of(account),
      isByLedger: phase === 0,
      logIndex: Number(row.logIndex),
      hasReceipt: receipts.has(row.logIndex),
    };
  });
}

/** Every change of a status of one thing, the newest first; none for who does not audit, as for what there is not. */
export async function getAudit(of: Audited, page?: number): Promise<PageOf<AuditEntryDto>> {
  if (!(await authorize('audit.read')).ok || idOf(of.id) === undefined) return emptyPage();
  const number = pageNumber(page);
  const { skip, take } = windowOf(number);
  const [{ total } = { total: 0 }] = await database().$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS "total" FROM ${eventsOf(of)}`;
  const rows = await database().$queryRaw<AuditRow[]>`
    SELECT ${COLUMNS} FROM ${eventsOf(of)}
    ORDER BY e."height" DESC, e."phase" DESC, e."index" DESC, e."sequence" DESC LIMIT ${take} OFFSET ${skip}`;
  return pageOf(await toEntries(rows), total, number);
}

async function* batchesOf(of: Audited): AsyncGenerator<AuditEntryDto[]> {
  let after = { height: -1n, phase: 0, index: 0, sequence: 0 };
  for (;;) {
    const { height, phase, index, sequence } = after;
    const rows = await database().$queryRaw<AuditRow[]>`
      SELECT ${COLUMNS} FROM ${eventsOf(of)}
      AND (e."height", e."phase", e."index", e."sequence") > (${height}::bigint, ${phase}::int, ${index}::int, ${sequence}::int)
      ORDER BY e."height", e."phase", e."index", e."sequence" LIMIT ${BATCH}`;
    const last = rows.at(-1);
    if (last === undefined) return;
    yield await toEntries(rows);
    if (rows.length < BATCH) return;
    after = last;
  }
}

/** The same, the oldest first and all of it; null for who does not audit. */
export async function exportAudit(of: Audited): Promise<AsyncGenerator<AuditEntryDto[]> | null> {
  if (!(await authorize('audit.read')).ok || idOf(of.id) === undefined) return null;
  return batchesOf(of);
}
