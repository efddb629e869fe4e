import 'server-only';
import { isLedgerAway, ledgerStatus } from '#lib/ledger-client.ts';
import { isDatabaseAway } from '#lib/database-fault.ts';
import { database } from '#lib/db.ts';
import type { AsOf } from '#lib/shared/dto.ts';
import { readAsOf } from './page.ts';

export interface HealthDto {
  status: 'ok' | 'degraded';
  /** Height of the read model. */
  height: number;
  /** How long the read model has been behind the ledger, 0 when it is not; null while the ledger does not answer. */
  lagMs: number | null;
}

/** Blocks that the read model may be behind for a moment without anybody noticing. */
const BEHIND_MAX = 2;
/** An idle network makes a block every ten seconds: after four and a half of them it stands still. */
const STILL_MS = 45_000;

/** For how long no block has come, when that is longer than any idle network takes; null otherwise. */
export function stillForMs({ timeMs }: AsOf, nowMs = Date.now()): number | null {
  return nowMs - timeMs > STILL_MS ? nowMs - timeMs : null;
}

/** Whether the ledger process answers, blocks come, and the read model keeps up with them. */
export async function getHealth(): Promise<HealthDto> {
  const asOf = await readAsOf();
  try {
    const { height } = await ledgerStatus();
    const behind = Number(height) - asOf.height;
    const lagMs = behind <= 0 ? 0 : Math.max(0, Date.now() - asOf.timeMs);
    const isWell = behind <= BEHIND_MAX && stillForMs(asOf) === null;
    return { status: isWell ? 'ok' : 'degraded', height: asOf.height, lagMs };
  } catch (error) {
    if (isLedgerAway(error)) return { status: 'degraded', height: asOf.height, lagMs: null };
    throw error;
  }
}

let asking: Promise<boolean> | undefined;

async function askDatabase(): Promise<boolean> {
  try {
    await database().$queryRaw`SELECT 1`;
    return true;
  } catch (error) {
    if (isDatabaseAway(error)) return false;
    throw error;
  } finally {
    asking = undefined;
  }
}

/** Whether PostgreSQL answers now. Who asks while another's question is on its way gets the same answer. */
export function isDatabaseReachable(): Promise<boolean> {
  asking ??= askDatabase();
  return asking;
}
