import { z } from 'zod';
import type { Measured } from '#ledger/contracts/credit/digest.ts';
import { CREDIT_MAX } from '#ledger/contracts/credit/definition.ts';

/** From what was heard of a node to what is recorded of it. Pure, so that an auditor who holds the lines comes to the same numbers. */

/** Heartbeats come 10 s apart, and may be late by half of that before a node counts as unheard. */
const HEARD_MS = 15_000;
const WHOLE = Number(CREDIT_MAX);
const ACTIVITY_MAX = 0xffff_ffff;

const whole = z.number().int().min(0);
const time = whole.max(Number.MAX_SAFE_INTEGER);

/** When the monitor was at work: what it could not hear counts for nobody. */
export const watchedSchema = z.array(time).max(20_000);

export const measuredNodeSchema = z.strictObject({
  node: whole.min(1),
  beats: z
    .array(z.tuple([time, whole]))
    .max(200_000)
    .nullable(),
  statuses: z.array(z.tuple([time, z.string().max(20)])).max(10_000),
  probes: z.array(z.tuple([time, z.boolean()])).max(200_000),
  blocksProposed: whole.max(ACTIVITY_MAX).nullable(),
});
export type MeasuredNode = z.infer<typeof measuredNodeSchema>;

/** What is recorded of a node; undefined when nobody watched, or nothing is known of it for the whole time. */
export function measuredOf(node: MeasuredNode, watchedAtMs: readonly number[]): Measured | undefined {
  const known = node.beats === null ? statusesKnown(node, watchedAtMs) : beatsHeard(node.beats, watchedAtMs);
  if (known.length === 0) return undefined;
  const failed = node.probes.filter(([, isOk]) => !isOk).length;
  // A portal serves no orders and proposes no blocks: what it did is answer.
  const served = node.beats === null ? node.probes.length - failed : mostOrders(node.beats);
  return {
    node: BigInt(node.node),
    online: perMille(known.filter((isUp) => isUp).length, known.length),
    activity: Math.min(ACTIVITY_MAX, node.blocksProposed ?? served),
    probesFailed: node.probes.length === 0 ? 0 : perMille(failed, node.probes.length),
  };
}

/** At each look of the monitor whether the node had been heard shortly before. */
function beatsHeard(beats: NonNullable<MeasuredNode['beats']>, watchedAtMs: readonly number[]): boolean[] {
  const heardAtMs = beats.map(([atMs]) => atMs);
  let next = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  return watchedAtMs.map((atMs) => {
    for (let heard = heardAtMs[next]; heard !== undefined && heard <= atMs; heard = heardAtMs[(next += 1)])
      lastMs = heard;
    return atMs - lastMs <= HEARD_MS;
  });
}

/** Of a node that no heartbeats speak for: whether it was up, at each look at which the monitor could tell. */
function statusesKnown({ statuses }: MeasuredNode, watchedAtMs: readonly number[]): boolean[] {
  return watchedAtMs.flatMap((atMs) => {
    const status = statuses.findLast(([fromMs]) => fromMs <= atMs)?.[1] ?? 'unknown';
    return status === 'unknown' ? [] : [status !== 'failed'];
  });
}

/** The most orders that it served at once. */
function mostOrders(beats: NonNullable<MeasuredNode['beats']>): number {
  return beats.reduce((most, [, orders]) => Math.max(most, orders), 0);
}

function perMille(part: number, of: number): number {
  return Math.floor((part * WHOLE) / of);
}
