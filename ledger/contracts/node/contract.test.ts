import { describe, expect, test } from 'vitest';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import { filled } from '#ledger/contracts/testing/samples.ts';
import {
  CUSTOMER,
  NODES,
  PROVIDER,
  START_MS,
  TestLedger,
  applyArgs,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nodeCodes } from './definition.ts';
import { NODES_LIVE_MAX, liveNodes, readNode } from './record.ts';

const [FIRST, SECOND, THIRD] = NODES;
const EPOCH_MS = 600_000n;
/** Those of validators: the register's are in its own test. */
const codes = Object.fromEntries(
  Object.entries(nodeCodes).filter(
    ([, code]) => code < nodeCodes.NODE_KEY_REQUIRED || code === nodeCodes.OPERATOR_CREDIT_TOO_LOW,
  ),
) as typeof nodeCodes;

const key = (seed: number) => crypto.publicKey(filled(seed));
const propose = (ledger: TestLedger, seed: number, fields: Args = {}): Outcome =>
  ledger.run(FIRST, 'ProposeValidator', ledger.validatorOffer(seed, fields));
const proposeRemoval = (ledger: TestLedger, node: bigint): Outcome =>
  ledger.run(FIRST, 'ProposeValidatorRemoval', { node });
/** Two of the three node providers: enough. Returns what the deciding vote brought. */
const pass = (ledger: TestLedger, { data }: Outcome): Outcome => {
  const { proposal } = data as { proposal: bigint };
  ledger.run(FIRST, 'Vote', { proposal, approve: true });
  return ledger.run(SECOND, 'Vote', { proposal, approve: true });
};
const add = (ledger: TestLedger, seed: number): Outcome => pass(ledger, propose(ledger, seed));
/** Genesis' four, and V5, V6, … in the set, each an epoch after the other. */
const grown = (extra: number, epochMs = EPOCH_MS): TestLedger => {
  const ledger = new TestLedger({ epochMs });
  for (let seed = 5; seed < 5 + extra; seed++) {
    add(ledger, seed);
    ledger.wait(epochMs);
  }
  return ledger;
};
const statuses = (ledger: TestLedger) => liveNodes(ledger.state).map(([, node]) => node.status);
const types = (events: readonly { type: string }[]) => events.map((event) => event.type);

const offering = (seed: number, fields: Args = {}): Pick<Case, 'when'> => ({
  when: (ledger) => propose(ledger, seed, fields),
});
const removing = (node: bigint): Pick<Case, 'when'> => ({ when: (ledger) => proposeRemoval(ledger, node) });
const fresh = () => new TestLedger();

describe('node', () => {
  runCases(codes, [
    {
      what: 'a node provider proposes a validator whose key its holder offers [8.5.1-b]',
      given: fresh,
      ...offering(5),
      then: ['ProposalOpened'],
    },
    { what: 'a node has a name', given: fresh, ...offering(5, { name: '' }), then: codes.NAME_INVALID },
    {
      what: 'a name is at most 64 characters',
      given: fresh,
      ...offering(5, { name: 'x'.repeat(65) }),
      then: codes.NAME_INVALID,
    },
    {
      what: 'a key is compressed',
      given: fresh,
      ...offering(5, { publicKey: new Uint8Array(33).fill(4) }),
      then: codes.KEY_INVALID,
    },
    {
      what: 'an account answers for a node',
      given: fresh,
      ...offering(5, { operator: 99n }),
      then: codes.OPERATOR_UNKNOWN,
    },
    {
      what: 'one whose credit is too low answers for none [8.5.1-c]',
      given: () => {
        const ledger = fresh();
        // Two orders that nobody delivers: a third of the history is left.
        ledger.publish();
        for (let order = 1; order <= 2; order++) ledger.run(CUSTOMER, 'Apply', applyArgs());
        ledger.wait(10_000n);
        return ledger;
      },
      ...offering(5),
      then: codes.OPERATOR_CREDIT_TOO_LOW,
    },
    {
      what: 'nobody offers a key that he does not hold',
      given: fresh,
      ...offering(5, { publicKey: key(6) }),
      then: codes.KEY_NOT_PROVED,
    },
    {
      what: 'a proof is made for one operator',
      given: fresh,
      when: (ledger) =>
        ledger.run(FIRST, 'ProposeValidator', {
          ...ledger.validatorOffer(5, { operator: CUSTOMER }),
          operator: PROVIDER,
        }),
      then: codes.KEY_NOT_PROVED,
    },
    {
      what: 'a proof has the shape of a signature',
      given: fresh,
      ...offering(5, { proof: new Uint8Array(3) }),
      then: codes.KEY_NOT_PROVED,
    },
    {
      what: 'a key that is no point of the curve proves nothing',
      given: fresh,
      ...offering(5, { publicKey: new Uint8Array(33).fill(2) }),
      then: codes.KEY_NOT_PROVED,
    },
    { what: 'a key belongs to one live node', given: fresh, ...offering(1), then: codes.KEY_IN_USE },
    {
      what: 'the set is bounded',
      given: () => grown(NODES_LIVE_MAX - 4),
      ...offering(99),
      then: codes.VALIDATORS_FULL,
    },
    { what: 'a removal names a node', given: () => grown(1), ...removing(9n), then: codes.NODE_UNKNOWN },
    {
      what: 'a node that waits for its place is not removed',
      given: () => {
        const ledger = grown(1);
        add(ledger, 6);
        add(ledger, 7);
        return ledger;
      },
      ...removing(7n),
      then: codes.NODE_NOT_VALIDATING,
    },
    {
      what: 'a node is removed once',
      given: () => {
        const ledger = grown(2);
        pass(ledger, proposeRemoval(ledger, 6n));
        return ledger;
      },
      ...removing(6n),
      then: codes.NODE_NOT_VALIDATING,
    },
    { what: 'four validators remain', given: fresh, ...removing(1n), then: codes.TOO_FEW_VALIDATORS },
    {
      what: 'one that is leaving does not count as one that remains',
      given: () => {
        const ledger = grown(1);
        add(ledger, 6);
        for (const node of [5n, 6n]) pass(ledger, proposeRemoval(ledger, node));
        return ledger;
      },
      ...removing(1n),
      then: codes.TOO_FEW_VALIDATORS,
    },
    {
      what: 'a key that was taken meanwhile refuses the deciding vote, which can be cast again',
      given: () => {
        const ledger = fresh();
        propose(ledger, 5);
        pass(ledger, ledger.run(SECOND, 'ProposeValidator', ledger.validatorOffer(5)));
        ledger.run(FIRST, 'Vote', { proposal: 1n, approve: true });
        return ledger;
      },
      when: (ledger) => ledger.run(SECOND, 'Vote', { proposal: 1n, approve: true }),
      then: codes.KEY_IN_USE,
    },
    {
      what: 'a removal that another vote decided first refuses the deciding vote',
      given: () => {
        const ledger = grown(2);
        proposeRemoval(ledger, 6n);
        pass(ledger, ledger.run(SECOND, 'ProposeValidatorRemoval', { node: 6n }));
        ledger.run(FIRST, 'Vote', { proposal: 3n, approve: true });
        return ledger;
      },
      when: (ledger) => ledger.run(THIRD, 'Vote', { proposal: 3n, approve: true }),
      then: codes.NODE_NOT_VALIDATING,
    },
  ]);

  test('genesis names the first nodes; nobody’s account answers for them', () => {
    const { state } = fresh();
    expect(liveNodes(state).map(([id]) => id)).toEqual([1n, 2n, 3n, 4n]);
    expect(readNode(state, 1n)).toMatchObject({ name: 'V1', operator: 0n, class: 'consensus', status: 'validating' });
  });

  test('a passed vote admits and classifies a validator, and changes the set at once when no change is near [6.2.1-b] [7.2.2-d]', () => {
    const ledger = fresh();
    const { events } = add(ledger, 5);
    expect(types(events)).toEqual(['VoteCast', 'ProposalDecided', 'NodeAdmitted', 'ValidatorSetChanged']);
    expect(events[3]).toMatchObject({ node: 5n, publicKey: key(5), power: 1n, members: 5n });
    expect(readNode(ledger.state, 5n)).toMatchObject({ operator: PROVIDER, class: 'consensus', status: 'validating' });
    expect(ledger.waiting).toEqual([]);
  });

  test('the set changes once an epoch, in the order of the votes', () => {
    const ledger = fresh();
    add(ledger, 5);
    expect(types(add(ledger, 6).events)).toEqual(['VoteCast', 'ProposalDecided', 'NodeAdmitted']);
    expect(types(pass(ledger, proposeRemoval(ledger, 1n)).events).at(-1)).toBe('NodeRemovalDecided');
    expect(statuses(ledger)).toEqual(['leaving', 'validating', 'validating', 'validating', 'validating', 'waiting']);
    expect(ledger.waiting.map((item) => item.atMs)).toEqual([START_MS + EPOCH_MS, START_MS + 2n * EPOCH_MS]);
    expect(ledger.wait(EPOCH_MS - 1n)).toEqual([]);
    expect(ledger.wait(1n)).toMatchObject([{ type: 'ValidatorSetChanged', node: 6n, power: 1n, members: 6n }]);
    expect(ledger.wait(EPOCH_MS)).toMatchObject([{ type: 'ValidatorSetChanged', node: 1n, power: 0n, members: 5n }]);
    expect(readNode(ledger.state, 1n)?.status).toBe('retired');
  });

  test('changes that came due in one idle time still happen an epoch apart', () => {
    const ledger = fresh();
    for (const seed of [5, 6, 7]) add(ledger, seed);
    ledger.lag(5n * EPOCH_MS);
    expect(ledger.wait(0n)).toMatchObject([{ type: 'ValidatorSetChanged', node: 6n }]);
    expect(ledger.wait(EPOCH_MS)).toMatchObject([{ type: 'ValidatorSetChanged', node: 7n }]);
    expect(ledger.waiting).toEqual([]);
  });

  test('a removal that would leave too few when its time comes does not happen, and says so', () => {
    const ledger = grown(1);
    const removals = [1n, 2n].map((node) => proposeRemoval(ledger, node));
    expect(types(pass(ledger, removals[0]!).events).at(-1)).toBe('ValidatorSetChanged');
    expect(types(pass(ledger, removals[1]!).events).at(-1)).toBe('NodeRemovalDecided');
    expect(ledger.wait(EPOCH_MS)).toMatchObject([
      { type: 'NodeRemovalDropped', node: 2n, reason: 'too-few-validators', members: 4n },
    ]);
    expect(readNode(ledger.state, 2n)?.status).toBe('validating');
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a removal that would take effect with its vote is checked with it', () => {
    const ledger = grown(1, 1_000n);
    const removals = [1n, 2n].map((node) => proposeRemoval(ledger, node));
    pass(ledger, removals[0]!);
    ledger.wait(1_000n);
    expect(types(pass(ledger, removals[1]!).events).slice(2)).toEqual(['NodeRemovalDecided', 'NodeRemovalDropped']);
    expect(readNode(ledger.state, 2n)?.status).toBe('validating');
  });

  test('a retired node’s key may come back as a new node, and evidence then names the new one', () => {
    const ledger = grown(1);
    pass(ledger, proposeRemoval(ledger, 5n));
    ledger.wait(EPOCH_MS);
    expect(add(ledger, 5).events.at(-1)).toMatchObject({ type: 'ValidatorSetChanged', node: 6n, power: 1n });
    expect(ledger.evidence(5, 3n)).toMatchObject([{ node: 6n }]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('an equivocation is counted once a height on its node, also when the node has retired', () => {
    const ledger = grown(1);
    pass(ledger, proposeRemoval(ledger, 5n));
    expect(ledger.evidence(5, 7n)).toMatchObject([
      { type: 'EquivocationRecorded', node: 5n, height: 7n, timeMs: ledger.nowMs, equivocations: 1n },
    ]);
    expect(ledger.evidence(5, 7n)).toEqual([]);
    expect(ledger.evidence(5, 8n)).toMatchObject([{ equivocations: 2n }]);
    expect(ledger.evidence(77, 7n)).toEqual([]);
    expect(readNode(ledger.state, 5n)).toMatchObject({ status: 'retired', equivocations: 2n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });
});
