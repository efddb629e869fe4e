import 'server-only';
import type { Database } from '#lib/database-session.ts';
import type { Figures } from '#lib/shared/monitoring.ts';
import { arrive } from './detection/arrivals.ts';
import { arrivalsOf, type Subject } from './subjects.ts';

/** A batch that began earlier may be committed later: so far behind the newest is looked again. */
const OVERLAP_MS = 15_000;
/** What a node's habit is read from after a start. */
const HISTORY_MS = 20 * 60_000;

interface SampleRow {
  subject: number;
  atMs: string;
  lag: number | null;
  cpuPermille: number | null;
  memoryMib: number | null;
  memoryMaxMib: number | null;
  diskFreeMib: number | null;
  loopDelayMs: number | null;
  clockOffsetMs: number | null;
  clockSeenMs: number | null;
  roundTripMs: number | null;
  lossPermille: number | null;
  slots: number | null;
  slotsBusy: number | null;
  runsWaiting: number | null;
}

function figuresOf(row: SampleRow): Figures {
  const { lag, memoryMib, memoryMaxMib, clockOffsetMs, clockSeenMs } = row;
  const figures: Figures = {};
  if (lag !== null) {
    figures.lag = Math.max(0, lag);
    figures.heightClaimed = Math.max(0, -lag);
  }
  if (memoryMib !== null && memoryMaxMib !== null && memoryMaxMib > 0)
    figures.memoryPermille = Math.round((memoryMib * 1_000) / memoryMaxMib);
  if (clockOffsetMs !== null || clockSeenMs !== null)
    // Whichever is further off: a node cannot talk a wrong clock away.
    figures.clockOffMs = Math.max(Math.abs(clockOffsetMs ?? 0), Math.abs(clockSeenMs ?? 0));
  const { slots, slotsBusy, runsWaiting } = row;
  // A run that waits for its own order's slot while the host has room is the customer's choice, not a want of cores [I.2-8].
  if (slots !== null && slotsBusy !== null && runsWaiting !== null)
    figures.runsHeldBack = slotsBusy >= slots ? runsWaiting : 0;
  for (const name of ['cpuPermille', 'diskFreeMib', 'loopDelayMs', 'roundTripMs', 'lossPermille'] as const) {
    const value = row[name];
    if (value !== null) figures[name] = value;
  }
  return figures;
}

/** Follows the samples that portals take in. */
export interface SampleFeed {
  /** Takes what is new. `deafUntilMs`: a silence that began before is nobody's habit. Answers how many were new. */
  read(nowMs: number, deafUntilMs: number): Promise<number>;
}

export function createSampleFeed(database: Database, subjects: ReadonlyMap<number, Subject>): SampleFeed {
  let readUntilMs: number | undefined;
  return {
    async read(nowMs, deafUntilMs) {
      const fromMs = readUntilMs === undefined ? nowMs - HISTORY_MS : readUntilMs - OVERLAP_MS;
      const { rows } = await database.query<SampleRow>(
        `SELECT "subject", (extract(epoch FROM "at") * 1000)::bigint AS "atMs", "lag", "cpuPermille", "memoryMib", "memoryMaxMib",
           "diskFreeMib", "loopDelayMs", "clockOffsetMs", "clockSeenMs", "roundTripMs", "lossPermille",
           "slots", "slotsBusy", "runsWaiting"
         FROM monitoring.samples WHERE "at" > to_timestamp($1::double precision / 1000) ORDER BY "at"`,
        [fromMs],
      );
      let taken = 0;
      for (const row of rows) {
        const subject = subjects.get(row.subject);
        const atMs = Number(row.atMs);
        if (subject === undefined) continue;
        readUntilMs = Math.max(readUntilMs ?? 0, Math.min(atMs, nowMs));
        if (atMs <= subject.figuresAtMs) continue;
        const arrivals = arrivalsOf(subject, atMs);
        arrive(arrivals, atMs, arrivals.lastMs < deafUntilMs);
        subject.figures = figuresOf(row);
        subject.figuresAtMs = atMs;
        taken += 1;
      }
      readUntilMs ??= nowMs;
      return taken;
    },
  };
}
