import 'server-only';
import { database, type Prisma, readModel } from '#lib/db.ts';
import type { EventDto } from '#lib/shared/dto.ts';
import { agreementsNamed, eventSentence, isPublicEvent, type StoredEvent } from './event-sentence.ts';
import { orderNames } from './order-rows.ts';
import { concerning, eventKey, readableReceipts, type Concern } from './parties.ts';

/** Newest events of one thing that a page shows. */
const HISTORY_MAX = 200;
/** Of one block or item. */
const EVENTS_MAX = 5_000;

/** An event as the projector wrote it. */
export interface EventRow {
  height: bigint;
  phase: number;
  index: number;
  sequence: number;
  timeMs: bigint;
  contract: string;
  version: bigint;
  type: string;
  payload: Prisma.JsonValue;
  tx: string | null;
  logIndex: bigint;
}

interface Reading {
  isParty: boolean;
  hasReceipt: boolean;
  /** How the reader knows an agreement. */
  order: (agreement: bigint) => string;
}

/** The projector writes the payload as a JSON object. */
export function storedOf({ contract, version, type, payload }: Omit<EventRow, 'tx'>): StoredEvent {
  return { contract, version, type, payload: payload as StoredEvent['payload'] };
}

function toEvent(row: EventRow, { isParty, hasReceipt, order }: Reading): EventDto {
  const { phase, index, sequence, contract, type, tx } = row;
  const sentence = eventSentence(storedOf(row), isParty, order);
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

/**
 * Newest first, of one subject, for the account that reads: those that it is a party to, or that are everybody's. What is about an order of
 * its own and one of others alike is left out of its history.
 */
export async function subjectEvents(
  kind: 'resource' | 'agreement' | 'proposal' | 'demand',
  id: bigint,
  account: number | null,
): Promise<EventDto[]> {
  const rows = await database().$queryRaw<EventRow[]>`
    SELECT e.* FROM ${readModel.event_subjects} s JOIN ${readModel.events} e USING ("height", "phase", "index", "sequence")
    WHERE s."kind" = ${kind} AND s."id" = ${id}
    ORDER BY e."height" DESC, e."phase" DESC, e."index" DESC, e."sequence" DESC LIMIT ${HISTORY_MAX}`;
  const logIndexes = rows.map(({ logIndex }) => logIndex);
  const concern = await concerning(logIndexes, account);
  const receipts = await readableReceipts(logIndexes, concern.items);
  const order = await orderNames(
    rows.flatMap((row) => agreementsNamed(storedOf(row))),
    account,
  );
  return rows
    .map((row) => ({ row, isParty: concern.events.has(eventKey(row)) }))
    .filter(({ row, isParty }) => isParty || isPublicEvent(row))
    .map(({ row, isParty }) => toEvent(row, { isParty, hasReceipt: receipts.has(row.logIndex), order }));
}

/** In order, of a block or of one executed item; between-party events are plain only for their parties. */
export async function eventsWhere(
  where: { height: bigint } | { logIndex: bigint },
  { concern, account }: { concern: Concern; account: number | null },
): Promise<EventDto[]> {
  const rows = await database().event.findMany({
    where,
    orderBy: [{ height: 'asc' }, { phase: 'asc' }, { index: 'asc' }, { sequence: 'asc' }],
    take: EVENTS_MAX,
  });
  const receipts = await readableReceipts(
    rows.map(({ logIndex }) => logIndex),
    concern.items,
  );
  const mine = rows.filter((row) => concern.events.has(eventKey(row)));
  const order = await orderNames(
    mine.flatMap((row) => agreementsNamed(storedOf(row))),
    account,
  );
  return rows.map((row) =>
    toEvent(row, { isParty: concern.events.has(eventKey(row)), hasReceipt: receipts.has(row.logIndex), order }),
  );
}
