import 'server-only';
import { database, type Prisma, readModel } from '#lib/db.ts';
import type { EventDto } from '#lib/shared/dto.ts';
import { eventSentence, type StoredEvent } from './event-sentence.ts';
import { concerning, readableReceipts } from './parties.ts';

/** Newest events of one thing that a page shows. */
const HISTORY_MAX = 200;

interface EventRow {
  height: bigint;
  phase: number;
  index: number;
  sequence: number;
  timeMs: bigint;
  contract: string;
  type: string;
  payload: Prisma.JsonValue;
  tx: string | null;
  logIndex: bigint;
}

function toEvent(row: EventRow, { isParty, hasReceipt }: { isParty: boolean; hasReceipt: boolean }): EventDto {
  const { phase, index, sequence, contract, type, tx } = row;
  // The projector writes the payload as a JSON object.
  const sentence = eventSentence({ contract, type, payload: row.payload as StoredEvent['payload'] }, isParty);
  const { height, timeMs, logIndex } = row;
  return {
    height: Number(height),
    phase: phase === 0 ? 0 : 1,
    index,
    sequence,
    timeMs: Number(timeMs),
    contract,
    type,
    sentence,
    tx,
    logIndex: Number(logIndex),
    hasReceipt,
  };
}

/** Newest first, of one subject; the caller says whether the viewer is a party to it, and whose account is the viewer's. */
export async function subjectEvents(
  kind: 'resource' | 'agreement' | 'proposal',
  id: bigint,
  { isParty, account }: { isParty: boolean; account: number | null },
): Promise<EventDto[]> {
  const rows = await database().$queryRaw<EventRow[]>`
    SELECT e.* FROM ${readModel.event_subjects} s JOIN ${readModel.events} e USING ("height", "phase", "index", "sequence")
    WHERE s."kind" = ${kind} AND s."id" = ${id}
    ORDER BY e."height" DESC, e."phase" DESC, e."index" DESC, e."sequence" DESC LIMIT ${HISTORY_MAX}`;
  const logIndexes = rows.map(({ logIndex }) => logIndex);
  const receipts = await readableReceipts(logIndexes, await concerning(logIndexes, account));
  return rows.map((row) => toEvent(row, { isParty, hasReceipt: receipts.has(row.logIndex) }));
}

/** In order, of a block or of one executed item; between-party events are plain only for those in `own`. */
export async function eventsWhere(
  where: { height: bigint } | { logIndex: bigint },
  own: ReadonlySet<bigint>,
): Promise<EventDto[]> {
  const rows = await database().event.findMany({
    where,
    orderBy: [{ height: 'asc' }, { phase: 'asc' }, { index: 'asc' }, { sequence: 'asc' }],
    take: 5_000,
  });
  const receipts = await readableReceipts(
    rows.map(({ logIndex }) => logIndex),
    own,
  );
  return rows.map((row) => toEvent(row, { isParty: own.has(row.logIndex), hasReceipt: receipts.has(row.logIndex) }));
}
