import 'server-only';
import { isLedgerAway, ledgerStatus } from '#lib/ledger-client.ts';
import { isDatabaseAway } from '#lib/database-fault.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { readReplay } from '#lib/replay.ts';
import type { AsOf } from '#lib/shared/dto.ts';
import { readAsOf } from './page.ts';

export interface HealthDto {
  /** `replaying`: this version's read model is still being made from the ledger, and the portal shows nothing else yet. */
  status: 'ok' | 'degraded' | 'replaying';
  /** Height of the read model; null while the database does not answer. */
  height: number | null;
  /** How much of the ledger has been read since the read model was begun; 100 from then on. Null while the database does not answer. */
  replayPercent: number | null;
  /** How long the read model has been behind the ledger, 0 when it is not; null while the ledger does not answer. */
  lagMs: number | null;
  /** What is wrong, a sentence each, for everybody. Empty when all is well. */
  troubles: readonly string[];
}

/** Blocks that the read model may be behind for a moment without anybody noticing. */
const BEHIND_MAX = 2;
/** An idle network makes a block every ten seconds: after four and a half of them it stands still. */
const STILL_MS = 45_000;

/** For how long no block has come, when that is longer than any idle network takes; null otherwise. */
export function stillForMs({ timeMs }: AsOf, nowMs = Date.now()): number | null {
  return nowMs - timeMs > STILL_MS ? nowMs - timeMs : null;
}

/** What the ledger process says of itself. */
export interface LedgerWord {
  /** Undefined while it does not answer. */
  status: Awaited<ReturnType<typeof ledgerStatus>> | undefined;
  /** What is wrong with it, a sentence each. */
  troubles: readonly string[];
}

export async function askLedger(): Promise<LedgerWord> {
  try {
    const status = await ledgerStatus();
    return { status, troubles: status.troubles };
  } catch (error) {
    if (!isLedgerAway(error)) throw error;
    return { status: undefined, troubles: [wordsOf(portalCodes.LEDGER_UNAVAILABLE).sentence] };
  }
}

/** The newest block's time is no later than now, as far as clocks of machines that keep time agree. */
const AHEAD_MS_MAX = 60_000;

function clockTroubles({ timeMs }: AsOf): string[] {
  return timeMs - Date.now() > AHEAD_MS_MAX
    ? ['The clock of the portal’s machine is behind the newest block by more than a minute: set it right.']
    : [];
}

/** Whether the ledger process answers, blocks come, and the read model keeps up with them. It answers without the database too. */
export async function getHealth(): Promise<HealthDto> {
  const ledger = await askLedger();
  try {
    return await healthOf(ledger);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    const troubles = [...ledger.troubles, wordsOf(portalCodes.DATABASE_UNAVAILABLE).sentence];
    return { status: 'degraded', height: null, replayPercent: null, lagMs: null, troubles };
  }
}

async function healthOf(ledger: LedgerWord): Promise<HealthDto> {
  const replay = await readReplay();
  if (!replay.isDone) {
    const { height, percent } = replay;
    return { status: 'replaying', height, replayPercent: percent, lagMs: null, troubles: ledger.troubles };
  }
  const asOf = await readAsOf();
  const troubles = troublesAt(ledger, asOf);
  const standing = { height: asOf.height, replayPercent: 100, troubles };
  if (ledger.status === undefined) return { status: 'degraded', ...standing, lagMs: null };
  const behind = Number(ledger.status.height) - asOf.height;
  const lagMs = behind <= 0 ? 0 : Math.max(0, Date.now() - asOf.timeMs);
  const isWell = behind <= BEHIND_MAX && stillForMs(asOf) === null && troubles.length === 0;
  return { status: isWell ? 'ok' : 'degraded', ...standing, lagMs };
}

/** What is wrong with the ledger, as it said, and with the clocks, as the newest block shows. */
export function troublesAt(ledger: LedgerWord, asOf: AsOf): readonly string[] {
  return [...ledger.troubles, ...clockTroubles(asOf)];
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

const RECENT_MS = 1_000;
let recent: { readiness: Readiness; untilMs: number } | undefined;

/** As it was within the last second: for heartbeats, of which hundreds come in one and which nobody looks at. */
export async function recentReadiness(): Promise<Readiness> {
  const nowMs = performance.now();
  if (recent !== undefined && nowMs < recent.untilMs) return recent.readiness;
  const readiness = await getReadiness();
  recent = { readiness, untilMs: nowMs + RECENT_MS };
  return readiness;
}
