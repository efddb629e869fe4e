import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { concerning, readableReceipts } from './parties.ts';

/** What became of a transaction; amounts and ids in `data` are decimal strings. */
export interface ItemOutcome {
  tx: string;
  height: number;
  code: number;
  data: unknown;
  logIndex: number;
}

const STEP_MS = 25;

/** An id can stand more than once: what took effect counts before what was refused, the earlier before the later. */
export const FIRST_EFFECT = [{ code: 'asc' }, { logIndex: 'asc' }] as const;

/** A decided transaction by id (64 hex digits), waited for up to `waitMs` to be projected; null when it is not there. */
export async function findItem(tx: string, options: { waitMs?: number } = {}): Promise<ItemOutcome | null> {
  const untilMs = Date.now() + (options.waitMs ?? 0);
  for (;;) {
    const row = await database().transaction.findFirst({ where: { tx }, orderBy: [...FIRST_EFFECT] });
    if (row !== null) {
      const { code, data, height, logIndex } = row;
      return { tx, height: Number(height), code, data, logIndex: Number(logIndex) };
    }
    if (Date.now() >= untilMs) return null;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

/**
 * A decided transaction as the viewer may read it, waited for up to `waitMs` to be projected; null when it is not there. That it was
 * decided, and how, everybody reads; what it made (`data`) is its parties' wherever its receipt is.
 */
export async function getOutcome(tx: string, options: { waitMs?: number } = {}): Promise<ItemOutcome | null> {
  const item = await findItem(tx, options);
  if (item === null) return null;
  const key = BigInt(item.logIndex);
  const access = await authorize('receipt.private');
  const { whole } = await concerning([key], access.ok ? access.account : null);
  return (await readableReceipts([key], whole)).has(key) ? item : { ...item, data: null };
}
