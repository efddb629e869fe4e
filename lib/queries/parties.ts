import 'server-only';
import { database, Prisma, readModel } from '#lib/db.ts';
import { isSignersAlone } from '#lib/shared/signers-alone.ts';
import { hidesReceipt, isPrivateMethod } from './event-sentence.ts';

/**
 * What of some executed items concerns one account. One item can be about several orders that are between different parties, such as the
 * parts of one purchase: who is a party to one of them learns nothing of the others.
 */
export interface Concern {
  /** Items that it signed, or that hold an event about it, its orders or its applications. */
  readonly items: ReadonlySet<bigint>;
  /** Of these, items of which it may read all that was signed: its own, and those that are about nobody else's orders or applications. */
  readonly whole: ReadonlySet<bigint>;
  /** Items that are about other people's orders or applications too, whoever signed them: their receipts are cut. */
  readonly mixed: ReadonlySet<bigint>;
  /** Events that it is a party to, by `eventKey`. */
  readonly events: ReadonlySet<string>;
}

export function eventKey({ logIndex, sequence }: { logIndex: bigint; sequence: number }): string {
  return `${logIndex}/${sequence}`;
}

const NOTHING: Concern = { items: new Set(), whole: new Set(), mixed: new Set(), events: new Set() };

/** Condition that an account is a broker's, who are parties to every demand. */
export function holdsBrokerRole(account: number): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM ${readModel.account_roles} b WHERE b."account" = ${account} AND b."role" = 'NRB')`;
}

interface EventConcern {
  logIndex: bigint;
  sequence: number;
  isMine: boolean;
  isOthersToo: boolean;
}

/**
 * Whether each event names the account or what is its own, and whether it names an order or application of others. An event about a demand
 * is its customer's, the brokers' and that of the accounts it names: a provider of the order that came of it is no party to the demand.
 */
function eventConcerns(logIndexes: readonly bigint[], account: number): Promise<EventConcern[]> {
  return database().$queryRaw<EventConcern[]>`
    SELECT o."logIndex", o."sequence",
      CASE WHEN bool_or(o."kind" = 'demand') THEN bool_or(o."kind" IN ('demand', 'account') AND o."isOwn")
        ELSE bool_or(o."isOwn") END AS "isMine",
      CASE WHEN bool_or(o."kind" = 'demand') THEN NOT bool_or(o."kind" IN ('demand', 'account') AND o."isOwn")
        ELSE bool_or(o."kind" IN ('agreement', 'application') AND NOT o."isOwn") END AS "isOthersToo"
    FROM (
      SELECT s."logIndex", s."sequence", s."kind", CASE s."kind"
        WHEN 'account' THEN s."id" = ${account}
        WHEN 'agreement' THEN EXISTS (
          SELECT 1 FROM ${readModel.agreements} a WHERE a."id" = s."id" AND (a."customer" = ${account} OR a."provider" = ${account}))
        WHEN 'application' THEN EXISTS (
          SELECT 1 FROM ${readModel.refusals} f WHERE f."application" = s."id" AND (f."customer" = ${account} OR f."provider" = ${account}))
        WHEN 'demand' THEN EXISTS (
          SELECT 1 FROM ${readModel.demands} d WHERE d."id" = s."id" AND d."customer" = ${account}) OR ${holdsBrokerRole(account)}
        WHEN 'resource' THEN EXISTS (
          SELECT 1 FROM ${readModel.resources} r WHERE r."id" = s."id" AND r."owner" = ${account})
        ELSE false END AS "isOwn"
      FROM ${readModel.event_subjects} s WHERE s."logIndex" IN (${Prisma.join(logIndexes)})
    ) o GROUP BY o."logIndex", o."sequence"`;
}

export async function concerning(logIndexes: readonly bigint[], account: number | null): Promise<Concern> {
  if (account === null || logIndexes.length === 0) return NOTHING;
  const [signed, concerns] = await Promise.all([
    database().transaction.findMany({
      where: { logIndex: { in: [...new Set(logIndexes)] } },
      select: { logIndex: true, account: true, method: true },
    }),
    eventConcerns(logIndexes, account),
  ]);
  const own = new Set(signed.filter((item) => item.account === BigInt(account)).map(({ logIndex }) => logIndex));
  const mine = concerns.filter(({ isMine, isOthersToo }) => isMine && !isOthersToo);
  const items = new Set([...own, ...mine.map(({ logIndex }) => logIndex)]);
  const mixed = new Set(concerns.filter(({ isOthersToo }) => isOthersToo).map(({ logIndex }) => logIndex));
  const signersAlone = new Set(signed.filter(({ method }) => isSignersAlone(method)).map(({ logIndex }) => logIndex));
  const whole = [...items].filter(
    (logIndex) => own.has(logIndex) || !(mixed.has(logIndex) || signersAlone.has(logIndex)),
  );
  return { items, whole: new Set(whole), mixed, events: new Set(mine.map(eventKey)) };
}

/** Of these executed items, those of which somebody may have a receipt whom the items in `own` concern: those, and all of public kinds. */
export async function readableReceipts(
  logIndexes: readonly bigint[],
  own: ReadonlySet<bigint>,
): Promise<ReadonlySet<bigint>> {
  if (logIndexes.length === 0) return new Set();
  const where = { logIndex: { in: [...new Set(logIndexes)] } };
  const [items, events] = await Promise.all([
    database().transaction.findMany({ where, select: { logIndex: true, method: true } }),
    database().event.findMany({ where, select: { logIndex: true, contract: true, version: true, type: true } }),
  ]);
  const hidden = new Set(
    [...items.filter(({ method }) => isPrivateMethod(method)), ...events.filter(hidesReceipt)].map(
      ({ logIndex }) => logIndex,
    ),
  );
  const readable = items.filter(({ logIndex }) => own.has(logIndex) || !hidden.has(logIndex));
  return new Set(readable.map(({ logIndex }) => logIndex));
}
