import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { Args } from '#ledger/core/typed-data.ts';
import { PARAMETERS } from './definitions.ts';
import { readAgreement } from './agreement/record.ts';
import { brokenInvariants } from './invariants.ts';
import { readClaim } from './settlement/record.ts';
import type { IntervalState } from './shared/runs.ts';
import { filled, places, quantities, runs } from './testing/samples.ts';
import { AGENT_KEY, CUSTOMER, NODES, PROVIDER, TestLedger, applyArgs, reviseArgs } from './testing/test-ledger.ts';

/** One random step: a command by anyone about anything, or time. */
type Step = (ledger: TestLedger) => void;

const anyone = fc.constantFrom(PROVIDER, CUSTOMER, ...NODES, 6n, 9n);
const anyKey = fc.constantFrom(0n, AGENT_KEY);
const anyId = fc.bigInt(1n, 4n);
const anyReason = fc.constantFrom(
  'done',
  'no-longer-needed',
  'not-as-described',
  'used-up',
  'misuse',
  'withdrawn',
  'x',
);
/** Mostly none. */
const anyBytes = fc.oneof({ weight: 4, arbitrary: fc.constant(new Uint8Array(0)) }, fc.uint8Array({ maxLength: 9 }));
const INTERVAL_MS = 1_000n;
const anyAmount = fc.constantFrom(0n, 1n, 5_000_000n, 120_000_000n, 1n << 63n);

const wait = fc.bigInt(1n, 40_000n).map(
  (ms): Step =>
    (ledger) =>
      void ledger.wait(ms),
);
const run = (who: bigint, method: string, args: Args, key = 0n): Step => {
  return (ledger) => {
    // Only admitted signers reach a contract: the account and its key exist.
    if (ledger.state.read({ contract: 1, table: 1 }, who) === undefined) return;
    if (key !== 0n && ledger.state.read({ contract: 1, table: 2 }, (who << 16n) | key) === undefined) return;
    ledger.run(who, method, args, { key });
  };
};

const anyStates = fc.array(fc.constantFrom('kept', 'degraded', 'down'), { maxLength: 5 });

/** A claim of whole intervals from where the last one ended, as an agent makes it, or with runs of any bytes. */
function claimStep([who, agreement, states, calls, junk]: [bigint, bigint, string[], bigint, Uint8Array]): Step {
  return (ledger) => {
    const { startsAtMs = 0n, endsAtMs = 0n, endedAtMs = 0n } = readAgreement(ledger.state, agreement) ?? {};
    const last = readClaim(ledger.state, agreement).untilMs;
    const fromMs = last === 0n ? startsAtMs : last;
    const endMs = endedAtMs === 0n ? endsAtMs : endedAtMs;
    const reached = fromMs + BigInt(states.length) * INTERVAL_MS;
    const claimed = states.map((state) => [state as IntervalState, 1] as const);
    run(who, 'ClaimUsage', {
      ...{ agreement, used: quantities(calls === 0n ? {} : { bytes: calls * 10n, calls, rows: calls }) },
      runs: junk.length === 0 ? runs(...claimed) : junk,
      untilMs: reached > endMs ? endMs : reached,
    })(ledger);
  };
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: wait },
  fc.tuple(anyone, anyId).map(
    ([who, agreement]): Step =>
      (ledger) =>
        run(who, 'Prepare', { agreement, startsAtMs: ledger.nowMs, descriptor: filled(1) })(ledger),
  ),
  fc.bigInt(-40_000n, 40_000n).chain((offset) =>
    anyId.map(
      (agreement): Step =>
        (ledger) =>
          run(
            PROVIDER,
            'Prepare',
            { agreement, startsAtMs: ledger.nowMs + offset, descriptor: filled(1) },
            AGENT_KEY,
          )(ledger),
    ),
  ),
  {
    weight: 4,
    arbitrary: fc
      .record({
        who: anyone,
        resource: anyId,
        purpose: fc.constantFrom('research', 'other'),
        seconds: fc.bigInt(1n, 60n),
      })
      .map(({ who, resource, purpose, seconds }): Step => (ledger) => {
        const durationMs = seconds * 1_000n;
        const current = ledger.state.read({ contract: 4, table: 1 }, resource) as
          { strategyVersion: bigint } | undefined;
        const strategyVersion = current?.strategyVersion ?? 1n;
        run(who, 'Apply', applyArgs({ resource, purpose, durationMs, holdMicro: durationMs, strategyVersion }))(ledger);
      }),
  },
  fc.tuple(anyone, anyId, anyReason).map(([who, agreement, reason]) => run(who, 'EndAgreement', { agreement, reason })),
  { weight: 3, arbitrary: fc.tuple(anyone, anyId, anyStates, fc.bigInt(0n, 120n), anyBytes).map(claimStep) },
  fc.tuple(anyone, anyId).map(([who, agreement]) => run(who, 'ContestClaim', { agreement, reason: 'not-served' })),
  fc
    .tuple(anyone, anyId)
    .map(([who, agreement]) => run(who, 'RequestReissue', { agreement, encryptionKey: filled(3) })),
  fc
    .tuple(anyId, fc.bigInt(1n, 3n))
    .map(([agreement, issue]) => run(PROVIDER, 'Reissue', { agreement, issue, descriptor: filled(2) }, AGENT_KEY)),
  fc
    .tuple(anyone, anyone, anyAmount, anyKey)
    .map(([who, to, amountMicro, key]) => run(who, 'Transfer', { to, amountMicro }, key)),
  fc
    .tuple(anyone, anyId, fc.constantFrom('SuspendResource', 'ResumeResource', 'RetireResource'))
    .map(([who, resource, method]) => run(who, method, { resource, reason: 'owner-decision' })),
  fc
    .tuple(anyId, fc.bigInt(1n, 3n))
    .map(([resource, amount]) => run(PROVIDER, 'ReviseStrategy', { ...reviseArgs({}, places(amount)), resource })),
  fc.constantFrom('a', 'b', 'c').map(
    (sourceId): Step =>
      (ledger) =>
        run(PROVIDER, 'PublishResource', ledger.publishArgs({ sourceId }))(ledger),
  ),
  fc.tuple(anyone, fc.constantFrom('NRP', 'NRNSP', 'NO', 'x')).map(([who, role]) => run(who, 'RequestRole', { role })),
  {
    weight: 3,
    arbitrary: fc
      .tuple(anyone, anyId, fc.boolean())
      .map(([who, proposal, approve]) => run(who, 'Vote', { proposal, approve })),
  },
  fc
    .tuple(anyone, fc.constantFrom(...PARAMETERS), fc.bigInt(0n, 5_000n))
    .map(([who, parameter, value]) => run(who, 'ProposeParameter', { parameter, value })),
  fc.tuple(anyone, anyone, anyAmount).map(([who, to, amountMicro]) => run(who, 'ProposeGrant', { to, amountMicro })),
  fc.tuple(fc.constantFrom(...NODES), fc.integer({ min: 5, max: 8 })).map(
    ([who, seed]): Step =>
      (ledger) =>
        run(who, 'ProposeValidator', ledger.validatorOffer(seed))(ledger),
  ),
  fc
    .tuple(fc.constantFrom(...NODES), fc.bigInt(1n, 7n))
    .map(([who, node]) => run(who, 'ProposeValidatorRemoval', { node })),
  fc.tuple(fc.integer({ min: 1, max: 8 }), fc.bigInt(1n, 3n)).map(
    ([seed, height]): Step =>
      (ledger) =>
        void ledger.evidence(seed, height),
  ),
  fc.integer({ min: 60, max: 63 }).map(
    (seed): Step =>
      (ledger) =>
        void ledger.run(
          0n,
          'CreateAccount',
          { owner: filled(seed, 20), profileCommitment: filled(1), encryptionKey: filled(9) },
          { signer: filled(seed, 20) },
        ),
  ),
  fc.tuple(anyone, fc.integer({ min: 60, max: 66 }), anyAmount).map(
    ([who, seed, spendingCapMicro]): Step =>
      (ledger) =>
        run(who, 'AuthorizeKey', {
          ...ledger.keyOffer(seed, who),
          ...{ label: 'k', methods: ['Transfer'], resources: [], spendingCapMicro },
          expiresAtMs: ledger.nowMs + 1n,
        })(ledger),
  ),
  fc.tuple(anyone, fc.bigInt(0n, 2n)).map(([who, revokedKey]) => run(who, 'RevokeKey', { revokedKey })),
);

describe('contracts', () => {
  test('random commands, due work and time keep every invariant; supply is conserved after every step', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const ledger = new TestLedger({ intervalMs: INTERVAL_MS, votingMs: 30_000n, epochMs: 5_000n }).publish();
        for (const next of steps) {
          next(ledger);
          expect(brokenInvariants(ledger.state)).toEqual([]);
        }
      }),
      { numRuns: 80 },
    );
  }, 120_000);

  test('what time brings brings every order to its bill', () => {
    const ledger = new TestLedger({ intervalMs: 1_000n });
    ledger.activate();
    ledger.run(CUSTOMER, 'Apply', applyArgs());
    ledger.wait(3_700_000n);
    expect(ledger.waiting).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
    expect(ledger.state.scan({ contract: 6, table: 2 })).toHaveLength(2);
  });

  test('an invariant that is broken is named', () => {
    const ledger = new TestLedger().reserve();
    ledger.state.erase({ contract: 2, table: 2 }, 1n);
    expect(brokenInvariants(ledger.state).join()).toContain('make the supply');
    const ended = new TestLedger({ intervalMs: 1_000n });
    ended.activate();
    ended.wait(3_700_000n);
    expect(brokenInvariants(ended.state)).toEqual([]);
    ended.state.write({ contract: 5, table: 2 }, CUSTOMER, { completed: 2n, broken: 0n });
    expect(brokenInvariants(ended.state)).toEqual([
      'the history of account 2 says 2 completed and 0 broken, its agreements 1 and 0',
    ]);
  });
});
