import { describe, expect, test } from 'vitest';
import { grantRole } from '#ledger/contracts/account/contract.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { nodeEvent } from '#ledger/contracts/node/definition.ts';
import { due, evolve } from '#ledger/contracts/registry.ts';
import { runCases } from '#ledger/contracts/testing/cases.ts';
import { filled } from '#ledger/contracts/testing/samples.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import { creditCodes as codes } from './definition.ts';
import { medianOf, packEntries, unpackEntries, type Measured } from './digest.ts';
import { creditTables, readCredit } from './record.ts';
import { componentsOf, creditOf } from './score.ts';

const EPOCH_MS = 60_000n;
const MAINTAINERS = NODES;
const [FIRST, SECOND, THIRD] = MAINTAINERS;

const fresh = () => {
  const ledger = new TestLedger({ openAgreementsMax: 50n });
  for (const by of MAINTAINERS) evolve(ledger.state, grantRole(by, 'NRNSM', 0n));
  return ledger;
};
/** Nodes 5 to 104 beside the four validators. */
const withNodes = (): TestLedger => {
  const ledger = fresh();
  const facts = { name: 'a', class: 'service', operator: PROVIDER, address: filled(1, 20) } as const;
  for (let key = 1n; key <= 100n; key++)
    evolve(
      ledger.state,
      nodeEvent('NodeRegistered', {
        node: 4n + key,
        ...facts,
        key,
        software: '1.0.0',
        endpoint: '',
        atMs: ledger.nowMs,
      }),
    );
  return ledger;
};
const measured = (node: bigint, fields: Partial<Measured> = {}): Measured => ({
  node,
  online: 1_000,
  activity: 10,
  probesFailed: 0,
  ...fields,
});
const lastEpoch = (ledger: TestLedger): bigint => ledger.nowMs / EPOCH_MS - 1n;
const record = (
  ledger: TestLedger,
  entries: Measured[] | Uint8Array,
  by: bigint = FIRST,
  epoch = lastEpoch(ledger),
): Outcome =>
  ledger.run(by, 'RecordDigest', {
    epoch,
    entries: entries instanceof Uint8Array ? entries : packEntries(entries),
    root: filled(1),
  });
const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);

describe('credit', () => {
  runCases(codes, [
    {
      what: 'a maintainer records the epoch that is over',
      given: fresh,
      when: (ledger) => record(ledger, [measured(1n), measured(2n)]),
      then: ['DigestRecorded'],
    },
    {
      what: 'nobody else does',
      given: fresh,
      when: (ledger) => record(ledger, [measured(1n)], CUSTOMER),
      then: codes.MAINTAINER_ROLE_REQUIRED,
    },
    {
      what: 'an epoch that runs is not recorded',
      given: fresh,
      when: (ledger) => record(ledger, [measured(1n)], FIRST, lastEpoch(ledger) + 1n),
      then: codes.EPOCH_NOT_OVER,
    },
    {
      what: 'nor one that is long over',
      given: fresh,
      when: (ledger) => record(ledger, [measured(1n)], FIRST, lastEpoch(ledger) - 1n),
      then: codes.EPOCH_NOT_OVER,
    },
    ...[
      ['nothing', []],
      ['what is out of order', [measured(2n), measured(1n)]],
      ['a node twice', [measured(1n), measured(1n)]],
      ['more than the whole time', [measured(1n, { online: 1_001 })]],
      ['more failed probes than probes', [measured(1n, { probesFailed: 1_001 })]],
      ['half an entry', new Uint8Array(24)],
    ].map(([what, entries]) => ({
      what: `${what as string} is no digest`,
      given: fresh,
      when: (ledger: TestLedger) => record(ledger, entries as Measured[]),
      then: codes.ENTRIES_INVALID,
    })),
    {
      what: 'a node that there is not has no credit',
      given: fresh,
      when: (ledger) => record(ledger, [measured(99n)]),
      then: codes.NODE_UNKNOWN,
    },
    {
      what: 'a maintainer measures a node once an epoch',
      given: () => {
        const ledger = fresh();
        record(ledger, [measured(1n), measured(2n)]);
        return ledger;
      },
      when: (ledger) => record(ledger, [measured(2n), measured(3n)]),
      then: codes.RECORDED_ALREADY,
    },
    {
      what: 'digests of an epoch are bounded',
      given: () => {
        const ledger = fresh();
        for (let node = 1n; node <= 4n; node++) record(ledger, [measured(node)]);
        const numbers = Array.from({ length: 64 }, (_, index) => BigInt(index < 4 ? index + 1 : 1));
        ledger.state.write(creditTables.epochs, lastEpoch(ledger), numbers);
        return ledger;
      },
      when: (ledger) => record(ledger, [measured(1n)], SECOND),
      then: codes.TOO_MANY_DIGESTS,
    },
  ]);

  test('credit follows at the end of the next epoch, with its components; what did not change is no event', () => {
    const ledger = fresh();
    record(ledger, [measured(1n, { online: 900, probesFailed: 100, activity: 5 }), measured(2n)]);
    const events = ledger.wait(2n * EPOCH_MS);
    expect(types(events)).toEqual(['CreditChanged', 'CreditChanged', 'DigestEvaluated']);
    // 0.4 · 900 + 0.2 · 900 + 0.1 · 500 + 0.3 · 1000
    expect(events[0]).toMatchObject({
      node: 1n,
      from: 0n,
      to: 890n,
      online: 900n,
      probes: 900n,
      activity: 500n,
      history: 1_000n,
    });
    expect(readCredit(ledger.state, 2n)).toBe(1_000n);
    expect(ledger.state.scan(creditTables.digests)).toEqual([]);
    record(ledger, [measured(1n, { online: 900, probesFailed: 100, activity: 5 })]);
    expect(types(ledger.wait(2n * EPOCH_MS))).toEqual(['DigestEvaluated']);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('an equivocation costs what its parameter says', () => {
    const ledger = fresh();
    ledger.evidence(1, 3n);
    record(ledger, [measured(1n)]);
    expect(ledger.wait(2n * EPOCH_MS)[0]).toMatchObject({ history: 500n, to: 850n });
  });

  test('of several maintainers the median counts, of two the lower; one who is far off three times is named', () => {
    const ledger = fresh();
    for (let times = 1; times <= 3; times++) {
      record(ledger, [measured(1n, { online: 900 })], FIRST);
      record(ledger, [measured(1n, { online: 1_000 }), measured(2n, { online: 500 })], SECOND);
      record(ledger, [measured(1n, { online: 100 }), measured(2n, { online: 600 })], THIRD);
      const events = ledger.wait(2n * EPOCH_MS);
      if (times === 1) expect(events.slice(0, 2)).toMatchObject([{ online: 900n }, { node: 2n, online: 500n }]);
      expect(events.filter(({ type }) => type === 'MaintainerFarOff')).toMatchObject(
        times < 3 ? [] : [{ by: THIRD, farOff: 3n }],
      );
    }
    record(ledger, [measured(1n)], THIRD);
    ledger.wait(2n * EPOCH_MS);
    expect(ledger.state.scan(creditTables.farOff)).toEqual([]);
  });

  test('sixty-four nodes are evaluated at a time, each once, also of digests that share some', () => {
    const ledger = withNodes();
    const all = Array.from({ length: 104 }, (_, index) => measured(BigInt(index + 1)));
    record(ledger, all.slice(0, 60), FIRST);
    record(ledger, all.slice(60), FIRST);
    record(ledger, all.slice(30, 90), SECOND);
    const events = ledger.wait(2n * EPOCH_MS);
    const changed = events
      .filter(({ type }) => type === 'CreditChanged')
      .map((event) => (event as { node: bigint }).node);
    expect(changed).toEqual(all.map(({ node }) => node));
    expect(types(events.slice(104))).toEqual(['DigestEvaluated', 'DigestEvaluated']);
    expect(ledger.waiting).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('what is evaluated is bounded: the rest waits for the next piece of due work', () => {
    const ledger = withNodes();
    record(
      ledger,
      Array.from({ length: 104 }, (_, index) => measured(BigInt(index + 1))),
    );
    const [item] = ledger.waiting;
    const first = due(ledger.state, item!, { nowMs: item!.atMs, height: 1n }, ledger.offers);
    expect(first.events).toHaveLength(64);
    expect(first.due).toMatchObject([{ atMs: item!.atMs, kind: 'evaluate' }]);
  });

  test('a portal, as any common node that was admitted, has a credit that changes with what was measured [8.5.1-d]', () => {
    const ledger = fresh().publish();
    const said = { class: 'common', software: '1.0.0', endpoint: 'https://portal.test', name: 'portal' };
    ledger.run(PROVIDER, 'RegisterNode', said, { key: AGENT_KEY });
    ledger.run(FIRST, 'AdmitNode', { node: 5n });
    record(ledger, [measured(5n)]);
    const changes = (events: readonly { type: string }[]) => events.filter(({ type }) => type === 'CreditChanged');
    const evaluated = changes(ledger.wait(2n * EPOCH_MS));
    expect(evaluated).toMatchObject([{ node: 5n, operator: PROVIDER, to: 1_000n }]);
    record(ledger, [measured(5n, { online: 400, probesFailed: 500, activity: 0 })]);
    const fallen = changes(ledger.wait(2n * EPOCH_MS));
    expect(fallen).toMatchObject([{ node: 5n, from: 1_000n, to: 560n, cause: 'online' }]);
    expect(readCredit(ledger.state, 5n)).toBe(560n);
  });

  test('rules for access read the lowest credit of an operator’s nodes, and while there is none its history', () => {
    const ledger = fresh().publish();
    const said = { class: 'service', software: '1.0.0', endpoint: '' };
    ledger.run(PROVIDER, 'RegisterNode', { ...said, name: 'a' }, { key: AGENT_KEY });
    ledger.run(FIRST, 'AdmitNode', { node: 5n });
    ledger.authorizeAgent({ ...ledger.keyOffer(41, PROVIDER), label: 'second' });
    ledger.run(PROVIDER, 'RegisterNode', { ...said, name: 'b' }, { key: 2n });
    const rules = [{ rule: 'operator.credit < 1000', sentence: 'It was found wanting.' }];
    const { proposal } = ledger.run(FIRST, 'ProposeAccessRules', { rules }).data as { proposal: bigint };
    for (const by of [FIRST, SECOND]) ledger.run(by, 'Vote', { proposal, approve: true });
    expect(types(ledger.run(FIRST, 'AdmitNode', { node: 6n }).events)).toEqual(['NodeAdmissionRefused']);
    record(ledger, [measured(5n, { online: 900 })]);
    ledger.wait(2n * EPOCH_MS);
    expect(types(ledger.run(FIRST, 'AdmitNode', { node: 6n }).events)).toEqual(['NodeStatusChanged']);
  });
});

test('entries are unpacked as they were packed', () => {
  const entries = [measured(1n, { activity: 4_000_000_000 }), measured(7n, { online: 3, probesFailed: 999 })];
  expect(unpackEntries(packEntries(entries))).toEqual(entries);
  expect(medianOf([3, 1, 2].map((activity) => measured(1n, { activity }))).activity).toBe(2);
});

test('credit stays from 0 to 1000, and is 0 where nothing weighs', () => {
  const terms = {
    weights: { online: 1n, probes: 1n, activity: 1n, history: 1n },
    activityFull: 1n,
    equivocationCost: 1_000n,
  };
  const facts = {
    online: 0n,
    probesFailed: 1_000n,
    activity: 9n,
    completed: 0n,
    broken: 9n,
    qualityMissed: 0n,
    contestsLost: 0n,
    suspensions: 9n,
    equivocations: 9n,
  };
  expect(componentsOf(facts, terms)).toEqual({ online: 0n, probes: 0n, activity: 1_000n, history: 0n });
  expect(creditOf(componentsOf(facts, terms), terms.weights)).toBe(250n);
  expect(creditOf(componentsOf(facts, terms), { online: 0n, probes: 0n, activity: 0n, history: 0n })).toBe(0n);
});
