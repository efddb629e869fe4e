import 'server-only';
import { orderName } from '#ledger/contracts/shared/sentence-words.ts';
import { database, type Prisma } from '#lib/db.ts';
import type { OrderStatus, OrderSummary } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { numberOrNull } from './page.ts';
import { toPrices } from './stored-lists.ts';

export type AgreementRow = Prisma.AgreementGetPayload<object>;

/** The end that counts: the window's, or an earlier one. */
export function endOf({ endsAtMs, endedAtMs }: Pick<AgreementRow, 'endsAtMs' | 'endedAtMs'>): bigint | null {
  if (endsAtMs === null || endedAtMs === null) return endsAtMs ?? endedAtMs;
  return endedAtMs < endsAtMs ? endedAtMs : endsAtMs;
}

export async function titlesOf(ids: readonly bigint[]): Promise<Map<bigint, { title: string; kind: string }>> {
  const rows = await database().resource.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, title: true, kind: true },
  });
  return new Map(rows.map(({ id, title, kind }) => [id, { title, kind }]));
}

/** Condition of the agreements that an account is a party to. */
export function partyOf(self: bigint): { OR: [{ customer: bigint }, { provider: bigint }] } {
  return { OR: [{ customer: self }, { provider: self }] };
}

/** An agreement's place among those of its order that one account may see. */
export interface OrderPlace {
  order: bigint;
  part: bigint;
  /** All that it may see, this one included, in order. */
  seen: readonly AgreementRow[];
}

/**
 * Orders as one account sees them. The customer sees every part by its number. A provider sees its own parts alone: they are counted from 1
 * and named after the first of them, so that no gap tells of parts that others serve.
 */
export async function placesOf(
  rows: readonly AgreementRow[],
  self: bigint,
): Promise<(row: AgreementRow) => OrderPlace> {
  const orders = [...new Set(rows.map(({ order }) => order))];
  const parts = await database().agreement.findMany({
    where: { order: { in: orders }, ...partyOf(self) },
    orderBy: [{ order: 'asc' }, { part: 'asc' }],
  });
  return (row) => {
    const seen = parts.filter(({ order }) => order === row.order);
    if (row.customer === self) return { order: row.order, part: row.part, seen };
    const index = seen.findIndex(({ id }) => id === row.id);
    return { order: seen[0]?.id ?? row.id, part: BigInt(Math.max(index, 0) + 1), seen };
  };
}

/** Summaries in the order of the rows, as the account `self` sees them, which is a party to each; a few queries for any number. */
export async function toOrders(rows: readonly AgreementRow[], self: bigint): Promise<OrderSummary[]> {
  if (rows.length === 0) return [];
  const [refs, titles, placeOf, bills] = await Promise.all([
    loadAccountRefs(rows.flatMap(({ customer, provider }) => [customer, provider])),
    titlesOf(rows.map(({ resource }) => resource)),
    placesOf(rows, self),
    database().bill.findMany({
      where: { agreement: { in: rows.map(({ id }) => id) } },
      select: { agreement: true, chargeMicro: true },
    }),
  ]);
  const charges = new Map(bills.map(({ agreement, chargeMicro }) => [agreement, chargeMicro.toString()]));
  return rows.map((row) => {
    const { order, part, seen } = placeOf(row);
    return {
      id: Number(row.id),
      order: Number(order),
      part: Number(part),
      parts: seen.length,
      status: row.status as OrderStatus,
      resource: { id: Number(row.resource), title: titles.get(row.resource)?.title ?? '', kind: row.kind },
      customer: refs.of(row.customer),
      provider: refs.of(row.provider),
      prices: toPrices(row.prices),
      holdMicro: row.holdMicro.toString(),
      chargeMicro: charges.get(row.id) ?? null,
      reservedAtMs: Number(row.reservedAtMs),
      startsAtMs: numberOrNull(row.startsAtMs),
      endsAtMs: numberOrNull(endOf(row)),
      endReason: row.endReason,
    };
  });
}

/** How one account knows agreements that it is a party to: `O-12`, or `O-12/2` for a part of several that it sees. */
export async function orderNames(ids: readonly bigint[], account: number | null): Promise<(id: bigint) => string> {
  if (account === null || ids.length === 0) return orderName;
  const self = BigInt(account);
  const rows = await database().agreement.findMany({ where: { id: { in: [...new Set(ids)] }, ...partyOf(self) } });
  const placeOf = await placesOf(rows, self);
  const names = new Map(
    rows.map((row) => {
      const { order, part, seen } = placeOf(row);
      return [row.id, seen.length > 1 ? `${orderName(order)}/${part}` : orderName(row.id)];
    }),
  );
  return (id) => names.get(id) ?? orderName(id);
}
