import 'server-only';
import { isLedgerAway, ledgerStatus } from '#lib/ledger-client.ts';
import { isDatabaseAway } from '#lib/database-fault.ts';
import { database } from '#lib/db.ts';
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

/** Whether the ledger process answers and the read model keeps up with it. */
export async function getHealth(): Promise<HealthDto> {
  const asOf = await readAsOf();
  try {
    const { height } = await ledgerStatus();
    const behind = Number(height) - asOf.height;
    const lagMs = behind <= 0 ? 0 : Math.max(0, Date.now() - asOf.timeMs);
    return { status: behind <= BEHIND_MAX ? 'ok' : 'degraded', height: asOf.height, lagMs };
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
