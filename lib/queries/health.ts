import 'server-only';
import { isLedgerAway, ledgerStatus } from '#lib/ledger-client.ts';
import { isDatabaseAway } from '#lib/database-fault.ts';
import { readReplay } from '#lib/replay.ts';
import type { AsOf } from '#lib/shared/dto.ts';
import { readAsOf } from './page.ts';

export interface HealthDto {
  /** `replaying`: this version's read model is still being made from the ledger, and the portal shows nothing else yet. */
  status: 'ok' | 'degraded' | 'replaying';
  /** Height of the read model. */
  height: number;
  /** How much of the ledger has been read since the read model was begun; 100 from then on. */
  replayPercent: number;
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
  const replay = await readReplay();
  if (!replay.isDone) {
    const { height, percent } = replay;
    return { status: 'replaying', height, replayPercent: percent, lagMs: null };
  }
  const asOf = await readAsOf();
  const standing = { height: asOf.height, replayPercent: 100 };
  try {
    const { height } = await ledgerStatus();
    const behind = Number(height) - asOf.height;
    const lagMs = behind <= 0 ? 0 : Math.max(0, Date.now() - asOf.timeMs);
    const isWell = behind <= BEHIND_MAX && stillForMs(asOf) === null;
    return { status: isWell ? 'ok' : 'degraded', ...standing, lagMs };
  } catch (error) {
    if (isLedgerAway(error)) return { status: 'degraded', ...standing, lagMs: null };
    throw error;
  }
}

/** Whether pages can be made now: the database answers, and the read model has caught up with the ledger once. */
export type Readiness = { state: 'ready' } | { state: 'away' } | { state: 'replaying'; percent: number };

let asking: Promise<Readiness> | undefined;

async function ask(): Promise<Readiness> {
  try {
    const { isDone, percent } = await readReplay();
    return isDone ? { state: 'ready' } : { state: 'replaying', percent };
  } catch (error) {
    if (isDatabaseAway(error)) return { state: 'away' };
    throw error;
  } finally {
    asking = undefined;
  }
}

/** Who asks while another's question is on its way gets the same answer. */
export function getReadiness(): Promise<Readiness> {
  asking ??= ask();
  return asking;
}
