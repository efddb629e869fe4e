import type { Place } from '#ledger/contracts/shared/place.ts';
import { ascending, quotient } from '#ledger/core/integer.ts';
import { PARTS, type Part, type proseDefinition } from './definition.ts';

/**
 * Which service nodes suit somebody at a place [I.3-4]: a pure function of integers. It runs where the place is known, in the browser of whoever asks, and
 * anybody who has the same candidates computes the same. Every part is from 0 to 1000.
 */

/** Recommended at once. */
export const RECOMMENDED_MAX = 5;
const PART_MAX = 1_000n;

/** One relay of the pool as the ledger has it at one height: all of it is public. */
export interface Candidate {
  readonly resource: bigint;
  readonly cell: Place;
  /** Whole ms, as its agent measured when it was tested. */
  readonly roundTripMs: bigint;
  /** Of its capacity, and free of those. */
  readonly connections: bigint;
  readonly free: bigint;
  /** Of its owner: credit from 0 to 1000, and sums over recorded sessions. */
  readonly credit: bigint;
  readonly sessions: bigint;
  readonly begunSessions: bigint;
  readonly keptPerMilleSum: bigint;
  readonly disconnects: bigint;
  readonly evaluations: bigint;
  readonly scoreSum: bigint;
}

export type Weights = Readonly<Record<Part, bigint>>;

export interface Recommendation {
  readonly resource: bigint;
  /** Σ weight · part ÷ Σ weight, rounded down; 0 where nothing weighs. */
  readonly score: bigint;
  readonly parts: Readonly<Record<Part, bigint>>;
  /** Between the middles of the two cells, whole metres. */
  readonly distanceM: bigint;
}

type ProximityParameter = keyof typeof proseDefinition.parameters;

/** The weights of the parameters, wherever they are read from. */
export function weightsFrom(value: (name: ProximityParameter) => bigint): Weights {
  return {
    quality: value('proximityQualityWeight'),
    waiting: value('proximityWaitingWeight'),
    history: value('proximityHistoryWeight'),
    distance: value('proximityDistanceWeight'),
  };
}

/** At most five, the best first; of equal ones the earlier published. One without a free connection is none. */
export function recommend(
  candidates: readonly Candidate[],
  { from, weights }: { readonly from: Place; readonly weights: Weights },
): Recommendation[] {
  const scored = candidates
    .filter(({ free }) => free > 0n)
    .map((candidate) => {
      const distanceM = distanceOf(from, candidate.cell);
      const parts = { ...ownParts(candidate), distance: near(distanceM) };
      return { resource: candidate.resource, score: scoreOf(parts, weights), parts, distanceM };
    });
  return scored
    .toSorted((one, other) => ascending(other.score, one.score) || ascending(one.resource, other.resource))
    .slice(0, RECOMMENDED_MAX);
}

/** What does not depend on who asks. */
export function ownParts(candidate: Candidate): Readonly<Record<Exclude<Part, 'distance'>, bigint>> {
  return { quality: qualityOf(candidate), waiting: waitingOf(candidate), history: historyOf(candidate) };
}

function scoreOf(parts: Readonly<Record<Part, bigint>>, weights: Weights): bigint {
  const whole = PARTS.reduce((sum, name) => sum + weights[name], 0n);
  const weighed = PARTS.reduce((sum, name) => sum + weights[name] * parts[name], 0n);
  return whole === 0n ? 0n : quotient(weighed, whole);
}

/** A round trip of so long halves its part. */
const ROUND_TRIP_HALF_MS = 100n;

/** Half what past sessions kept, as if one more had been kept whole: who has no session begins with a good one; half the measured round trip. */
function qualityOf({ begunSessions, keptPerMilleSum, roundTripMs }: Candidate): bigint {
  const kept = quotient(keptPerMilleSum + PART_MAX, begunSessions + 1n);
  const quick = quotient(PART_MAX * ROUND_TRIP_HALF_MS, ROUND_TRIP_HALF_MS + roundTripMs);
  return quotient(kept + quick, 2n);
}

/** The share of its connections that is free. */
function waitingOf({ connections, free }: Candidate): bigint {
  if (connections === 0n || free >= connections) return PART_MAX;
  return quotient(PART_MAX * free, connections);
}

const SCORE_MIDDLE = 3n;
/** From the 1 to 5 of an evaluation to 0 to 1000. */
const SCORE_STEP = 250n;

/** The mean of the owner's credit, of sessions that it did not break, and of evaluations: each as if there had been one more, unbroken and middling. */
function historyOf({ credit, sessions, disconnects, evaluations, scoreSum }: Candidate): bigint {
  const steady = quotient(PART_MAX * (sessions - disconnects + 1n), sessions + 1n);
  const said = quotient(SCORE_STEP * (scoreSum + SCORE_MIDDLE - (evaluations + 1n)), evaluations + 1n);
  return quotient(credit + steady + said, 3n);
}

/** A distance of so far halves its part: about a cell. */
const DISTANCE_HALF_M = 10_000n;

function near(distanceM: bigint): bigint {
  return quotient(PART_MAX * DISTANCE_HALF_M, DISTANCE_HALF_M + distanceM);
}

/** A tenth of a degree of latitude. */
const TENTH_M = 11_132n;
const TURN_TENTHS = 3_600n;
const HALF_TURN_TENTHS = 1_800n;
const COSINE_ONE = 1_000n;

/**
 * Straight on a map of the same latitude on both sides: right to a percent within a few hundred kilometres, and growing with the distance
 * beyond, which is all that a ranking asks.
 */
export function distanceOf(one: Place, other: Place): bigint {
  const north = magnitude(one.latitudeTenths - other.latitudeTenths);
  const around = magnitude(one.longitudeTenths - other.longitudeTenths);
  const east = around > HALF_TURN_TENTHS ? TURN_TENTHS - around : around;
  const middle = quotient(magnitude(one.latitudeTenths + other.latitudeTenths), 2n);
  const [northM, eastM] = [north * TENTH_M, quotient(east * TENTH_M * cosineOf(middle), COSINE_ONE)];
  return squareRoot(northM * northM + eastM * eastM);
}

/** In thousandths, of tenths of a degree from 0 to 900: cos x ≈ (π² − 4x²) ÷ (π² + x²), Bhāskara I's approximation, right to two thousandths. */
function cosineOf(tenths: bigint): bigint {
  const square = tenths * tenths;
  const straight = HALF_TURN_TENTHS * HALF_TURN_TENTHS;
  return quotient(COSINE_ONE * (straight - 4n * square), straight + square);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The largest whole number whose square is not above it: Newton's steps from above, each below the one before. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = value;
  for (let next = quotient(value, 2n) + 1n; next < root; next = quotient(root + quotient(value, root), 2n)) root = next;
  return root;
}
