import 'server-only';
import { database, Prisma } from '#lib/db.ts';
import type { EventDto } from '#lib/shared/dto.ts';
import { eventSentence, type EventPayload } from './event-sentence.ts';

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

function toEvent(row: EventRow, isParty: boolean): EventDto {
  const { phase, index, sequence, contract, type, tx } = row;
  // The projector writes the payload as a JSON object.
  const sentence = eventSentence({ contract, type, payload: row.payload as EventPayload }, isParty);
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
  };
}

/** Newest first, of one subject; the caller says whether the viewer is a party to it. */
export async function subjectEvents(
  kind: 'resource' | 'agreement' | 'proposal',
  id: bigint,
  isParty: boolean,
): Promise<EventDto[]> {
  const rows = await database().$queryRaw<EventRow[]>`
    SELECT e.* FROM readmodel.event_subjects s JOIN readmodel.events e USING ("height", "phase", "index", "sequence")
    WHERE s."kind" = ${kind} AND s."id" = ${id}
    ORDER BY e."height" DESC, e."phase" DESC, e."index" DESC, e."sequence" DESC LIMIT ${HISTORY_MAX}`;
  return rows.map((row) => toEvent(row, isParty));
}

/** In order, of a block or of one executed item; between-party events are plain only for those in `partyLogIndexes`. */
export async function eventsWhere(
  where: { height: bigint } | { logIndex: bigint },
  partyLogIndexes: ReadonlySet<bigint>,
): Promise<EventDto[]> {
  const rows = await database().event.findMany({
    where,
    orderBy: [{ height: 'asc' }, { phase: 'asc' }, { index: 'asc' }, { sequence: 'asc' }],
    take: 5_000,
  });
  return rows.map((row) => toEvent(row, partyLogIndexes.has(row.logIndex)));
}

/** Of these executed items, those that concern the account: it signed them, or an event is about it, its orders or its applications. */
export async function concerning(logIndexes: readonly bigint[], account: number | null): Promise<Set<bigint>> {
  if (account === null || logIndexes.length === 0) return new Set();
  const rows = await database().$queryRaw<{ logIndex: bigint }[]>`
    SELECT t."logIndex" FROM readmodel.transactions t
      WHERE t."logIndex" IN (${Prisma.join(logIndexes)}) AND t."account" = ${account}
    UNION
    SELECT s."logIndex" FROM readmodel.event_subjects s
      WHERE s."logIndex" IN (${Prisma.join(logIndexes)}) AND (
        (s."kind" = 'account' AND s."id" = ${account}) OR
        (s."kind" = 'agreement' AND EXISTS (
          SELECT 1 FROM readmodel.agreements a WHERE a."id" = s."id" AND (a."customer" = ${account} OR a."provider" = ${account}))))`;
  return new Set(rows.map((row) => row.logIndex));
}
