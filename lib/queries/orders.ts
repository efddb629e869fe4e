import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { OrderDetail, OrderStatus, OrderSummary, PageOf, RefusalDto } from '#lib/shared/dto.ts';
import { structsFromJson } from '#lib/shared/event-json.ts';
import { agentOrigin } from './agent-origin.ts';
import { loadAccountRefs } from './account-refs.ts';
import { toBill, type BillFacts } from './bill.ts';
import { isContinuable } from './continuable.ts';
import { subjectEvents } from './event-rows.ts';
import { toFailed, type StoredFailed } from './failed-conditions.ts';
import { billChannelOf, channelRowOf, orderChannel } from './order-channel.ts';
import { endOf, placesOf, titlesOf, toOrders, type AgreementRow } from './order-rows.ts';
import { emptyPage, idOf, numberOrNull, pageNumber, pageOf, readAsOf, windowOf } from './page.ts';
import { claimedRuns, toRunDto, type Measuring, type StoredClaim } from './runs.ts';
import { pricesOf, quantitiesOf, toQuantities, toTerms } from './stored-lists.ts';
import { historyOfUse, type ClaimedUse } from './use-history.ts';

export interface OrderFilter {
  as: 'customer' | 'provider';
  page?: number;
  status?: OrderStatus;
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
  return pageOf(await toOrders(rows, self), total, number);
}

/** The sealed link is the customer's; its bytes say nothing to anybody else, and nobody else is given them. */
export async function sealedOf(row: AgreementRow, isCustomer: boolean): Promise<OrderDetail['sealed']> {
  if (!isCustomer || row.descriptor === null || row.descriptorKey === null) return null;
  const gateway = await agentOrigin(row);
  if (gateway === null) return null;
  return { descriptor: row.descriptor, encryptionKey: row.descriptorKey, issue: Number(row.issue), gateway };
}

/** What the customer's signature named to take the part's place: nothing that the part's provider needs to know. */
async function backupOf(row: AgreementRow, isCustomer: boolean): Promise<OrderDetail['backup']> {
  const backup = isCustomer ? structsFromJson('Backup', row.backup)[0] : undefined;
  if (backup === undefined) return null;
  const [titles, refs] = await Promise.all([titlesOf([backup.resource]), loadAccountRefs([backup.provider])]);
  return {
    resource: { id: Number(backup.resource), title: titles.get(backup.resource)?.title ?? '' },
    provider: refs.of(backup.provider),
    holdMicro: backup.holdMicro.toString(),
  };
}

function measuringOf({ kind, promise, intervalMs }: AgreementRow): Measuring {
  return { kind, promise: quantitiesOf(promise), intervalMs };
}

function claimOf(row: AgreementRow, claims: readonly (StoredClaim & ClaimedUse)[]): OrderDetail['claim'] {
  if (row.claimUsed === null || row.claimUntilMs === null) return null;
  const measuring = measuringOf(row);
  return {
    used: toQuantities(row.claimUsed),
    untilMs: Number(row.claimUntilMs),
    history: historyOfUse(claims),
    runs: claimedRuns(claims, measuring).map((run) => toRunDto(run, measuring.promise)),
    tx: row.claimTx ?? '',
  };
}

async function billOf(
  row: AgreementRow,
  claims: readonly StoredClaim[],
  channel: BillFacts['channel'],
): Promise<OrderDetail['bill']> {
  const bill = await database().bill.findUnique({ where: { agreement: row.id } });
  if (bill === null) return null;
  return toBill({
    ...bill,
    ...measuringOf(row),
    prices: pricesOf(row.prices),
    degradedPerMille: row.degradedPerMille,
    amounts: quantitiesOf(row.amounts),
    durationMs: row.durationMs,
    channel,
    used: quantitiesOf(bill.used),
    claims,
    startsAtMs: row.startsAtMs ?? 0n,
    untilMs: endOf(row) ?? 0n,
  });
}

/** The order itself, its other parts that the account sees, and which of them stand before and after this one. */
async function partsOf(
  row: AgreementRow,
  self: bigint,
): Promise<{ own: OrderSummary | undefined } & Pick<OrderDetail, 'others' | 'replaces' | 'replacedBy'>> {
  const { seen } = (await placesOf([row], self))(row);
  const parts = await toOrders(seen, self);
  const id = Number(row.id);
  const seenOrNull = (other: bigint | null): number | null =>
    numberOrNull(seen.find((part) => part.id === other)?.id ?? null);
  return {
    own: parts.find((part) => part.id === id),
    others: parts.filter((part) => part.id !== id),
    replaces: seenOrNull(row.replaces),
    replacedBy: seenOrNull(row.replacedBy),
  };
}

/** Terms of an order as they were agreed, and the times that follow from them. */
function agreedOf(row: AgreementRow) {
  return {
    purpose: row.purpose,
    fieldOfBusiness: row.fieldOfBusiness,
    choices: toTerms(row.choices),
    ways: toTerms(row.ways),
    amounts: toQuantities(row.amounts),
    promise: toQuantities(row.promise),
    degradedPerMille: Number(row.degradedPerMille),
    durationMs: Number(row.durationMs),
    intervalMs: Number(row.intervalMs),
    prepareByMs: Number(row.prepareByMs),
    settleAtMs: numberOrNull(row.settleAtMs),
    strategyVersion: Number(row.strategyVersion),
  };
}

async function attributesOf({ resource }: AgreementRow): Promise<OrderDetail['attributes']> {
  const found = await database().resource.findUnique({ where: { id: resource }, select: { attributes: true } });
  return toTerms(found?.attributes ?? []);
}

/** One order for one of its parties; null for anybody else, as if it did not exist. */
export async function getOrder(id: number): Promise<OrderDetail | null> {
  const key = idOf(id);
  const row = key === undefined ? null : await database().agreement.findUnique({ where: { id: key } });
  if (row === null) return null;
  const access = await authorize('order.read', { accounts: [Number(row.customer), Number(row.provider)] });
  if (!access.ok || access.account === null) return null;
  const self = BigInt(access.account);
  const isCustomer = row.customer === self;
  const [claims, channelRow] = await Promise.all([
    database().claim.findMany({
      where: { agreement: row.id },
      orderBy: [{ height: 'asc' }, { phase: 'asc' }, { index: 'asc' }, { sequence: 'asc' }],
    }),
    channelRowOf(row),
  ]);
  const [{ own, ...parts }, refs, attributes, backup, sealed, channel, bill, events, asOf] = await Promise.all([
    partsOf(row, self),
    loadAccountRefs(row.identifiedBy === null ? [] : [row.identifiedBy]),
    attributesOf(row),
    backupOf(row, isCustomer),
    sealedOf(row, isCustomer),
    channelRow && orderChannel(channelRow, row),
    billOf(row, claims, channelRow && billChannelOf(channelRow)),
    subjectEvents('agreement', row.id, access.account),
    readAsOf(),
  ]);
  if (own === undefined) return null;
  return {
    ...own,
    ...agreedOf(row),
    attributes,
    ...parts,
    viewer: isCustomer ? 'customer' : 'provider',
    identifiedBy: refs.orNull(row.identifiedBy),
    backup,
    sealed,
    reissuePending: row.reissuePending,
    continues: numberOrNull(row.continues),
    continuedBy: numberOrNull(row.continuedBy),
    isContinuable: isCustomer && isContinuable(row, Date.now()),
    stored:
      row.graceUntilMs === null
        ? null
        : { untilMs: Number(row.graceUntilMs), erasedAtMs: numberOrNull(row.erasedAtMs) },
    channel,
    claim: claimOf(row, claims),
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
  const items = rows.map((row) => {
    const { title = '', kind = '' } = titles.get(row.resource) ?? {};
    return {
      application: Number(row.application),
      resource: { id: Number(row.resource), title, kind },
      provider: refs.of(row.provider),
      purpose: row.purpose,
      choices: toTerms(row.choices),
      amounts: toQuantities(row.amounts),
      durationMs: Number(row.durationMs),
      failed: (row.failed as unknown as StoredFailed[]).map((failed) => toFailed(failed, kind)),
      refusedAtMs: Number(row.refusedAtMs),
      tx: row.tx,
    };
  });
  return pageOf(items, total, number);
}

/** The agreement that an account knows as part `part` of the order `order`; null when it knows none of that name. */
export async function findPart(
  { order, part }: { order: bigint; part: bigint },
  self: bigint,
): Promise<{ id: bigint; as: 'customer' | 'provider' } | null> {
  const bought = await database().agreement.findFirst({ where: { order, part, customer: self }, select: { id: true } });
  if (bought !== null) return { id: bought.id, as: 'customer' };
  const first = await database().agreement.findFirst({ where: { id: order, provider: self } });
  if (first === null) return null;
  const placeOf = await placesOf([first], self);
  const { order: name, seen } = placeOf(first);
  const found = name === order ? seen[Number(part) - 1] : undefined;
  return found === undefined ? null : { id: found.id, as: 'provider' };
}
