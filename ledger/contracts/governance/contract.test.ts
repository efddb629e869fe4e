import { describe, expect, test } from 'vitest';
import { hasRole } from '#ledger/contracts/account/contract.ts';
import { ballots } from '#ledger/contracts/ballots.ts';
import { PARAMETERS, type ContractEvent } from '#ledger/contracts/definitions.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import { filled } from '#ledger/contracts/testing/samples.ts';
import { CUSTOMER, NODES, PROVIDER, TestLedger } from '#ledger/contracts/testing/test-ledger.ts';
import { TREASURY, mint, readBalance } from '#ledger/contracts/token/contract.ts';
import { decode, encode } from '#ledger/core/codec.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { governanceCodes as codes, governanceEvent } from './definition.ts';
import { readParameter, readProposal } from './record.ts';

const [FIRST, SECOND, THIRD] = NODES;
const fresh = () => new TestLedger();
const asked = (role = 'NRP') => {
  const ledger = fresh();
  ledger.run(CUSTOMER, 'RequestRole', { role });
  return ledger;
};
const vote = (who: bigint, approve = true): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'Vote', { proposal: 1n, approve }),
});
const propose = (who: bigint, parameter: string, value: bigint): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'ProposeParameter', { parameter, value }),
});
const grant = (to: bigint, amountMicro: bigint, who: bigint = FIRST): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'ProposeGrant', { to, amountMicro }),
});
const version = (who: bigint, contractName: string, newVersion: bigint): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'ProposeContractVersion', { contractName, newVersion, digest: filled(1) }),
});
const votes = (ledger: TestLedger, list: readonly (readonly [bigint, boolean])[]) => {
  for (const [who, approve] of list) ledger.run(who, 'Vote', { proposal: 1n, approve });
  return ledger;
};

describe('governance', () => {
  runCases(codes, [
    {
      what: 'anyone asks for a role [7.2.1-b]',
      given: fresh,
      when: (ledger) => ledger.run(CUSTOMER, 'RequestRole', { role: 'NRP' }),
      then: ['ProposalOpened'],
    },
    {
      what: 'roles are those of the standard',
      given: fresh,
      when: (ledger) => ledger.run(CUSTOMER, 'RequestRole', { role: 'KING' }),
      then: codes.ROLE_UNKNOWN,
    },
    {
      what: 'nobody asks for what he has',
      given: fresh,
      when: (ledger) => ledger.run(PROVIDER, 'RequestRole', { role: 'NRP' }),
      then: codes.ROLE_ALREADY_HELD,
    },
    {
      what: 'the same request is open once',
      given: asked,
      when: (ledger) => ledger.run(CUSTOMER, 'RequestRole', { role: 'NRP' }),
      then: codes.REQUEST_ALREADY_OPEN,
    },
    {
      what: 'open proposals of one account are bounded',
      given: () => {
        const ledger = fresh();
        for (const name of PARAMETERS) ledger.run(FIRST, 'ProposeParameter', { parameter: name, value: 10_000n });
        for (let to = 1n; to <= 5n; to++) ledger.run(FIRST, 'ProposeGrant', { to, amountMicro: 1n });
        for (const role of ['NRP', 'NRB', 'NRNSM', 'NO']) ledger.run(FIRST, 'RequestRole', { role });
        return ledger;
      },
      ...propose(FIRST, 'contestMs', 99n),
      then: codes.REQUEST_ALREADY_OPEN,
    },
    {
      what: 'a node provider proposes a parameter',
      given: fresh,
      ...propose(FIRST, 'contestMs', 9_000n),
      then: ['ProposalOpened'],
    },
    {
      what: 'parameters come from the list',
      given: fresh,
      ...propose(FIRST, 'gravity', 9n),
      then: codes.PARAMETER_UNKNOWN,
    },
    {
      what: 'a parameter has bounds',
      given: fresh,
      ...propose(FIRST, 'feePerMille', 1_001n),
      then: codes.VALUE_OUT_OF_BOUNDS,
    },
    {
      what: 'a customer proposes no parameter',
      given: fresh,
      ...propose(CUSTOMER, 'contestMs', 9_000n),
      then: codes.NODE_PROVIDER_ROLE_REQUIRED,
    },
    { what: 'a customer does not vote', given: asked, ...vote(CUSTOMER), then: codes.NODE_PROVIDER_ROLE_REQUIRED },
    { what: 'a vote names a proposal', given: fresh, ...vote(FIRST), then: codes.PROPOSAL_UNKNOWN },
    { what: 'one of three does not decide', given: asked, ...vote(FIRST), then: ['VoteCast'] },
    {
      what: 'two of three pass a role at once [7.2.1-b]',
      given: () => votes(asked(), [[FIRST, true]]),
      ...vote(SECOND),
      then: ['VoteCast', 'ProposalDecided', 'RoleGranted'],
    },
    {
      what: 'it is rejected as soon as it can no longer pass',
      given: () => votes(asked(), [[FIRST, false]]),
      ...vote(SECOND, false),
      then: ['VoteCast', 'ProposalDecided'],
    },
    { what: 'one rejection of three leaves it open', given: asked, ...vote(FIRST, false), then: ['VoteCast'] },
    {
      what: 'what is decided takes no vote',
      given: () =>
        votes(asked(), [
          [FIRST, true],
          [SECOND, true],
        ]),
      ...vote(THIRD),
      then: codes.PROPOSAL_CLOSED,
    },
    {
      what: 'what is over but not yet closed takes no vote',
      given: () => {
        const ledger = asked();
        ledger.lag(60_000n);
        return ledger;
      },
      ...vote(FIRST),
      then: codes.PROPOSAL_CLOSED,
    },
    {
      what: 'a node provider votes once',
      given: () => votes(asked(), [[FIRST, true]]),
      ...vote(FIRST),
      then: codes.ALREADY_VOTED,
    },
    { what: 'a node provider proposes a grant', given: fresh, ...grant(CUSTOMER, 5n), then: ['ProposalOpened'] },
    {
      what: 'a customer proposes no grant',
      given: fresh,
      ...grant(CUSTOMER, 5n, CUSTOMER),
      then: codes.NODE_PROVIDER_ROLE_REQUIRED,
    },
    { what: 'a grant names an account', given: fresh, ...grant(99n, 5n), then: codes.RECIPIENT_UNKNOWN },
    { what: 'a grant of nothing is none', given: fresh, ...grant(CUSTOMER, 0n), then: codes.AMOUNT_INVALID },
    {
      what: 'a grant is covered when it is proposed',
      given: fresh,
      ...grant(CUSTOMER, 1_000_000_001n),
      then: codes.TREASURY_TOO_LOW,
    },
    {
      what: 'a node provider proposes the next version of a contract',
      given: fresh,
      ...version(FIRST, 'token', 2n),
      then: ['ProposalOpened'],
    },
    {
      what: 'a customer proposes no version',
      given: fresh,
      ...version(CUSTOMER, 'token', 2n),
      then: codes.NODE_PROVIDER_ROLE_REQUIRED,
    },
    {
      what: 'a version is of a contract that there is',
      given: fresh,
      ...version(FIRST, 'gravity', 2n),
      then: codes.CONTRACT_UNKNOWN,
    },
    {
      what: 'the name of a contract is no word of the language',
      given: fresh,
      ...version(FIRST, '__proto__', 2n),
      then: codes.CONTRACT_UNKNOWN,
    },
    {
      what: 'the machine changes with the program, by no vote',
      given: fresh,
      ...version(FIRST, 'machine', 2n),
      then: codes.CONTRACT_UNKNOWN,
    },
    ...[0n, 1n, 3n, (1n << 32n) - 1n].map((to) => ({
      what: `version ${to} does not follow the first`,
      given: fresh,
      ...version(FIRST, 'token', to),
      then: codes.VERSION_NOT_NEXT,
    })),
    {
      what: 'a passed version is scheduled two epochs ahead [6.2.1-b]',
      given: () => {
        const ledger = fresh();
        ledger.run(FIRST, 'ProposeContractVersion', { contractName: 'token', newVersion: 2n, digest: filled(1) });
        return votes(ledger, [[FIRST, true]]);
      },
      ...vote(SECOND),
      then: ['VoteCast', 'ProposalDecided', 'ContractVersionScheduled'],
    },
    {
      what: 'a vote for a version that came meanwhile can no longer be carried out',
      given: () => {
        const ledger = fresh();
        const args = { contractName: 'token', newVersion: 2n, digest: filled(1) };
        ledger.run(FIRST, 'ProposeContractVersion', args);
        const facts = { ...args, proposal: 1n, height: 9n, atMs: ledger.nowMs };
        evolve(ledger.state, governanceEvent('ContractVersionActivated', facts));
        return votes(ledger, [[FIRST, true]]);
      },
      ...vote(SECOND),
      then: codes.VERSION_NOT_NEXT,
    },
    {
      what: 'a grant is covered when it is decided; the vote can be cast again',
      given: () => {
        const ledger = fresh();
        ledger.run(FIRST, 'ProposeGrant', { to: CUSTOMER, amountMicro: 600_000_000n });
        ledger.run(SECOND, 'ProposeGrant', { to: PROVIDER, amountMicro: 600_000_000n });
        for (const who of [FIRST, SECOND]) ledger.run(who, 'Vote', { proposal: 2n, approve: true });
        return votes(ledger, [[FIRST, true]]);
      },
      ...vote(SECOND),
      then: codes.TREASURY_TOO_LOW,
    },
  ]);

  test('a passed role, parameter and grant take effect with the vote', () => {
    const ledger = asked();
    votes(ledger, [
      [FIRST, true],
      [SECOND, true],
    ]);
    expect(hasRole(ledger.state, CUSTOMER, 'NRP')).toBe(true);
    ledger.run(FIRST, 'ProposeParameter', { parameter: 'contestMs', value: 9_000n });
    ledger.run(SECOND, 'ProposeGrant', { to: CUSTOMER, amountMicro: 77n });
    for (const proposal of [2n, 3n])
      for (const who of [FIRST, THIRD]) ledger.run(who, 'Vote', { proposal, approve: true });
    expect(readParameter(ledger.state, 'contestMs')).toBe(9_000n);
    expect(readBalance(ledger.state, CUSTOMER).balanceMicro).toBe(100_000_077n);
  });

  test('a proposal that nobody decides expires by itself and may be made again', () => {
    const ledger = votes(asked(), [[FIRST, true]]);
    const [decided] = ledger.wait(60_000n);
    expect(decided).toMatchObject({ type: 'ProposalDecided', outcome: 'expired', approvals: 1n, electorate: 3n });
    expect(readProposal(ledger.state, 1n)?.status).toBe('expired');
    expect(ledger.run(CUSTOMER, 'RequestRole', { role: 'NRP' }).code).toBe(0);
  });

  test('a decided proposal waits for nothing more', () => {
    const ledger = votes(asked(), [
      [FIRST, true],
      [SECOND, true],
    ]);
    expect(ledger.waiting).toEqual([]);
    expect(ledger.wait(120_000n)).toEqual([]);
  });

  test('two thirds are counted of the node providers of the moment', () => {
    const ledger = asked('NRNSP');
    votes(ledger, [
      [FIRST, true],
      [SECOND, true],
    ]);
    ledger.run(PROVIDER, 'RequestRole', { role: 'NRNSP' });
    for (const who of [FIRST, SECOND])
      expect(ledger.run(who, 'Vote', { proposal: 2n, approve: true }).events).toHaveLength(1);
    const third = ledger.run(CUSTOMER, 'Vote', { proposal: 2n, approve: true });
    expect(third.events[1]).toMatchObject({
      type: 'ProposalDecided',
      approvals: 3n,
      electorate: 4n,
      outcome: 'passed',
    });
  });
});

interface Question {
  readonly method: string;
  /** What is proposed; the same question in other words; and another question, null where the method has only one. */
  readonly asked: (ledger: TestLedger) => Args;
  readonly same: (ledger: TestLedger) => Args;
  readonly other: ((ledger: TestLedger) => Args) | null;
  /** The account that it concerns, 0 for nobody. */
  readonly concerns: bigint;
}

const QUESTIONS: readonly Question[] = [
  {
    method: 'RequestRole',
    concerns: FIRST,
    asked: () => ({ role: 'NRP' }),
    same: () => ({ role: 'NRP' }),
    other: () => ({ role: 'NRB' }),
  },
  {
    method: 'ProposeParameter',
    concerns: 0n,
    asked: () => ({ parameter: 'contestMs', value: 9_000n }),
    same: () => ({ parameter: 'contestMs', value: 8_000n }),
    other: () => ({ parameter: 'deliveryMs', value: 9_000n }),
  },
  {
    method: 'ProposeGrant',
    concerns: CUSTOMER,
    asked: () => ({ to: CUSTOMER, amountMicro: 5n }),
    same: () => ({ to: CUSTOMER, amountMicro: 6n }),
    other: () => ({ to: PROVIDER, amountMicro: 5n }),
  },
  {
    method: 'ProposeValidator',
    concerns: PROVIDER,
    asked: (ledger) => ledger.validatorOffer(5),
    same: (ledger) => ledger.validatorOffer(5, { name: 'another name', operator: CUSTOMER }),
    other: (ledger) => ledger.validatorOffer(6),
  },
  {
    method: 'ProposeValidatorRemoval',
    concerns: 0n,
    asked: () => ({ node: 1n }),
    same: () => ({ node: 1n }),
    other: () => ({ node: 2n }),
  },
  {
    method: 'ProposeAccessRules',
    concerns: 0n,
    asked: () => ({ rules: [{ rule: 'true', sentence: 'Any.' }] }),
    same: () => ({ rules: [] }),
    other: null,
  },
  {
    method: 'ProposeContractVersion',
    concerns: 0n,
    asked: () => ({ contractName: 'token', newVersion: 2n, digest: filled(1) }),
    same: () => ({ contractName: 'token', newVersion: 2n, digest: filled(2) }),
    other: () => ({ contractName: 'resource', newVersion: 2n, digest: filled(1) }),
  },
  {
    method: 'ProposeAlgorithmRefusal',
    concerns: 0n,
    asked: () => ({ algorithm: filled(1), reason: 'malicious' }),
    same: () => ({ algorithm: filled(1), reason: 'licence' }),
    other: () => ({ algorithm: filled(2), reason: 'malicious' }),
  },
];

/** Five validators, so that one may leave. */
const withFifth = (): TestLedger => {
  const ledger = fresh();
  ledger.run(FIRST, 'ProposeValidator', ledger.validatorOffer(7));
  for (const who of [FIRST, SECOND]) ledger.run(who, 'Vote', { proposal: 1n, approve: true });
  ledger.wait(1_000_000n);
  return ledger;
};

describe('methods that a vote decides', () => {
  test('are these: a new one needs its questions here', () => {
    expect(QUESTIONS.map(({ method }) => method).toSorted()).toEqual(Object.keys(ballots).toSorted());
  });

  test.each(QUESTIONS)(
    '$method: the proposal carries what was signed, byte for byte, and whom it concerns',
    ({ method, asked: args, concerns }) => {
      const ledger = withFifth();
      const signed = args(ledger);
      const { events } = ledger.run(FIRST, method, signed);
      const opened = events[0] as Extract<ContractEvent, { type: 'ProposalOpened' }>;
      expect(opened).toMatchObject({ type: 'ProposalOpened', by: FIRST, method, concerns });
      expect(opened.args).toEqual(encode(signed));
      expect(decode(opened.args)).toEqual({ ok: true, value: signed });
      expect(readProposal(ledger.state, 2n)).toMatchObject({ method, args: opened.args });
    },
  );

  test.each(QUESTIONS)(
    '$method: one account asks the same question once at a time, by what the definition says it is about',
    ({ method, asked: args, same, other }) => {
      const ledger = withFifth();
      expect(ledger.run(FIRST, method, args(ledger)).code).toBe(0);
      expect(ledger.run(FIRST, method, same(ledger)).code).toBe(codes.REQUEST_ALREADY_OPEN);
      if (other !== null) expect(ledger.run(FIRST, method, other(ledger)).code).toBe(0);
      expect(ledger.run(SECOND, method, args(ledger)).code).toBe(0);
      ledger.wait(60_000n);
      expect(ledger.run(FIRST, method, same(ledger)).code).toBe(0);
    },
  );

  test('a vote that could not be carried out was not cast, and decides when it is cast again', () => {
    const ledger = fresh();
    ledger.run(FIRST, 'ProposeGrant', { to: CUSTOMER, amountMicro: 900_000_000n });
    ledger.run(SECOND, 'ProposeGrant', { to: PROVIDER, amountMicro: 900_000_000n });
    for (const who of [FIRST, SECOND]) ledger.run(who, 'Vote', { proposal: 2n, approve: true });
    ledger.run(FIRST, 'Vote', { proposal: 1n, approve: true });
    const before = ledger.state.bytes();
    expect(ledger.run(SECOND, 'Vote', { proposal: 1n, approve: true }).code).toBe(codes.TREASURY_TOO_LOW);
    expect(ledger.state.bytes()).toEqual(before);
    expect(readProposal(ledger.state, 1n)).toMatchObject({ status: 'open', approvals: 1n });
    for (const event of mint(TREASURY, 900_000_000n)) evolve(ledger.state, event);
    expect(ledger.run(SECOND, 'Vote', { proposal: 1n, approve: true }).data).toEqual({ outcome: 'passed' });
    expect(readBalance(ledger.state, CUSTOMER).balanceMicro).toBe(1_000_000_000n);
  });
});
