import type { Behaviour } from './byzantine.ts';
import { Prng } from './prng.ts';
import type { LinkFaults } from './links.ts';

/** Everything about a run that its seed decides. */
export interface Scenario {
  readonly seed: number;
  readonly nodes: number;
  /** What the faulty validators do, by index. */
  readonly byzantine: ReadonlyMap<number, Behaviour>;
  /** At most a third of the validators is faulty: the ledger must come alive again after healing. */
  readonly isTolerable: boolean;
  readonly hasRealSignatures: boolean;
  readonly faults: LinkFaults;
  /** Faults last this long on virtual time; then the network heals and everybody is up. */
  readonly faultsMs: number;
  /** Mean time between partitions; 0: none. */
  readonly partitionMs: number;
  /** Probability of dying at each persist point. */
  readonly crashChance: number;
  /** Mean time between restarts of everybody at once; 0: none. */
  readonly stormMs: number;
  /** Clocks of the nodes are at most this far off, either way. */
  readonly skewMsMax: number;
  /** Heights between two snapshots that a validator makes, and may start from again; 0: none. */
  readonly snapshotHeights: number;
}

const REAL_SIGNATURES_EVERY = 50;

const BEHAVIOURS = ['equivocates', 'forgets', 'replays', 'straysInRounds', 'floods', 'forges', 'withholds'] as const;
const HONEST: Behaviour = {
  equivocates: false,
  forgets: false,
  replays: false,
  straysInRounds: false,
  floods: false,
  forges: false,
  withholds: false,
};

/** `seed`: an integer in [0, 2⁵³). */
export function scenarioOf(seed: number): Scenario {
  const prng = new Prng(seed, 0);
  const nodes = prng.pick([4, 4, 4, 4, 4, 5, 6, 7]);
  const tolerated = Math.floor((nodes - 1) / 3);
  const isTolerable = !prng.chance(0.1);
  const faulty = isTolerable ? prng.pick([0, tolerated, tolerated]) : tolerated + 1;
  const byzantine = new Map<number, Behaviour>();
  const indexes = prng.shuffle(Array.from({ length: nodes }, (_, index) => index));
  for (const index of indexes.slice(0, faulty))
    byzantine.set(index, isTolerable ? behaviourOf(prng) : onlyEquivocates());
  const isCalm = prng.chance(0.1);
  const delayMsMax = prng.pick([10, 50, 200, 600]);
  return {
    seed,
    nodes,
    byzantine,
    isTolerable,
    hasRealSignatures: seed % REAL_SIGNATURES_EVERY === 0,
    faults: {
      loss: isCalm ? 0 : prng.fraction() * 0.3,
      duplicate: isCalm ? 0 : prng.fraction() * 0.2,
      delayMsMin: 1,
      delayMsMax,
    },
    faultsMs: prng.between(2_000, 6_000),
    partitionMs: prng.chance(0.5) ? prng.between(300, 2_000) : 0,
    crashChance: prng.chance(0.6) ? prng.fraction() * 0.03 : 0,
    stormMs: prng.chance(0.2) ? prng.between(300, 1_500) : 0,
    skewMsMax: prng.pick([0, 20, 200]),
    snapshotHeights: prng.pick([0, 0, 2, 5]),
  };
}

function behaviourOf(prng: Prng): Behaviour {
  const chosen = new Set(prng.shuffle(BEHAVIOURS).slice(0, prng.between(1, 4)));
  return {
    equivocates: chosen.has('equivocates'),
    forgets: chosen.has('forgets'),
    replays: chosen.has('replays'),
    straysInRounds: chosen.has('straysInRounds'),
    floods: chosen.has('floods'),
    forges: chosen.has('forges'),
    withholds: chosen.has('withholds'),
  };
}

/** Beyond what is tolerated, faults that can be proven: then a disagreement must name its culprits. */
function onlyEquivocates(): Behaviour {
  return { ...HONEST, equivocates: true };
}
