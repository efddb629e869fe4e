import 'server-only';
import { arrive, beginArrivals, phi, type Arrivals } from '#lib/monitor/detection/arrivals.ts';
import { livenessOf, PHI_SUSPECTED } from '#lib/monitor/detection/liveness.ts';

const EVERY_MS = 10_000;
const LOOK_MS = 1_000;
const PROBE_EVERY_MS = 3_000;
/** A killed process refuses at once, a machine that is cut off answers nothing: the slower of the two. */
const PROBE_MS_MAX = 3_000;
/** Nothing is suspected before: phi is 2.2 there at most. */
const CALM_MS = 15_000;
const AGREED = { everyMs: EVERY_MS };

export interface Plan {
  readonly seed: number;
  readonly nodes: number;
  readonly hours: number;
  /** Of heartbeats, and of probes. */
  readonly lossShare: number;
  /** Deviation of the delay on the way. */
  readonly jitterMs: number;
}

export interface Outcome {
  readonly heartbeats: number;
  readonly suspicions: number;
  readonly falseFailures: number;
  /** Of nodes killed at the end, one each, from the kill on. */
  readonly detectedAfterMs: readonly number[];
}

/** mulberry32: small, and the same on every machine. */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How late something is: the absolute value of a normal variable. */
function delayOf(chance: () => number, jitterMs: number): number {
  return Math.abs(Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())) * jitterMs;
}

interface Silence {
  readonly isSuspected: boolean;
  /** Null: it ended before anybody gave the node up. */
  readonly failedAtMs: number | null;
}

/** What the monitor finds in one silence, look by look, as its loop does. */
function watchSilence(arrivals: Arrivals, untilMs: number, probeFails: () => boolean): Silence {
  const deafUntilMs = Number.NEGATIVE_INFINITY;
  const pending: { answersAtMs: number; isOk: boolean }[] = [];
  let probesFailed = 0;
  let probedAtMs = Number.NEGATIVE_INFINITY;
  let isSuspected = false;
  for (let nowMs = arrivals.lastMs + CALM_MS; nowMs < untilMs; nowMs += LOOK_MS) {
    for (let first = pending[0]; first !== undefined && first.answersAtMs <= nowMs; first = pending[0]) {
      probesFailed = first.isOk ? 0 : probesFailed + 1;
      pending.shift();
    }
    isSuspected ||= phi(arrivals, nowMs, AGREED) >= PHI_SUSPECTED;
    if (livenessOf({ arrivals, probesFailed, isProbed: true, deafUntilMs }, nowMs, AGREED).status === 'failed')
      return { isSuspected: true, failedAtMs: nowMs };
    if (!isSuspected || pending.length > 0 || nowMs - probedAtMs < PROBE_EVERY_MS) continue;
    probedAtMs = nowMs;
    const isOk = !probeFails();
    pending.push({ answersAtMs: nowMs + (isOk ? 0 : PROBE_MS_MAX), isOk });
  }
  return { isSuspected, failedAtMs: null };
}

/** Nodes that all work for the whole time, then are killed one by one: how often one was given up wrongly, how soon rightly. */
export function simulate({ seed, nodes, hours, lossShare, jitterMs }: Plan): Outcome {
  const chance = chanceOf(seed);
  const beats = Math.round((hours * 3_600_000) / EVERY_MS);
  const probeFails = (): boolean => chance() < lossShare;
  const detectedAfterMs: number[] = [];
  let suspicions = 0;
  let falseFailures = 0;
  for (let node = 0; node < nodes; node += 1) {
    const arrivals = beginArrivals(0);
    for (let beat = 1; beat <= beats; beat += 1) {
      if (chance() < lossShare) continue;
      const atMs = beat * EVERY_MS + delayOf(chance, jitterMs);
      if (atMs - arrivals.lastMs > CALM_MS) {
        const { isSuspected, failedAtMs } = watchSilence(arrivals, atMs, probeFails);
        if (isSuspected) suspicions += 1;
        if (failedAtMs !== null) falseFailures += 1;
      }
      arrive(arrivals, atMs);
    }
    // Killed right after a heartbeat has left, the worst moment: its whole pause is nobody's concern yet.
    const killedAtMs = arrivals.lastMs;
    const { failedAtMs } = watchSilence(arrivals, Number.POSITIVE_INFINITY, () => true);
    detectedAfterMs.push((failedAtMs ?? Number.POSITIVE_INFINITY) - killedAtMs);
  }
  return { heartbeats: nodes * beats, suspicions, falseFailures, detectedAfterMs };
}
