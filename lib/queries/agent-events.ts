import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, readModel } from '#lib/db.ts';
import { nextHeight } from '#lib/height-feed.ts';
import { fetchHead, fetchReceipt } from '#lib/ledger-client.ts';
import { concerning, readableReceipts, type Concern } from './parties.ts';
import { receiptFor } from './receipt.ts';

/** Items of one answer. */
export const ITEMS_MAX = 50;
/** News that no notification told of (a lost connection) is found after this long. */
export const LOOK_MS = 2_000;

export interface AgentItem {
  /** Decimal string. */
  logIndex: string;
  receipt: Record<string, unknown>;
  /** Event payloads, hex of deterministic CBOR. */
  events: unknown;
}

export interface AgentEvents {
  items: AgentItem[];
  /** `after` of the next call: everything up to it was handed out. */
  cursor: string;
  /** Newest decided header with its commit, as `interpool-head/1`. */
  head: unknown;
  serverTimeMs: number;
}

/** Account whose key this address is or was. One that is revoked or expired still reads the account's own key events, to learn of it. */
async function accountOfKey(address: string): Promise<{ account: bigint; isOver: boolean } | undefined> {
  const keys = await database().accountKey.findMany({ where: { address }, orderBy: { key: 'asc' } });
  const key = keys.find(({ revoked }) => !revoked) ?? keys[0];
  if (key === undefined) return undefined;
  const isExpired = key.expiresAtMs !== null && BigInt(key.expiresAtMs) <= BigInt(Date.now());
  return { account: key.account, isOver: key.revoked || isExpired };
}

/** Log indexes after `after` of items that concern the account: its own events, its orders', its resources', and programs that nobody runs any more. */
export async function concerned(account: bigint, after: bigint, isOver: boolean): Promise<bigint[]> {
  const rows = isOver
    ? await database().$queryRaw<{ logIndex: bigint }[]>`
        SELECT DISTINCT s."logIndex" FROM ${readModel.event_subjects} s JOIN ${readModel.events} e USING ("height", "phase", "index", "sequence")
        WHERE s."logIndex" > ${after} AND s."kind" = 'account' AND s."id" = ${account} AND e."contract" = 'account'
        ORDER BY s."logIndex" LIMIT ${ITEMS_MAX}`
    : await database().$queryRaw<{ logIndex: bigint }[]>`
        SELECT DISTINCT s."logIndex" FROM ${readModel.event_subjects} s WHERE s."logIndex" > ${after} AND (
          (s."kind" = 'account' AND s."id" = ${account}) OR
          (s."kind" = 'agreement' AND EXISTS (
            SELECT 1 FROM ${readModel.agreements} a WHERE a."id" = s."id" AND (a."customer" = ${account} OR a."provider" = ${account}))) OR
          (s."kind" = 'resource' AND EXISTS (
            SELECT 1 FROM ${readModel.resources} r WHERE r."id" = s."id" AND r."owner" = ${account})) OR
          (s."kind" = 'proposal' AND EXISTS (
            SELECT 1 FROM ${readModel.refused_algorithms} x WHERE x."logIndex" = s."logIndex" AND x."proposal" = s."id")))
        ORDER BY s."logIndex" LIMIT ${ITEMS_MAX}`;
  return rows.map(({ logIndex }) => logIndex);
}

/** What the agent may have of each item: of one that is between others, and reaches it for an event that is everybody's, that event alone. */
export async function proven(logIndexes: readonly bigint[], account: number): Promise<Concern> {
  const concern = await concerning(logIndexes, account);
  const readable = await readableReceipts(logIndexes, concern.items);
  const cut = logIndexes.filter((logIndex) => !readable.has(logIndex));
  return { ...concern, items: new Set([...concern.items, ...cut]) };
}

/**
 * Receipts in log order, up to the first whose proving header is not decided yet: an agent must not miss one for good. Of an item that is
 * also about other people's orders, the part that concerns the account.
 */
async function withReceipts(
  logIndexes: readonly bigint[],
  account: bigint,
  fromHeight: bigint | undefined,
): Promise<AgentItem[]> {
  const concern = await proven(logIndexes, Number(account));
  const items: AgentItem[] = [];
  for (const logIndex of logIndexes) {
    const whole = await fetchReceipt(logIndex, fromHeight);
    if (whole === null) break;
    const receipt = receiptFor(whole, logIndex, concern);
    items.push({ logIndex: logIndex.toString(), receipt, events: receipt.events });
  }
  return items;
}

/**
 * What an agent has to act on, after `after` in log order, waited for up to `waitMs`; null for those who are no agent. The trails begin
 * at `fromHeight`, that of the agent's checkpoint.
 */
export async function getAgentEvents(
  after: bigint,
  options: { waitMs: number; signal: AbortSignal; fromHeight?: bigint },
): Promise<AgentEvents | null> {
  const access = await authorize('agent.events');
  if (!access.ok || access.viewer.kind !== 'agent') return null;
  const untilMs = Date.now() + options.waitMs;
  let items: AgentItem[] = [];
  for (;;) {
    const key = await accountOfKey(access.viewer.address);
    if (key !== undefined) {
      const { account, isOver } = key;
      items = await withReceipts(await concerned(account, after, isOver), account, options.fromHeight);
    }
    const leftMs = untilMs - Date.now();
    if (items.length > 0 || leftMs <= 0 || options.signal.aborted) break;
    await nextHeight(Math.min(leftMs, LOOK_MS), options.signal);
  }
  const cursor = items.at(-1)?.logIndex ?? (after < 0n ? '' : after.toString());
  return { items, cursor, head: await fetchHead(options.fromHeight), serverTimeMs: Date.now() };
}
