import 'server-only';
import { database, readModel } from './db.ts';

/** How far the read model is on its way to the height that the ledger had when it was begun. */
export interface Replay {
  isDone: boolean;
  height: number;
  /** Whole, from 0 to 100; 100 is said only of one that is done. */
  percent: number;
}

/** SQLSTATEs of a schema and of a table that are not there: the projector of this version has not begun. */
const NOT_BEGUN = new Set<unknown>(['3F000', '42P01']);

function isNotBegun(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } } };
  return NOT_BEGUN.has(meta?.driverAdapterError?.cause?.originalCode);
}

/** Whoever decides by what is missing from the read model asks first whether it is all there. */
export async function readReplay(): Promise<Replay> {
  try {
    const [row] = await database().$queryRaw<{ height: bigint; untilHeight: bigint }[]>`
      SELECT c."height", r."untilHeight" FROM ${readModel.checkpoint} c, ${readModel.replay} r`;
    if (row === undefined) return { isDone: false, height: 0, percent: 0 };
    const { height, untilHeight } = row;
    const isDone = height >= untilHeight;
    return { isDone, height: Number(height), percent: isDone ? 100 : Number((height * 100n) / untilHeight) };
  } catch (error) {
    if (isNotBegun(error)) return { isDone: false, height: 0, percent: 0 };
    throw error;
  }
}
