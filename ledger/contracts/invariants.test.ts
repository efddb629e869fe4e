import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { Args } from '#ledger/core/typed-data.ts';
import { PARAMETERS } from './definitions.ts';
import type { AgreementStatus } from './agreement/definition.ts';
import { agreementTables, readAgreement } from './agreement/record.ts';
import { grantRole } from './account/contract.ts';
import { brokenInvariants } from './invariants.ts';
import { evolve } from './registry.ts';
import { readSecurityCounters, securityTables } from './security/record.ts';
import { readClaim, settlementTables } from './settlement/record.ts';
import { intervalsOf, type IntervalState } from './shared/runs.ts';
import type { Struct } from './shared/fields.ts';
import { currentVersion } from './strategy/contract.ts';
import { readRegistered, registerTables } from './node/register-record.ts';
import { readShares } from './node/shares.ts';
import { filled, places, quantities, runs, strategy } from './testing/samples.ts';
import { storingRules } from './testing/storing-rules.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  backup,
  orderArgs,
  part,
  reviseArgs,
} from './testing/test-ledger.ts';

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
/** The first of two resources stores something of its customers'. */
const STORING = { resource: 1n, graceMs: 2_000n };
const anyAmount = fc.constantFrom(0n, 1n, 5_000_000n, 120_000_000n, 1n << 63n);

/** Mostly moments, in which an order lives; now and then what ends one. */
const wait = fc.oneof({ weight: 5, arbitrary: fc.bigInt(1n, 3_000n) }, fc.bigInt(1n, 40_000n)).map(
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

/** First bytes that fit each state of an interval, where half a second is promised. */
const MEASURED = { kept: 500, degraded: 501, down: 0 } as const;
const PROMISING = { promise: quantities({ firstByteMs: 500n }) };
const anyStates = fc.array(fc.constantFrom('kept', 'degraded', 'down'), { maxLength: 5 });

/** A claim of what passed since the last one, as an agent makes it, its states in turn; or one of a few intervals more, or of any bytes. */
function claimStep([who, agreement, states, calls, junk]: [bigint, bigint, string[], bigint, Uint8Array]): Step {
  return (ledger) => {
    const { startsAtMs = 0n, endsAtMs = 0n, endedAtMs = 0n } = readAgreement(ledger.state, agreement) ?? {};
    const last = readClaim(ledger.state, agreement).untilMs;
    const fromMs = last === 0n ? startsAtMs : last;
    const endMs = endedAtMs === 0n ? endsAtMs : endedAtMs;
    const passedMs = ledger.nowMs > fromMs ? ledger.nowMs - fromMs : 0n;
    const wholeMs = fromMs + (passedMs - (passedMs % INTERVAL_MS));
    const untilMs = ledger.nowMs >= endMs ? endMs : wholeMs;
    // No window of these orders is longer; one that never began, or an order that is not there, would have any number.
    const count = startsAtMs > 0n && untilMs > fromMs ? Number(intervalsOf(untilMs - fromMs, INTERVAL_MS)) : 0;
    const claimed = Array.from({ length: states.length === 0 ? 3 : count }, (_, at) => {
      const state = (states[at % states.length] ?? 'kept') as IntervalState;
      return [state, 1, MEASURED[state]] as const;
    });
    run(who, 'ClaimUsage', {
      agreement,
      used: quantities(calls === 0n ? {} : { bytes: calls * 10n, calls, rows: calls }),
      untilMs,
      runs: junk.length === 0 ? runs(...claimed) : junk,
    })(ledger);
  };
}

/** The newest agreement in one of these states, as those who serve it know it; else one that may not be there. */
function newest(ledger: TestLedger, ...statuses: AgreementStatus[]): bigint {
  const found = ledger.state.scan(agreementTables.agreements).findLast(([, { status }]) => statuses.includes(status));
  return found?.[0] ?? 1n;
}

/** What a diligent agent and a watchful customer do, each about the newest order that is waiting for it. */
const diligence: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(0n, 0n, 2_000n).map((aheadMs): Step => (ledger) => {
    const agreement = newest(ledger, 'reserved');
    const args = { agreement, startsAtMs: ledger.nowMs + aheadMs, descriptor: filled(1) };
    run(PROVIDER, 'Prepare', args, AGENT_KEY)(ledger);
  }),
  fc.tuple(anyStates, fc.bigInt(0n, 120n)).map(
    ([states, calls]): Step =>
      (ledger) =>
        claimStep([PROVIDER, newest(ledger, 'active', 'completed', 'terminated'), states, calls, new Uint8Array(0)])(
          ledger,
        ),
  ),
  fc.constantFrom('done', 'no-longer-needed', 'not-as-described').map((reason): Step => (ledger) => {
    ledger.wait(1_000n);
    run(CUSTOMER, 'EndAgreement', { agreement: newest(ledger, 'active'), reason })(ledger);
  }),
  fc.constant<Step>((ledger) => {
    const stored = ledger.state
      .scan(agreementTables.agreements)
      .find(([, { graceUntilMs, erasedAtMs }]) => graceUntilMs !== 0n && erasedAtMs === 0n);
    ledger.wait(STORING.graceMs);
    run(PROVIDER, 'ReportErasure', { agreement: stored?.[0] ?? 1n }, AGENT_KEY)(ledger);
  }),
  fc.constant<Step>((ledger) => {
    const agreement = newest(ledger, 'active', 'completed', 'terminated');
    run(CUSTOMER, 'ContestClaim', { agreement, reason: 'wrong-usage' })(ledger);
  }),
);

const anyPartId = fc.constantFrom(1n, 2n);

/** A part of half a minute on one resource, with the other as its backup or none, of the strategies in force. */
function anyPart(ledger: TestLedger, [resource, other, hasBackup]: [bigint, bigint, boolean]): Struct<'Part'> {
  const durationMs = 30_000n;
  const named = (id: bigint) => ({
    resource: id,
    strategyVersion: currentVersion(ledger.state, id),
    holdMicro: durationMs,
  });
  return part({ ...named(resource), durationMs, backup: hasBackup ? [backup(named(other))] : [] });
}

const SAID = { class: 'service', name: 'agent', software: '1.4.0', endpoint: '' };
/** The newest node that registered itself; else one that is none. */
const newestNode = (ledger: TestLedger): bigint => ledger.state.scan(registerTables.registered).at(-1)?.[0] ?? 9n;
/** What the life of an agent's node is made of. */
const registerSteps: readonly Step[] = [
  run(PROVIDER, 'RegisterNode', SAID, AGENT_KEY),
  // One step with its neighbours: a step of its own would make others rarer.
  (ledger) => {
    run(PROVIDER, 'UpdateNode', { software: '1.5.0', endpoint: '' }, AGENT_KEY)(ledger);
    const node = newestNode(ledger);
    const of = { consensusMillicores: 500n, serviceMillicores: 2_000n, reserveMillicores: 1_500n };
    if (readShares(ledger.state, node) === undefined) run(PROVIDER, 'DeclareShares', { node, ...of })(ledger);
    const said = { node, millicores: 700n, reason: 'Blocks are slow.' };
    run(NODES[1], 'ShiftShares', { ...said, from: 'consensus', to: 'service' })(ledger);
    run(NODES[1], 'ShiftShares', { ...said, from: 'service', to: 'consensus' })(ledger);
  },
  (ledger) => run(NODES[0], 'AdmitNode', { node: newestNode(ledger) })(ledger),
  (ledger) =>
    run(NODES[1], 'ReportNode', { node: newestNode(ledger), cause: 'not-reachable', sinceMs: ledger.nowMs })(ledger),
  (ledger) => run(NODES[1], 'RestoreNode', { node: newestNode(ledger) })(ledger),
  (ledger) => run(PROVIDER, 'RetireNode', { node: newestNode(ledger) })(ledger),
];

/** A repair by a maintainer of the newest incident, with an agent that answers: now in order, now not. */
const repairSteps = fc
  .constantFrom<readonly [method: string, args: (ledger: TestLedger) => Args]>(
    ['AcknowledgeIncident', () => ({})],
    ['CommandRepair', ({ nowMs }) => ({ command: 're-test', expiresAtMs: nowMs + 5_000n })],
    ['AnswerRepair', () => ({ step: 1n, outcome: 'done', text: '' })],
    ['RecordRepairStep', () => ({ step: 'inspected', outcome: 'done', text: '' })],
    ['CloseIncident', () => ({ outcome: 'restored', text: '' })],
  )
  .map(([method, args]): Step => (ledger) => {
    const incident = readSecurityCounters(ledger.state).nextIncident - 1n;
    const key = method === 'AnswerRepair' ? AGENT_KEY : undefined;
    run(key === undefined ? NODES[1] : PROVIDER, method, { incident, ...args(ledger) }, key)(ledger);
  });
const openIncident: Step = (ledger) => {
  // Before an agent has registered there are the validators of genesis.
  const node = readRegistered(ledger.state, newestNode(ledger)) === undefined ? 1n : newestNode(ledger);
  const facts = { node, cause: 'other-fault', detectedMs: ledger.nowMs };
  run(NODES[1], 'OpenIncident', facts)(ledger);
};

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: repairSteps },
  { weight: 3, arbitrary: fc.constant(openIncident) },
  { weight: 8, arbitrary: wait },
  { weight: 16, arbitrary: diligence },
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
        continues: fc.constantFrom(0n, 0n, 0n, 0n, 1n, 2n),
      })
      .map(({ who, resource, purpose, seconds, continues }): Step => (ledger) => {
        const durationMs = seconds * 1_000n;
        const current = ledger.state.read({ contract: 4, table: 1 }, resource) as
          { strategyVersion: bigint } | undefined;
        const strategyVersion = current?.strategyVersion ?? 1n;
        const asked = { resource, purpose, durationMs, holdMicro: durationMs, strategyVersion, continues };
        run(who, 'Apply', applyArgs(asked))(ledger);
      }),
  },
  {
    weight: 4,
    arbitrary: fc.array(fc.tuple(anyPartId, anyPartId, fc.boolean()), { minLength: 1, maxLength: 4 }).map(
      (parts): Step =>
        (ledger) =>
          run(CUSTOMER, 'PlaceOrder', orderArgs(parts.map((each) => anyPart(ledger, each))))(ledger),
    ),
  },
  { weight: 2, arbitrary: anyId.map((agreement) => run(PROVIDER, 'EndAgreement', { agreement, reason: 'withdrawn' })) },
  fc.tuple(anyone, anyId, anyReason).map(([who, agreement, reason]) => run(who, 'EndAgreement', { agreement, reason })),
  { weight: 3, arbitrary: fc.tuple(anyone, anyId, anyStates, fc.bigInt(0n, 120n), anyBytes).map(claimStep) },
  fc.tuple(anyone, anyId).map(([who, agreement]) => run(who, 'ReportErasure', { agreement })),
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
    .map(([resource, amount]) =>
      run(PROVIDER, 'ReviseStrategy', { ...reviseArgs(PROMISING, places(amount)), resource }),
    ),
  fc.constantFrom('a', 'b', 'c').map(
    (sourceId): Step =>
      (ledger) =>
        run(PROVIDER, 'PublishResource', ledger.publishArgs({ sourceId, strategy: strategy(PROMISING) }))(ledger),
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
          label: 'k',
          methods: ['Transfer'],
          resources: [],
          spendingCapMicro,
          expiresAtMs: ledger.nowMs + 1n,
        })(ledger),
  ),
  fc.tuple(anyone, fc.bigInt(0n, 2n)).map(([who, revokedKey]) => run(who, 'RevokeKey', { revokedKey })),
  { weight: 3, arbitrary: fc.constantFrom(...registerSteps) },
);

describe('contracts', () => {
  test('random commands, due work and time keep every invariant; supply is conserved after every step', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const ledger = new TestLedger(
          { intervalMs: INTERVAL_MS, votingMs: 30_000n, epochMs: 5_000n },
          storingRules(STORING),
        );
        ledger.publish(PROMISING).publishAnother('second', PROMISING);
        evolve(ledger.state, grantRole(NODES[1], 'NRNSM', 0n));
        for (const next of steps) {
          next(ledger);
          expect(brokenInvariants(ledger.state)).toEqual([]);
          for (const [, { status }] of ledger.state.scan(agreementTables.agreements)) reached.add(status);
          for (const [, { steps: done }] of ledger.state.scan(securityTables.incidents))
            if (done > 0n) reached.add('step');
        }
        ledger.wait(100_000n);
        expect(brokenInvariants(ledger.state)).toEqual([]);
        for (const [, { replaces }] of ledger.state.scan(agreementTables.agreements)) {
          if (replaces > 0n) reached.add('replacement');
        }
        for (const [, { degradedMs, chargeMicro, contested }] of ledger.state.scan(settlementTables.bills)) {
          if (degradedMs > 0n) reached.add('degraded');
          if (chargeMicro > 0n) reached.add('charged');
          if (contested) reached.add('contested');
        }
      }),
      { numRuns: 240 },
    );
    // Chance came to every state: a step that is always refused would show nothing.
    const ends = ['completed', 'terminated', 'settled', 'replacement', 'degraded', 'charged', 'contested', 'step'];
    expect([...reached]).toEqual(expect.arrayContaining(['reserved', 'prepared', 'active', ...ends]));
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
