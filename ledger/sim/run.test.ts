import { describe, expect, it } from 'vitest';
import { step, type State, type Transition } from '#ledger/consensus/driver.ts';
import type { Effect, Input } from '#ledger/consensus/effects.ts';
import { NO_ROUND, type ValueId } from '#ledger/consensus/types.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { VALUE_ID_BYTES } from '#ledger/engines/embedded/signed-codec.ts';
import { runSeed, type Outcome, type RunOptions } from './run.ts';
import { scenarioOf, type Scenario } from './scenario.ts';

const SEEDS = 50;
/** Where `npm test` begins; `npm run simulate` begins elsewhere each time. */
const FIRST_SEED = 1;

const CALM: Scenario = {
  seed: 7,
  nodes: 4,
  byzantine: new Map(),
  isTolerable: true,
  hasRealSignatures: false,
  faults: { loss: 0, duplicate: 0, delayMsMin: 1, delayMsMax: 10 },
  faultsMs: 600,
  partitionMs: 0,
  crashChance: 0,
  stormMs: 0,
  skewMsMax: 0,
  snapshotHeights: 0,
};

function report(outcome: Outcome): string {
  return outcome.ok
    ? 'ok'
    : [`seed ${outcome.seed}: ${outcome.violation ?? ''}`, ...outcome.trace.slice(-60)].join('\n');
}

/** What the first seed that finds the fault says of it, or undefined. */
function foundBy(fault: Pick<RunOptions, 'step' | 'crypto' | 'skipsSyncs'>, seeds = 40): string | undefined {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const outcome = runSeed(seed, fault);
    if (!outcome.ok) return outcome.violation;
  }
  return undefined;
}

describe('simulated consortium', () => {
  it(`agreement, validity, certificates, one vote each, evidence, and termination after healing hold over ${SEEDS} seeds from ${FIRST_SEED} [8.2.1-a]`, () => {
    let [crashes, evidences, heights] = [0, 0, 0n];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      const outcome = runSeed(seed);
      expect(report(outcome)).toBe('ok');
      crashes += outcome.crashes;
      evidences += outcome.evidences;
      heights += outcome.heights;
    }
    expect(crashes).toBeGreaterThan(100);
    expect(evidences).toBeGreaterThan(100);
    expect(heights).toBeGreaterThan(300n);
  }, 180_000);

  it('one seed determines everything [8.2.1-a]', () => {
    for (const seed of [3, 50]) expect(runSeed(seed)).toEqual(runSeed(seed));
    expect(runSeed(3).fingerprint).not.toBe(runSeed(4).fingerprint);
  });

  it('every 50th seed signs with real secp256k1 keys, and some seeds have more faulty validators than tolerated [8.2.1-a]', () => {
    const scenarios = Array.from({ length: 200 }, (_, index) => scenarioOf(index + 1));
    expect(scenarios.filter((each) => each.hasRealSignatures).map((each) => each.seed)).toEqual([50, 100, 150, 200]);
    expect(scenarios.some((each) => !each.isTolerable)).toBe(true);
    for (const { nodes, byzantine, isTolerable } of scenarios) expect(byzantine.size * 3 < nodes).toBe(isTolerable);
  });

  it('a node that dies at any persist point, in any role, comes back without a conflict [8.2.1-a]', () => {
    for (let node = 0; node < 4; node += 1) {
      for (let point = 1; point <= 48; point += 1) {
        const outcome = runSeed(CALM.seed, { scenario: CALM, diesAt: (at, number) => at === node && number === point });
        expect(`node ${node} point ${point}: ${report(outcome)}`).toBe(`node ${node} point ${point}: ok`);
        expect(outcome.crashes).toBe(1);
      }
    }
  });

  it('all nodes dying again and again at the same persist points lose nothing that was decided [8.2.1-a]', () => {
    for (let every = 2; every <= 25; every += 1) {
      const outcome = runSeed(CALM.seed, {
        scenario: CALM,
        diesAt: (_node, point) => point % every === 0 && point < 200,
      });
      expect(`every ${every}: ${report(outcome)}`).toBe(`every ${every}: ok`);
    }
  });

  it('every partition of four heals, and only one with more than two thirds decides meanwhile [8.2.1-a]', () => {
    for (let bits = 0; bits < 8; bits += 1) {
      const groups = [0, bits & 1, (bits >> 1) & 1, (bits >> 2) & 1];
      const ones = groups.filter((group) => group === 1).length;
      const split = runSeed(CALM.seed, { scenario: { ...CALM, faultsMs: 3_000 }, groups });
      expect(report(split)).toBe('ok');
      expect(split.heightsWithFaults > 0n).toBe(ones !== 2);
    }
  });
});

describe('the checkers find a validator that', () => {
  it('forgets its lock [8.2.1-a]', () => {
    const forgetful = (state: State, input: Input): Transition => {
      const done = step(state, input);
      return { state: { ...done.state, lockedValue: null, lockedRound: NO_ROUND }, effects: done.effects };
    };
    expect(foundBy({ step: forgetful }, 400)).toMatch(/no prevote against the lock/);
  });

  it('precommits what it prevotes without a polka [8.2.1-a]', () => {
    const hasty = (state: State, input: Input): Transition => {
      const done = step(state, input);
      const extra: Effect[] = [];
      for (const effect of done.effects) {
        if (effect.kind === 'sign-vote' && effect.vote.kind === 'prevote')
          extra.push({ ...effect, vote: { ...effect.vote, kind: 'precommit' } });
      }
      return { state: done.state, effects: [...done.effects, ...extra] };
    };
    expect(foundBy({ step: hasty })).toMatch(/polka before precommit|no double vote/);
  });

  it('signs again after a restart as if nothing had been [8.2.1-a]', () => {
    const amnesic = (state: State, input: Input): Transition =>
      state.withheld !== null && input.kind !== 'restored' ? { state, effects: [] } : step(state, input);
    expect(foundBy({ step: amnesic })).toMatch(/no double vote|no double proposal|no prevote against the lock/);
  });

  it('decides with two thirds exactly or less [8.2.1-a]', () => {
    const lenient = (state: State, input: Input): Transition => {
      const done = step(state, input);
      const effects = done.effects.map((effect) =>
        effect.kind === 'decided' ? { ...effect, precommits: effect.precommits.slice(1) } : effect,
      );
      return { state: done.state, effects };
    };
    expect(foundBy({ step: lenient })).toMatch(/more than two thirds/);
  });

  it('says nothing of a double vote [8.2.1-a]', () => {
    const silent = (state: State, input: Input): Transition => {
      const done = step(state, input);
      return { state: done.state, effects: done.effects.filter((effect) => effect.kind !== 'vote-evidence') };
    };
    expect(foundBy({ step: silent })).toMatch(/^evidence of node/);
  });

  it('accuses a correct validator [8.2.1-a]', () => {
    const slanderous = (state: State, input: Input): Transition => {
      const done = step(state, input);
      if (input.kind !== 'vote' || input.signed.vote.valueId === null) return done;
      const first = {
        ...input.signed,
        vote: { ...input.signed.vote, valueId: '01'.repeat(VALUE_ID_BYTES) as ValueId },
      };
      return {
        state: done.state,
        effects: [
          ...done.effects,
          { kind: 'vote-evidence', validator: input.signed.vote.validator, first, second: input.signed },
        ],
      };
    };
    expect(foundBy({ step: slanderous })).toMatch(/evidence is proof/);
  });

  it('never leaves a round [8.2.1-a]', () => {
    const stuck = (state: State, input: Input): Transition =>
      input.kind === 'timeout-elapsed' && input.timeout.step === 'precommit'
        ? { state, effects: [] }
        : step(state, input);
    expect(foundBy({ step: stuck }, 10)).toMatch(/termination after healing/);
  });

  it('believes that its disk has synced [8.2.1-a]', () => {
    expect(foundBy({ skipsSyncs: true })).toMatch(/durable before it is sent/);
  });

  it('believes every signature [8.2.1-a]', () => {
    const gullible = (crypto: Crypto): Crypto => ({ ...crypto, verify: () => true });
    expect(foundBy({ crypto: gullible })).toMatch(/evidence is proof|certificate of node|durable before it is sent/);
  });
});
