import 'server-only';
import { findEvent } from '#ledger/contracts/definitions.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database, Prisma, readModel } from '#lib/db.ts';
import { nextHeight } from '#lib/height-feed.ts';
import { fetchHead, fetchReceipt, shortenReceipt } from '#lib/ledger-client.ts';
import { MARKET_EVENTS, NOTICE_EVENTS } from '#lib/shared/market-events.ts';
import type { AsOf } from '#lib/shared/dto.ts';
import { ITEMS_MAX, LOOK_MS, type AgentEvents, type AgentItem } from './agent-events.ts';
import { readAsOf } from './page.ts';
import { concerning, eventKey } from './parties.ts';

export interface MarketEvents extends AgentEvents {
  /** Up to this block nothing is missing after these items; null while there is more, which the next call gets. */
  completeTo: AsOf | null;
}

/** Log indexes after `after` of items in which the market changed, or a notice of this broker moved on. At most ITEMS_MAX. */
export async function ofTheMarket(account: bigint, after: bigint): Promise<bigint[]> {
  const rows = await database().$queryRaw<{ logIndex: bigint }[]>`
    SELECT DISTINCT e."logIndex" FROM ${readModel.events} e WHERE e."logIndex" > ${after} AND (
      e."type" IN (${Prisma.join([...MARKET_EVENTS])}) OR
      (e."type" IN (${Prisma.join([...NOTICE_EVENTS])}) AND EXISTS (
        SELECT 1 FROM ${readModel.event_subjects} s WHERE s."kind" = 'account' AND s."id" = ${account}
          AND s."height" = e."height" AND s."phase" = e."phase" AND s."index" = e."index" AND s."sequence" = e."sequence")))
    ORDER BY e."logIndex" LIMIT ${ITEMS_MAX}`;
  return rows.map(({ logIndex }) => logIndex);
}

const told: ReadonlySet<unknown> = new Set<string>([...MARKET_EVENTS, ...NOTICE_EVENTS]);

/**
 * What a broker's program may have of these items: the market's own events, which everybody reads, and those of demands and notices that it
 * is a party to. Of all others, and of what was signed, the hashes stand in the receipt. That an agreement changed a resource's free capacity it
 * reads with the agreement's number, without which the event could not be proved.
 */
export async function marketShare(
  logIndexes: readonly bigint[],
  account: number,
): Promise<(of: { logIndex: bigint; sequence: number; payload: Record<string, unknown> }) => boolean> {
  const { events } = await concerning(logIndexes, account);
  return ({ logIndex, sequence, payload: { contract, version, type } }) =>
    told.has(type) &&
    (events.has(eventKey({ logIndex, sequence })) || findEvent({ contract, version, type })?.readers === 'everyone');
}

/** Receipts in log order, up to the first whose proving header is not decided yet. */
async function withReceipts(logIndexes: readonly bigint[], account: number, from?: bigint): Promise<AgentItem[]> {
  const isShared = await marketShare(logIndexes, account);
  const items: AgentItem[] = [];
  for (const logIndex of logIndexes) {
    const whole = await fetchReceipt(logIndex, from);
    if (whole === null) break;
    const receipt = shortenReceipt(whole, {
      hasBody: false,
      isKept: (sequence, payload) => isShared({ logIndex, sequence, payload }),
    });
    items.push({ logIndex: logIndex.toString(), receipt, events: receipt.events });
  }
  return items;
}

/**
 * How the market changed after `after`, for brokers' programs, in log order with proofs, waited for up to `waitMs`: resources with strategy
 * and free capacity, open demands with their plans, matches, and the broker's own notices [6.2.6-a/c/d, 8.4.2-a]. Null for everybody else.
 */
export async function getMarketEvents(
  after: bigint,
  options: { waitMs: number; signal: AbortSignal; fromHeight?: bigint },
): Promise<MarketEvents | null> {
  const access = await authorize('desk.read');
  if (!access.ok || access.account === null || access.viewer.kind !== 'agent') return null;
  const { account } = access;
  const untilMs = Date.now() + options.waitMs;
  for (;;) {
    // Read before the items: everything up to it is among them.
    const asOf = await readAsOf();
    const found = await ofTheMarket(BigInt(account), after);
    const items = found.length === 0 ? [] : await withReceipts(found, account, options.fromHeight);
    const leftMs = untilMs - Date.now();
    if (items.length > 0 || leftMs <= 0 || options.signal.aborted) {
      const isAll = found.length < ITEMS_MAX && items.length === found.length;
      const cursor = items.at(-1)?.logIndex ?? (after < 0n ? '' : after.toString());
      const head = await fetchHead(options.fromHeight);
      return { items, cursor, head, completeTo: isAll ? asOf : null, serverTimeMs: Date.now() };
    }
    await nextHeight(Math.min(leftMs, LOOK_MS), options.signal);
  }
}
