import 'server-only';
import { database } from '#lib/db.ts';
import type { AsOf, PageOf } from '#lib/shared/dto.ts';

export const PAGE_SIZE = 20;
const PAGE_MAX = 100_000;

/** A page number as it came from an address bar: whole, from 1. */
export function pageNumber(page: number | undefined): number {
  return page !== undefined && Number.isSafeInteger(page) && page >= 1 ? Math.min(page, PAGE_MAX) : 1;
}

/** Prisma's window of a page. */
export function windowOf(page: number): { skip: number; take: number } {
  return { skip: (page - 1) * PAGE_SIZE, take: PAGE_SIZE };
}

/** The read model's checkpoint: how fresh an answer is. */
export async function readAsOf(): Promise<AsOf> {
  const row = await database().checkpoint.findUnique({ where: { id: 1 } });
  return row === null ? { height: 0, timeMs: 0 } : { height: Number(row.height), timeMs: Number(row.timeMs) };
}

export async function pageOf<Item>(items: Item[], total: number, page: number): Promise<PageOf<Item>> {
  return { items, total, page, pageSize: PAGE_SIZE, asOf: await readAsOf() };
}

/** What somebody gets who may not list. */
export async function emptyPage<Item>(): Promise<PageOf<Item>> {
  return pageOf<Item>([], 0, 1);
}

/** An id as it came from outside: a positive integer that the read model can hold; undefined for anything else. */
export function idOf(id: number): bigint | undefined {
  return Number.isSafeInteger(id) && id > 0 ? BigInt(id) : undefined;
}

export function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
