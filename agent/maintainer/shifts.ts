import { z } from 'zod';
import { SHARE_NAMES, SHIFT_REASON_MAX } from '#ledger/contracts/node/definition.ts';

/** Which proposed shifts a program signs by itself. Pure. */

const CORE = 1_000;
/** Its agent has said how it is since: heartbeats come 10 s apart. */
const REST_MS_MIN = 30_000;
const HOSTS_MAX = 1_000;

const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What the portal proposes. */
export const proposedSchema = z.object({
  shifts: z
    .array(
      z.object({
        node: whole.min(1),
        from: z.enum(SHARE_NAMES),
        to: z.enum(SHARE_NAMES),
        millicores: whole.min(1).max(0xffff_ffff),
        reason: z.string().min(1).max(SHIFT_REASON_MAX),
        changedAtMs: whole,
        alert: z.object({ id: whole, forMs: whole }).nullable(),
      }),
    )
    .max(HOSTS_MAX),
});
export type Proposed = z.infer<typeof proposedSchema>['shifts'][number];

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
