import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grantRole } from '#ledger/contracts/account/contract.ts';
import { agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { readFaults } from '#ledger/contracts/agreement/record.ts';
import type { ContractEvent, Parameter } from '#ledger/contracts/definitions.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { liveNodes, memberCount, nodeOf } from '#ledger/contracts/node/record.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { resourceCodes } from '#ledger/contracts/resource/definition.ts';
import { filled, runs } from '#ledger/contracts/testing/samples.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  prepareArgs,
} from '#ledger/contracts/testing/test-ledger.ts';
import { VALIDATORS_MIN } from '#ledger/core/genesis.ts';
import { packEntries, type Measured } from './digest.ts';
import { isPermitted, mayValidate } from './record.ts';
import { permissionsOf, whatIf, type CreditFacts } from './score.ts';

const CREDIT_EPOCH_MS = 60_000n;
const EPOCH_MS = 600_000n;
const PROBATION_MS = 30_000n;
const [FIRST, SECOND] = NODES;

/** A maintainer beside what every test has; nodes 1 to 4 validate. */
const fresh = (): TestLedger => {
  const ledger = new TestLedger({ openAgreementsMax: 50n });
  evolve(ledger.state, grantRole(FIRST, 'NRNSM', 0n));
  return ledger;
};
/** Node 5 is a validator of the provider's, by vote. */
const withFifth = (): TestLedger => {
  const ledger = fresh();
  const { proposal } = ledger.run(FIRST, 'ProposeValidator', ledger.validatorOffer(5)).data as { proposal: bigint };
  for (const by of [FIRST, SECOND]) ledger.run(by, 'Vote', { proposal, approve: true });
  expect(memberCount(ledger.state)).toBe(5);
  return ledger;
};
/** Node 5 is the provider's agent, on probation, and serves resource 1. */
const withAgent = (): TestLedger => {
  const ledger = fresh().publish();
  const said = { class: 'service', name: 'a', software: '1.0.0', endpoint: '' };
  ledger.run(PROVIDER, 'RegisterNode', said, { key: AGENT_KEY });
  ledger.run(FIRST, 'AdmitNode', { node: 5n });
  return ledger;
};

const sound = { online: 1_000, activity: 10, probesFailed: 0 };
const gone = { online: 0, activity: 0, probesFailed: 1_000 };
const measure = (ledger: TestLedger, entries: readonly Measured[]): readonly ContractEvent[] => {
  const epoch = ledger.nowMs / CREDIT_EPOCH_MS - 1n;
  const digest = { epoch, entries: packEntries(entries), root: filled(1) };
  expect(ledger.run(FIRST, 'RecordDigest', digest).code).toBe(0);
  return ledger.wait(CREDIT_EPOCH_MS);
};
const vote = (ledger: TestLedger, parameter: Parameter, value: bigint): readonly ContractEvent[] => {
  const { proposal } = ledger.run(FIRST, 'ProposeParameter', { parameter, value }).data as { proposal: bigint };
  for (const by of [FIRST, SECOND]) ledger.run(by, 'Vote', { proposal, approve: true });
  return ledger.wait(0n);
};
const publishMore = (ledger: TestLedger): number =>
  ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs({ sourceId: 'another' })).code;
const changes = (events: readonly ContractEvent[]) => events.filter(({ type }) => type === 'PermissionChanged');
const statusOf = (ledger: TestLedger, node: bigint) => nodeOf(ledger.state, node).status;

describe('what credit permits', () => {
  test('a provider whose node fails publishes nothing more, and does again once it is back; what is published stays [8.5.1-c] [8.5.1-d]', () => {
    const ledger = withAgent();
    // Of an account nothing but the history is left: 0.3 · 1000.
    vote(ledger, 'publishCreditMin', 400n);
    const lost = changes(measure(ledger, [{ node: 5n, ...gone }]));
    expect(lost).toMatchObject([
      {
        account: PROVIDER,
        node: 0n,
        permission: 'publish',
        from: true,
        to: false,
        credit: 300n,
        threshold: 400n,
        cause: 'evaluation',
      },
    ]);
    expect(publishMore(ledger)).toBe(resourceCodes.CREDIT_TOO_LOW);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(0);
    ledger.wait(CREDIT_EPOCH_MS);
    const regained = changes(measure(ledger, [{ node: 5n, ...sound }]));
    expect(regained).toMatchObject([{ account: PROVIDER, permission: 'publish', from: false, to: true }]);
    expect(publishMore(ledger)).toBe(0);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a vote about weights changes a permission at the next evaluation, of the same facts [8.5.1-d, 8.5.1-e]', () => {
    const ledger = withAgent();
    const poor = { node: 5n, online: 1_000, activity: 0, probesFailed: 0 };
    // 0.4 · 1000 + 0.2 · 1000 + 0.3 · 1000
    expect(measure(ledger, [poor])).toContainEqual(expect.objectContaining({ to: 900n, cause: 'first-evaluation' }));
    vote(ledger, 'creditOnlineWeight', 0n);
    vote(ledger, 'creditProbesWeight', 0n);
    vote(ledger, 'creditHistoryWeight', 25n);
    expect(isPermitted(ledger.state, PROVIDER, 'publish')).toBe(true);
    ledger.wait(CREDIT_EPOCH_MS);
    // 25 · 1000 ÷ 125
    const events = measure(ledger, [poor]);
    expect(events).toMatchObject([
      { type: 'CreditChanged', from: 900n, to: 200n, cause: 'terms' },
      { type: 'PermissionChanged', permission: 'publish', to: false, credit: 200n, threshold: 300n },
      { type: 'DigestEvaluated' },
    ]);
    expect(publishMore(ledger)).toBe(resourceCodes.CREDIT_TOO_LOW);
  });

  test('a vote about a threshold changes permissions in the next block, of nodes and of accounts without one [8.5.1-c] [8.5.1-d]', () => {
    const ledger = fresh().publish();
    expect(changes(vote(ledger, 'publishCreditMin', 1_000n))).toEqual([]);
    // Nobody takes the order's delivery over: one order of two is broken.
    ledger.run(CUSTOMER, 'Apply', applyArgs());
    expect(changes(ledger.wait(10_000n))).toMatchObject([
      { account: PROVIDER, permission: 'publish', to: false, credit: 500n, threshold: 1_000n, cause: 'order' },
    ]);
    expect(changes(vote(ledger, 'publishCreditMin', 500n))).toMatchObject([
      { account: PROVIDER, permission: 'publish', to: true, credit: 500n, threshold: 500n, cause: 'threshold' },
    ]);
    measure(ledger, [{ node: 1n, ...sound, activity: 0 }]);
    expect(changes(vote(ledger, 'consensusCreditMin', 950n))).toMatchObject([
      { account: 0n, node: 1n, permission: 'consensus', to: false, credit: 900n, threshold: 950n, cause: 'threshold' },
    ]);
    // It could not be spared.
    expect(statusOf(ledger, 1n)).toBe('validating');
  });

  test('a customer who breaks orders has one at a time, and several again after it completed some [8.5.1-c]', () => {
    const ledger = fresh().publish();
    vote(ledger, 'ordersCreditMin', 600n);
    ledger.run(CUSTOMER, 'Apply', applyArgs());
    ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs));
    expect(isPermitted(ledger.state, CUSTOMER, 'orders')).toBe(true);
    ledger.refuse(CUSTOMER, 'orders');
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(agreementCodes.CREDIT_TOO_LOW);
    // It is judged anew with every order that ends.
    const ended = ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'done' });
    expect(changes(ended.events)).toMatchObject([
      { account: CUSTOMER, permission: 'orders', from: false, to: true, credit: 1_000n, cause: 'order' },
    ]);
  });

  test('quality that was not kept, and a contest of it, count in the history [8.5.1-d]', () => {
    const ledger = fresh().publish();
    ledger.run(CUSTOMER, 'Apply', applyArgs({ durationMs: 600_000n, holdMicro: 600_000n }));
    const startsAtMs = ledger.nowMs;
    ledger.run(PROVIDER, 'Prepare', prepareArgs(startsAtMs));
    ledger.wait(600_000n);
    const untilMs = startsAtMs + 600_000n;
    const claim = { agreement: 1n, used: [], runs: runs(['kept', 8], ['down', 2]), untilMs };
    expect(ledger.run(PROVIDER, 'ClaimUsage', claim).code).toBe(0);
    expect(ledger.run(CUSTOMER, 'ContestClaim', { agreement: 1n, reason: 'not-served' }).code).toBe(0);
    vote(ledger, 'publishCreditMin', 501n);
    // (1 completed + 1) ÷ (1 completed + 1 missed + 1 contested + 1)
    expect(changes(ledger.wait(5_000n))).toMatchObject([{ account: PROVIDER, permission: 'publish', credit: 500n }]);
    expect(readFaults(ledger.state, PROVIDER)).toEqual({ qualityMissed: 1n, contestsLost: 1n });
  });
});

describe('validators', () => {
  test('one whose credit is too low leaves at the next epoch, and returns after probation once it is above again [8.5.1-c]', () => {
    const ledger = withFifth();
    const low = measure(ledger, [{ node: 5n, ...gone }]);
    expect(changes(low)).toMatchObject([
      { account: PROVIDER, node: 5n, permission: 'consensus', to: false, credit: 300n, threshold: 600n },
    ]);
    expect(statusOf(ledger, 5n)).toBe('standing-down');
    const left = ledger.wait(EPOCH_MS);
    expect(left).toMatchObject([
      { type: 'ValidatorSetChanged', node: 5n, power: 0n, members: 4n },
      { type: 'ValidatorStandingChanged', node: 5n, from: 'standing-down', to: 'suspended' },
    ]);
    const back = measure(ledger, [{ node: 5n, ...sound }]);
    expect(changes(back)).toMatchObject([{ node: 5n, permission: 'consensus', to: true, credit: 1_000n }]);
    expect(statusOf(ledger, 5n)).toBe('probation');
    ledger.wait(PROBATION_MS);
    expect(statusOf(ledger, 5n)).toBe('returning');
    expect(ledger.wait(EPOCH_MS)).toMatchObject([{ type: 'ValidatorSetChanged', node: 5n, power: 1n, members: 5n }]);
    expect(statusOf(ledger, 5n)).toBe('validating');
    expect(ledger.waiting).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('one that fails again on probation begins it anew; one that is out is removed by vote without a change of the set', () => {
    const ledger = withFifth();
    measure(ledger, [{ node: 5n, ...gone }]);
    ledger.setParameter('probationMs', 10n * EPOCH_MS);
    ledger.wait(EPOCH_MS);
    measure(ledger, [{ node: 5n, ...sound }]);
    expect(statusOf(ledger, 5n)).toBe('probation');
    ledger.wait(CREDIT_EPOCH_MS);
    measure(ledger, [{ node: 5n, ...gone }]);
    expect(statusOf(ledger, 5n)).toBe('suspended');
    expect(ledger.waiting).toEqual([]);
    const { proposal } = ledger.run(FIRST, 'ProposeValidatorRemoval', { node: 5n }).data as { proposal: bigint };
    ledger.run(FIRST, 'Vote', { proposal, approve: true });
    const { events } = ledger.run(SECOND, 'Vote', { proposal, approve: true });
    expect(events.map(({ type }) => type)).toEqual(['VoteCast', 'ProposalDecided', 'NodeRemovalDecided']);
    expect(statusOf(ledger, 5n)).toBe('retired');
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('equivocations cost what their parameter says, and take a validator out with it [8.5.1-c] [8.5.1-d]', () => {
    const ledger = withFifth();
    vote(ledger, 'equivocationCost', 1_000n);
    vote(ledger, 'consensusCreditMin', 750n);
    ledger.evidence(2, 3n);
    const events = measure(ledger, [
      { node: 1n, ...sound },
      { node: 2n, ...sound },
    ]);
    expect(changes(events)).toMatchObject([{ node: 2n, permission: 'consensus', to: false, credit: 700n }]);
    expect(ledger.wait(EPOCH_MS)).toMatchObject([{ node: 2n, power: 0n }, { to: 'suspended' }]);
  });

  test('of several that are too low the worst leaves, and never one of the last four, whatever credits are [8.5.1-c]', () => {
    const entry = fc.record({ node: fc.bigInt(1n, 7n), online: fc.integer({ min: 0, max: 1_000 }) });
    const round = fc.record({
      entries: fc.uniqueArray(entry, { minLength: 1, maxLength: 7, selector: ({ node }) => node }),
      caught: fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
      removed: fc.option(fc.bigInt(1n, 7n), { nil: undefined }),
      threshold: fc.option(fc.bigInt(0n, 1_000n), { nil: undefined }),
      waitMs: fc.constantFrom(0n, 60_000n, 600_000n),
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 8 }), (rounds) => {
        const ledger = fresh();
        ledger.setParameter('epochMs', 100_000n);
        ledger.setParameter('probationMs', 150_000n);
        for (const seed of [5, 6, 7]) {
          const offer = ledger.run(FIRST, 'ProposeValidator', ledger.validatorOffer(seed));
          const { proposal } = offer.data as { proposal: bigint };
          for (const by of [FIRST, SECOND]) ledger.run(by, 'Vote', { proposal, approve: true });
        }
        ledger.wait(300_000n);
        let height = 1n;
        for (const { entries, caught, removed, threshold, waitMs } of rounds) {
          if (threshold !== undefined) vote(ledger, 'consensusCreditMin', threshold);
          if (caught !== undefined) ledger.evidence(caught, height++);
          if (removed !== undefined) {
            const { data } = ledger.run(FIRST, 'ProposeValidatorRemoval', { node: removed });
            const proposal = (data as { proposal: bigint } | undefined)?.proposal;
            if (proposal !== undefined)
              for (const by of [FIRST, SECOND]) ledger.run(by, 'Vote', { proposal, approve: true });
          }
          const digest = entries
            .toSorted((one, other) => Number(one.node - other.node))
            .map(({ node, online }) => ({ node, online, activity: 0, probesFailed: 1_000 - online }))
            .filter(({ node }) => nodeOf(ledger.state, node).status !== 'retired');
          const changed = [
            ...(digest.length === 0 ? [] : measure(ledger, digest)),
            ...ledger.wait(waitMs + CREDIT_EPOCH_MS),
          ];
          const sets = changed.filter((event) => event.type === 'ValidatorSetChanged');
          for (const [index, one] of sets.entries())
            if (index > 0) expect(one.atMs - sets[index - 1]!.atMs).toBeGreaterThanOrEqual(100_000n);
          expect(memberCount(ledger.state)).toBeGreaterThanOrEqual(VALIDATORS_MIN);
          for (const [node, { status }] of liveNodes(ledger.state)) {
            seen.add(status);
            if (status === 'probation') expect(mayValidate(ledger.state, node)).toBe(true);
          }
          expect(brokenInvariants(ledger.state)).toEqual([]);
        }
      }),
      { numRuns: 120 },
    );
    // Each standing was somewhere, so that none of them is left untried.
    for (const status of ['standing-down', 'suspended', 'probation', 'returning']) expect(seen).toContain(status);
  });
});

test('a page asks what would be by the contract’s own rules [8.5.1-d]', () => {
  const history = { completed: 0n, broken: 0n, qualityMissed: 0n, contestsLost: 0n };
  const facts: CreditFacts = {
    online: 1_000n,
    probesFailed: 0n,
    activity: 0n,
    ...history,
    suspensions: 0n,
    equivocations: 0n,
  };
  const terms = {
    weights: { online: 400n, probes: 200n, activity: 100n, history: 300n },
    activityFull: 10n,
    equivocationCost: 500n,
  };
  const thresholds = { consensus: 600n, publish: 300n, orders: 200n };
  const of = {
    nodes: [
      { node: 1n, operator: 0n, isValidator: true, counts: true, facts: { ...facts, equivocations: 2n } },
      {
        node: 5n,
        operator: 1n,
        isValidator: false,
        counts: true,
        facts: { ...facts, online: 0n, probesFailed: 1_000n },
      },
    ],
    accounts: [
      { account: 1n, history },
      { account: 2n, history: { ...history, broken: 9n } },
    ],
  };
  expect(whatIf(of, terms, thresholds)).toEqual({
    nodes: [
      {
        node: 1n,
        credit: 600n,
        mayValidate: true,
        components: { online: 1_000n, probes: 1_000n, activity: 0n, history: 0n },
      },
      {
        node: 5n,
        credit: 300n,
        mayValidate: null,
        components: { online: 0n, probes: 0n, activity: 0n, history: 1_000n },
      },
    ],
    accounts: [
      { account: 1n, credit: 300n, mayPublish: true, mayOrderSeveral: true },
      { account: 2n, credit: 100n, mayPublish: false, mayOrderSeveral: false },
    ],
  });
  expect(permissionsOf(599n, thresholds)).toEqual({ consensus: false, publish: true, orders: true });
});
