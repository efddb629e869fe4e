import 'server-only';
import { isDatabaseAway } from '#lib/database-fault.ts';
import type { PortalStanding } from '#lib/shared/portal-standing.ts';
import { askLedger } from './health.ts';
import { readAsOf } from './page.ts';

/** What this portal knows of itself; what it cannot read at the moment is null. */
export async function getStanding(): Promise<PortalStanding> {
  const [ledger, height] = await Promise.all([askLedger(), readHeight()]);
  const blocksBehind =
    ledger.status === undefined || height === null ? null : Math.max(0, Number(ledger.status.height) - height);
  return { height, blocksBehind };
}

async function readHeight(): Promise<number | null> {
  try {
    return (await readAsOf()).height;
  } catch (error) {
    if (isDatabaseAway(error)) return null;
    throw error;
  }
}
