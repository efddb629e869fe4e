import 'server-only';
import type { NodeStatus } from '#lib/shared/monitoring.ts';
import { phi, type Agreed, type Arrivals } from './arrivals.ts';

/** Silence that one in ten thousand intervals would have: the monitor asks the node itself from here on. */
export const PHI_SUSPECTED = 4;
/** Beyond this two heartbeats in a row are missing, not one: one in a hundred is lost on the way. */
export const PHI_FAILED = 16;
/** Probes in a row that have to fail. Two would give up a reachable node about once a week of 2,000: 12,000 times two heartbeats in a row are lost. */
export const PROBES_FAILED_MIN = 3;

/** What was found out about a node. */
export interface Findings {
  /** Undefined for what sends no heartbeats: the probes alone speak for it. */
  readonly arrivals: Arrivals | undefined;
  /** Probes in a row that failed, up to now. */
  readonly probesFailed: number;
  /** False: the node has no address that the monitor may call, so nobody can say that it failed. */
  readonly isProbed: boolean;
  /** Until then nobody could be heard, for a reason of ours: silence counts from here. */
  readonly deafUntilMs: number;
}

export interface Liveness {
  readonly status: NodeStatus;
  /** Null where there are no heartbeats. */
  readonly phi: number | null;
}

/** Whether a node works, as far as heartbeats and probes tell. Failed takes both: silence of the one and no answer to the other. */
export function livenessOf(findings: Findings, nowMs: number, agreed: Agreed): Liveness {
  const { arrivals, probesFailed, isProbed, deafUntilMs } = findings;
  if (arrivals === undefined) {
    if (!isProbed) return { status: 'unknown', phi: null };
    return { status: probesFailed >= PROBES_FAILED_MIN ? 'failed' : probesFailed > 0 ? 'suspected' : 'up', phi: null };
  }
  const since = Math.max(arrivals.lastMs, deafUntilMs);
  const level = phi({ ...arrivals, lastMs: since }, nowMs, agreed);
  if (level < PHI_SUSPECTED) return { status: 'up', phi: level };
  const isFailed = level >= PHI_FAILED && isProbed && probesFailed >= PROBES_FAILED_MIN;
  return { status: isFailed ? 'failed' : 'suspected', phi: level };
}
