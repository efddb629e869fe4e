import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, type Prisma } from '#lib/db.ts';
import type { OrderDetail, OrderStatus, OrderSummary, PageOf, RefusalDto } from '#lib/shared/dto.ts';
import { agentOrigin } from './agent-origin.ts';
import { loadAccountRefs } from './account-refs.ts';
import { intervalsOf, toBill } from './bill.ts';
import { subjectEvents } from './event-rows.ts';
import { toFailed, type StoredFailed } from './failed-conditions.ts';
import { emptyPage, idOf, numberOrNull, pageNumber, pageOf, readAsOf, windowOf } from './page.ts';
import { toPrice } from './resource-rows.ts';

type Agreement = Prisma.AgreementGetPayload<object>;

export interface OrderFilter {
  as: 'customer' | 'provider';
  page?: number;
  status?: OrderStatus;
}

/** The end that counts: the window's, or an earlier one. */
function endOf({ endsAtMs, endedAtMs }: Agreement): bigint | null {
  if (endsAtMs === null || endedAtMs === null) return endsAtMs ?? endedAtMs;
  return endedAtMs < endsAtMs ? endedAtMs : endsAtMs;
}

async function titlesOf(ids: readonly bigint[]): Promise<Map<bigint, string>> {
  const rows = await database().resource.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, title: true },
  });
  return new Map(rows.map(({ id, title }) => [id, title]));
}

async function toOrders(rows: readonly Agreement[]): Promise<OrderSummary[]> {
  const [refs, titles, bills] = await Promise.all([
    loadAccountRefs(rows.flatMap(({ customer, provider }) => [customer, provider])),
    titlesOf(rows.map(({ resource }) => resource)),
    database().bill.findMany({
      where: { agreement: { in: rows.map(({ id }) => id) } },
      select: { agreement: true, chargeMicro: true },
    }),
  ]);
  const charges = new Map(bills.map(({ agreement, chargeMicro }) => [agreement, chargeMicro.toString()]));
  return rows.map((row) => ({
    id: Number(row.id),
    status: row.status as OrderStatus,
    resource: { id: Number(row.resource), title: titles.get(row.resource) ?? '' },
    customer: refs.of(row.customer),
    provider: refs.of(row.provider),
    price: toPrice(row.priceUnit, row.priceMicro),
    holdMicro: row.holdMicro.toString(),
    chargeMicro: charges.get(row.id) ?? null,
    reservedAtMs: Number(row.reservedAtMs),
    startsAtMs: numberOrNull(row.startsAtMs),
    endsAtMs: numberOrNull(endOf(row)),
    endReason: row.endReason,
  }));
}

/** The signed-in account's orders as customer or as provider, newest first. */
export async function getOrders(filter: OrderFilter): Promise<PageOf<OrderSummary>> {
  const access = await authorize('orders.list');
  if (!access.ok || access.account === null) return emptyPage();
  const number = pageNumber(filter.page);
  const self = BigInt(access.account);
  const where = {
    ...(filter.as === 'customer' ? { customer: self } : { provider: self }),
    ...(filter.status && { status: filter.status }),
  };
  const [rows, total] = await Promise.all([
    database().agreement.findMany({ where, orderBy: { id: 'desc' }, ...windowOf(number) }),
    database().agreement.count({ where }),
  ]);
  return pageOf(await toOrders(rows), total, number);
}

/** The sealed link is the customer's; its bytes say nothing to anybody else, and nobody else is given them. */
async function sealedOf(row: Agreement, isCustomer: boolean): Promise<OrderDetail['sealed']> {
  if (!isCustomer || row.descriptor === null || row.descriptorKey === null) return null;
  const gateway = await agentOrigin(row);
  if (gateway === null) return null;
  return { descriptor: row.descriptor, encryptionKey: row.descriptorKey, issue: Number(row.issue), gateway };
}

function claimOf(row: Agreement): OrderDetail['claim'] {
  const { claimCalls, claimRows, claimBytes, claimServed, claimUntilMs, startsAtMs, intervalMs } = row;
  if (claimCalls === null || claimRows === null || claimBytes === null || claimServed === null || claimUntilMs === null)
    return null;
  const end = endOf(row);
  const claimed = BigInt(claimUntilMs);
  const untilMs = end !== null && end < claimed ? end : claimed;
  const intervals = intervalsOf({ startsAtMs: startsAtMs ?? 0n, untilMs, intervalMs, served: claimServed });
  return {
    calls: Number(claimCalls),
    rows: Number(claimRows),
    bytes: claimBytes,
    untilMs: Number(claimed),
    served: intervals.map(({ served }) => served),
    tx: row.claimTx ?? '',
  };
}

async function billOf(row: Agreement): Promise<OrderDetail['bill']> {
  const bill = await database().bill.findUnique({ where: { agreement: row.id } });
  if (bill === null) return null;
  return toBill({ ...bill, bytes: BigInt(bill.bytes), startsAtMs: row.startsAtMs ?? 0n, untilMs: endOf(row) ?? 0n });
}

/** One order for one of its parties; null for anybody else, as if it did not exist. */
export async function getOrder(id: number): Promise<OrderDetail | null> {
  const key = idOf(id);
  const row = key === undefined ? null : await database().agreement.findUnique({ where: { id: key } });
  if (row === null) return null;
  const access = await authorize('order.read', { accounts: [Number(row.customer), Number(row.provider)] });
  if (!access.ok) return null;
  const isCustomer = access.account === Number(row.customer);
  const [summaries, sealed, bill, events, asOf] = await Promise.all([
    toOrders([row]),
    sealedOf(row, isCustomer),
    billOf(row),
    subjectEvents('agreement', row.id, { isParty: true, account: access.account }),
    readAsOf(),
  ]);
  const summary = summaries[0];
  if (summary === undefined) return null;
  return {
    ...summary,
    viewer: isCustomer ? 'customer' : 'provider',
    purpose: row.purpose,
    fieldOfBusiness: row.fieldOfBusiness,
    format: row.format,
    columns: row.columns as string[],
    durationMs: Number(row.durationMs),
    callsMax: Number(row.callsMax),
    bytesMax: row.bytesMax,
    intervalMs: Number(row.intervalMs),
    prepareByMs: Number(row.prepareByMs),
    settleAtMs: numberOrNull(row.settleAtMs),
    strategyVersion: Number(row.strategyVersion),
    sealed,
    reissuePending: row.reissuePending,
    claim: claimOf(row),
    contested: row.contested,
    bill,
    events,
    serverTimeMs: Date.now(),
    asOf,
  };
}

/** The signed-in account's applications that conditions refused, as customer, newest first. */
export async function getRefusals(page: number): Promise<PageOf<RefusalDto>> {
  const access = await authorize('refusals.list');
  if (!access.ok || access.account === null) return emptyPage();
  const number = pageNumber(page);
  const where = { customer: BigInt(access.account) };
  const [rows, total] = await Promise.all([
    database().refusal.findMany({ where, orderBy: { application: 'desc' }, ...windowOf(number) }),
    database().refusal.count({ where }),
  ]);
  const [refs, titles] = await Promise.all([
    loadAccountRefs(rows.map(({ provider }) => provider)),
    titlesOf(rows.map(({ resource }) => resource)),
  ]);
  const items = rows.map((row) => ({
    application: Number(row.application),
    resource: { id: Number(row.resource), title: titles.get(row.resource) ?? '' },
    provider: refs.of(row.provider),
    purpose: row.purpose,
    durationMs: Number(row.durationMs),
    failed: (row.failed as unknown as StoredFailed[]).map(toFailed),
    refusedAtMs: Number(row.refusedAtMs),
    tx: row.tx,
  }));
  return pageOf(items, total, number);
}
