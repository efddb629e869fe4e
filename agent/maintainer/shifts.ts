import { z } from 'zod';
import { SHARE_NAMES, SHIFT_REASON_MAX } from '#ledger/contracts/node/definition.ts';

/** Which proposed shifts a program signs by itself. Pure. */

const CORE = 1_000;
/** Its agent has said how it is since: heartbeats come 10 s apart. */
const REST_MS_MIN = 30_000;
const HOSTS_MAX = 1_000;

const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const moved = z.object({
  node: whole.min(1),
  from: z.enum(SHARE_NAMES),
  to: z.enum(SHARE_NAMES),
  millicores: whole.min(1).max(0xffff_ffff),
  reason: z.string().min(1).max(SHIFT_REASON_MAX),
  changedAtMs: whole,
});

/** What the portal proposes. */
export const proposedSchema = z.object({
  shifts: z.array(moved.extend({ alert: z.object({ id: whole, forMs: whole }).nullable() })).max(HOSTS_MAX),
  // Absent from portals of before.
  returns: z
    .array(moved.extend({ calmSinceMs: whole }))
    .max(3 * HOSTS_MAX)
    .default([]),
});
export type Proposed = z.infer<typeof proposedSchema>['shifts'][number];
export type ProposedReturn = z.infer<typeof proposedSchema>['returns'][number];
/** What is signed, one way or the other. */
export type Signed = Pick<Proposed, 'node' | 'from' | 'to' | 'millicores' | 'reason'>;

/** So long its reason has been gone before cores go back: as long as the effect of a shift is measured. */
export const RETURN_AFTER_MS = 5 * 60_000;
/** What a process before this one signed has been decided by then, and the portal has read it. */
const START_REST_MS = 120_000;

/**
 * Of what is proposed that for which an alert is open, at hosts of which nothing changed for as long as the alert's rule waits, and of each no
 * more whole cores than the vote lets programs shift at once [6.2.2-c, I.2-8]. `movedAtMs`: when this program last shifted at a node.
 */
export function shiftsToSign(
  proposed: readonly Proposed[],
  { millicoresMax, nowMs, movedAtMs }: { millicoresMax: number; nowMs: number; movedAtMs: ReadonlyMap<number, number> },
): Proposed[] {
  const coresMax = Math.floor(millicoresMax / CORE);
  return proposed.flatMap((shift) => {
    const cores = Math.min(Math.floor(shift.millicores / CORE), coresMax);
    if (cores < 1 || shift.alert === null) return [];
    const restMs = Math.max(REST_MS_MIN, shift.alert.forMs);
    const changedAtMs = Math.max(shift.changedAtMs, movedAtMs.get(shift.node) ?? 0);
    return nowMs - changedAtMs < restMs ? [] : [{ ...shift, millicores: cores * CORE }];
  });
}

/**
 * Of what this program brought that for which nothing has been short for five minutes, at hosts of which nothing changed for as long; of each
 * no more at once than the vote lets programs shift, so that more goes back in steps. What it brought stands on the ledger: a program that
 * was killed takes back the same, but nothing before what it may have signed before its end is known. `startedAtMs`: of this process.
 */
export function returnsToSign(
  returns: readonly ProposedReturn[],
  of: {
    readonly millicoresMax: number;
    readonly nowMs: number;
    readonly startedAtMs: number;
    readonly movedAtMs: ReadonlyMap<number, number>;
  },
): ProposedReturn[] {
  const { millicoresMax, nowMs, startedAtMs, movedAtMs } = of;
  if (nowMs - startedAtMs < START_REST_MS) return [];
  const taken = new Set<number>();
  return returns.flatMap((each) => {
    const { node, changedAtMs, calmSinceMs } = each;
    const millicores = Math.min(each.millicores, millicoresMax);
    const restedSinceMs = Math.max(changedAtMs, calmSinceMs, movedAtMs.get(node) ?? 0);
    // One host once: what else it has to give back waits until the portal has read this.
    if (millicores < 1 || nowMs - restedSinceMs < RETURN_AFTER_MS || taken.has(node)) return [];
    taken.add(node);
    return [{ ...each, millicores }];
  });
}
