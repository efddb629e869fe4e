import { describe, expect, test } from 'vitest';
import { agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { readAgreement } from '#ledger/contracts/agreement/record.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readListing } from '#ledger/contracts/resource/contract.ts';
import { resourceCodes } from '#ledger/contracts/resource/definition.ts';
import { CLOCK_AHEAD_MS_MAX } from '#ledger/contracts/shared/clock.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import { filled, places } from '#ledger/contracts/testing/samples.ts';
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
  prepareArgs,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nodeCodes } from './definition.ts';
import { readRegistered } from './register-record.ts';

const [FIRST, SECOND] = NODES;
/** Genesis names four validators. */
const NODE = 5n;
const AGENT = { key: AGENT_KEY };
const PROBATION_MS = 30_000n;
const SILENCE_MS = 20_000n;

const said = (fields: Args = {}): Args => ({
  class: 'service',
  name: 'Seattle agent',
  software: '1.4.0',
  endpoint: 'https://agent.example:8443',
  ...fields,
});
const register = (ledger: TestLedger, fields: Args = {}): Outcome =>
  ledger.run(PROVIDER, 'RegisterNode', said(fields), AGENT);
const update = (ledger: TestLedger, fields: Args = {}): Outcome =>
  ledger.run(PROVIDER, 'UpdateNode', { software: '1.5.0', endpoint: '', ...fields }, AGENT);
const admit = (ledger: TestLedger, node = NODE): Outcome => ledger.run(FIRST, 'AdmitNode', { node });
const report = (ledger: TestLedger, fields: Args = {}, by: bigint = SECOND): Outcome =>
  ledger.run(by, 'ReportNode', { node: NODE, cause: 'not-reachable', sinceMs: ledger.nowMs, ...fields });
const restore = (ledger: TestLedger): Outcome => ledger.run(SECOND, 'RestoreNode', { node: NODE });
const retire = (ledger: TestLedger, by: bigint): Outcome => ledger.run(by, 'RetireNode', { node: NODE });
const proposeRules = (ledger: TestLedger, rules: { rule: string; sentence: string }[], by: bigint = FIRST): Outcome =>
  ledger.run(by, 'ProposeAccessRules', { rules });
const types = (events: readonly { type: string }[]) => events.map((event) => event.type);
const statusOf = (ledger: TestLedger) => readRegistered(ledger.state, NODE)?.status;

/** Resource 1 is published through the agent. */
const fresh = () => new TestLedger().publish({}, places(4n));
const registered = (fields: Args = {}) => {
  const ledger = fresh();
  register(ledger, fields);
  return ledger;
};
const onProbation = () => {
  const ledger = registered();
  admit(ledger);
  return ledger;
};
const suspended = () => {
  const ledger = onProbation();
  report(ledger);
  return ledger;
};
const heard = () => {
  const ledger = suspended();
  update(ledger);
  return ledger;
};
/** As a passed vote. */
const withRules = (ledger: TestLedger, rules: { rule: string; sentence: string }[]): TestLedger => {
  const { proposal } = proposeRules(ledger, rules).data as { proposal: bigint };
  for (const by of [FIRST, SECOND]) ledger.run(by, 'Vote', { proposal, approve: true });
  return ledger;
};

const saying = (fields: Args): Pick<Case, 'given' | 'when'> => ({
  given: fresh,
  when: (ledger) => register(ledger, fields),
});

const { NAME_INVALID, NODE_UNKNOWN } = nodeCodes;
const codes = {
  ...Object.fromEntries(
    Object.entries(nodeCodes).filter(
      ([, code]) => code >= nodeCodes.NODE_KEY_REQUIRED && code < nodeCodes.OPERATOR_CREDIT_TOO_LOW,
    ),
  ),
  NAME_INVALID,
  NODE_UNKNOWN,
};

describe('the register of nodes', () => {
  runCases(codes, [
    { what: 'a node registers itself with its own key [6.2.1-b]', ...saying({}), then: ['NodeRegistered'] },
    { what: 'a common node too', ...saying({ class: 'common', endpoint: '' }), then: ['NodeRegistered'] },
    {
      what: 'the owner’s key speaks for no node',
      given: fresh,
      when: (ledger) => ledger.run(PROVIDER, 'RegisterNode', said()),
      then: nodeCodes.NODE_KEY_REQUIRED,
    },
    {
      what: 'nor says what a node runs',
      given: registered,
      when: (ledger) => ledger.run(PROVIDER, 'UpdateNode', { software: '1.5.0', endpoint: '' }),
      then: nodeCodes.NODE_KEY_REQUIRED,
    },
    { what: 'nobody registers a validator', ...saying({ class: 'consensus' }), then: nodeCodes.CLASS_INVALID },
    { what: 'a node has a name', ...saying({ name: ' x' }), then: NAME_INVALID },
    ...['1.4', '1.4.0.1', '01.4.0', '1.4.1000', 'v1.4.0', '1.4.0-beta', ''].map((software) => ({
      what: `“${software}” is no version`,
      ...saying({ software }),
      then: nodeCodes.SOFTWARE_INVALID,
    })),
    ...[
      'https://agent.example/',
      'ftp://agent.example',
      'https://Agent.example',
      'https://agent.example:08',
      'agent.example',
      `https://${'a.'.repeat(100)}example`,
    ].map((endpoint) => ({
      what: `“${endpoint.slice(0, 40)}” is no origin`,
      ...saying({ endpoint }),
      then: nodeCodes.ENDPOINT_INVALID,
    })),
    { what: 'a key has one live node', given: registered, when: register, then: nodeCodes.KEY_REGISTERED },
    {
      what: 'a key whose node retired registers another',
      given: () => {
        const ledger = registered();
        retire(ledger, PROVIDER);
        return ledger;
      },
      when: register,
      then: ['NodeRegistered'],
    },
    {
      what: 'but not one whose node retired while it was suspended: what it serves stays off',
      given: () => {
        const ledger = heard();
        retire(ledger, PROVIDER);
        return ledger;
      },
      when: register,
      then: nodeCodes.KEY_REGISTERED,
    },
    { what: 'a node says what it runs', given: registered, when: update, then: ['NodeUpdated'] },
    { what: 'a key without a node says nothing', given: fresh, when: update, then: NODE_UNKNOWN },
    {
      what: 'what a node says has the form of what it said first',
      given: registered,
      when: (ledger) => update(ledger, { software: '2' }),
      then: nodeCodes.SOFTWARE_INVALID,
    },
    { what: 'a node provider admits it', given: registered, when: admit, then: ['NodeStatusChanged'] },
    {
      what: 'nobody else does',
      given: registered,
      when: (ledger) => ledger.run(PROVIDER, 'AdmitNode', { node: NODE }),
      then: nodeCodes.NETWORK_ROLE_REQUIRED,
    },
    { what: 'a node that is none is not admitted', given: fresh, when: admit, then: NODE_UNKNOWN },
    {
      what: 'a validator comes by vote',
      given: fresh,
      when: (ledger) => admit(ledger, 1n),
      then: nodeCodes.NODE_IS_VALIDATOR,
    },
    { what: 'a node is admitted once', given: onProbation, when: admit, then: nodeCodes.NODE_STATUS_DOES_NOT_ALLOW },
    {
      what: 'a node on probation that fails is suspended, and what it serves with it [7.2.3-b, 8.5.1-f]',
      given: onProbation,
      when: report,
      then: ['NodeStatusChanged', 'ReachabilityChanged'],
    },
    {
      what: 'a common node is suspended with what its key serves, like any other',
      given: () => {
        const ledger = registered({ class: 'common' });
        admit(ledger);
        return ledger;
      },
      when: report,
      then: ['NodeStatusChanged', 'ReachabilityChanged'],
    },
    {
      what: 'a customer reports no node',
      given: onProbation,
      when: (ledger) => report(ledger, {}, CUSTOMER),
      then: nodeCodes.NETWORK_ROLE_REQUIRED,
    },
    {
      what: 'who is not admitted is not suspended',
      given: registered,
      when: report,
      then: nodeCodes.NODE_STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'a cause is one of the list',
      given: onProbation,
      when: (ledger) => report(ledger, { cause: 'dislike' }),
      then: nodeCodes.CAUSE_INVALID,
    },
    {
      what: 'a fault does not begin in the future',
      given: onProbation,
      when: (ledger) => report(ledger, { sinceMs: ledger.nowMs + CLOCK_AHEAD_MS_MAX + 1n }),
      then: nodeCodes.SINCE_INVALID,
    },
    {
      what: 'a clock that is a little ahead saw it when the block was made',
      given: onProbation,
      when: (ledger) => report(ledger, { sinceMs: ledger.nowMs + CLOCK_AHEAD_MS_MAX }),
      then: ['NodeStatusChanged', 'ReachabilityChanged'],
    },
    {
      what: 'nor before the node registered',
      given: onProbation,
      when: (ledger) => report(ledger, { sinceMs: ledger.nowMs - 1n }),
      then: nodeCodes.SINCE_INVALID,
    },
    {
      what: 'a node whose key is silent is not restored',
      given: suspended,
      when: restore,
      then: nodeCodes.NODE_NOT_HEARD,
    },
    {
      what: 'nor one that is not suspended',
      given: onProbation,
      when: restore,
      then: nodeCodes.NODE_STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'one that was heard is, and what it serves with it [8.5.1-f]',
      given: heard,
      when: restore,
      then: ['NodeStatusChanged', 'ReachabilityChanged'],
    },
    {
      what: 'its operator retires it',
      given: registered,
      when: (ledger) => retire(ledger, PROVIDER),
      then: ['NodeStatusChanged'],
    },
    {
      what: 'a node provider too',
      given: registered,
      when: (ledger) => retire(ledger, FIRST),
      then: ['NodeStatusChanged'],
    },
    {
      what: 'a stranger not',
      given: registered,
      when: (ledger) => retire(ledger, CUSTOMER),
      then: nodeCodes.NOT_THE_OPERATOR,
    },
    {
      what: 'once',
      given: () => {
        const ledger = registered();
        retire(ledger, PROVIDER);
        return ledger;
      },
      when: (ledger) => retire(ledger, PROVIDER),
      then: nodeCodes.NODE_STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'rules for access are proposed',
      given: fresh,
      when: (ledger) => proposeRules(ledger, [{ rule: 'node.isTls', sentence: 'It uses TLS.' }]),
      then: ['ProposalOpened'],
    },
    {
      what: 'every rule has a sentence',
      given: fresh,
      when: (ledger) => proposeRules(ledger, [{ rule: 'node.isTls', sentence: '' }]),
      then: nodeCodes.RULES_INVALID,
    },
    {
      what: 'rules are bounded',
      given: fresh,
      when: (ledger) =>
        proposeRules(
          ledger,
          Array.from({ length: 17 }, () => ({ rule: 'true', sentence: 'Any.' })),
        ),
      then: nodeCodes.RULES_INVALID,
    },
    {
      what: 'a rule reads what is known of a node, not of an application',
      given: fresh,
      when: (ledger) => proposeRules(ledger, [{ rule: 'applicant.completedOrders > 1', sentence: 'Any.' }]),
      then: nodeCodes.RULE_INVALID,
    },
    {
      what: 'a rule has a bounded cost',
      given: fresh,
      when: (ledger) => proposeRules(ledger, [{ rule: 'x'.repeat(1_025), sentence: 'Any.' }]),
      then: nodeCodes.RULE_TOO_COSTLY,
    },
  ]);

  test('every change has from, to, by whom and why, from registration to the end [8.2.2-b]', () => {
    const ledger = registered();
    expect(admit(ledger).events).toMatchObject([
      { from: 'registered', to: 'probation', by: FIRST, reason: 'admitted' },
    ]);
    expect(ledger.wait(PROBATION_MS)).toMatchObject([
      { type: 'NodeStatusChanged', from: 'probation', to: 'active', by: 0n, reason: 'probation-over' },
    ]);
    const sinceMs = ledger.nowMs - 5_000n;
    expect(report(ledger, { sinceMs, cause: 'overloaded' }).events[0]).toMatchObject({
      from: 'active',
      to: 'suspended',
      by: SECOND,
      reason: 'overloaded',
      sinceMs,
      atMs: ledger.nowMs,
    });
    expect(types(update(ledger).events)).toEqual(['NodeUpdated', 'NodeHeard']);
    expect(types(update(ledger).events)).toEqual(['NodeUpdated']);
    expect(restore(ledger).events[0]).toMatchObject({
      from: 'suspended',
      to: 'probation',
      reason: 'restored',
      sinceMs: 0n,
    });
    expect(retire(ledger, FIRST).events).toMatchObject([
      { from: 'probation', to: 'retired', by: FIRST, reason: 'retired-by-node-provider' },
    ]);
    expect(ledger.waiting).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('an admission that fails names every rule that does not hold, as an outcome, and is counted [8.5.1-a]', () => {
    const ledger = registered({ software: '0.0.9', endpoint: 'http://agent.example' });
    const { code, events } = admit(ledger);
    expect(code).toBe(0);
    expect(events).toMatchObject([
      {
        type: 'NodeAdmissionRefused',
        by: FIRST,
        failedAttempts: 1n,
        failed: [
          { index: 0n, values: [{ name: 'node.software.number', value: '9' }], error: '' },
          { index: 1n, sentence: 'A node that is reached from elsewhere must use TLS: its address begins with https.' },
        ],
      },
    ]);
    expect(statusOf(ledger)).toBe('registered');
    update(ledger, { software: '0.1.0', endpoint: 'http://127.0.0.1:4100' });
    expect(types(admit(ledger).events)).toEqual(['NodeStatusChanged']);
  });

  test('failed admissions are those of the key: a node that registers again begins with them', () => {
    const ledger = registered({ software: '0.0.1' });
    for (let times = 0; times < 5; times++) admit(ledger);
    retire(ledger, PROVIDER);
    register(ledger);
    expect(readRegistered(ledger.state, 6n)).toMatchObject({ failedAttempts: 5n, status: 'registered' });
    expect(admit(ledger, 6n).events).toMatchObject([{ type: 'NodeAdmissionRefused', failed: [{ index: 3n }] }]);
  });

  test('a vote changes the rules for access; they hold from then on', () => {
    const rules = [{ rule: 'operator.credit < 500 || node.software.major >= 2', sentence: 'It is poor, or new.' }];
    const ledger = withRules(registered(), rules);
    expect(admit(ledger).events).toMatchObject([{ failed: [{ sentence: 'It is poor, or new.' }] }]);
    update(ledger, { software: '2.0.0' });
    expect(types(admit(ledger).events)).toEqual(['NodeStatusChanged']);
    expect(types(admit(withRules(registered({ software: '0.0.1' }), [])).events)).toEqual(['NodeStatusChanged']);
  });

  test('what a suspended node serves is not offered, sold or published, until the node is restored', () => {
    const ledger = suspended();
    expect([...ledger.offers.of('data')]).toEqual([]);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(agreementCodes.NODE_SUSPENDED);
    expect(ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs({ sourceId: 'new' })).code).toBe(
      resourceCodes.NODE_SUSPENDED,
    );
    expect(readListing(ledger.state, 1n)).toMatchObject({ status: 'published', offSinceMs: ledger.nowMs });
    expect([...ledger.fork().offers.of('data')]).toEqual([]);
    update(ledger);
    restore(ledger);
    expect([...ledger.offers.of('data')]).toHaveLength(1);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(0);
  });

  test('a node that retires while it is suspended takes its offers with it', () => {
    const ledger = heard();
    retire(ledger, PROVIDER);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(agreementCodes.NODE_SUSPENDED);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a revoked key’s node is no more, and its orders fail when it was reported', () => {
    const ledger = onProbation();
    ledger.setParameter('deliveryMs', 100_000n);
    ledger.run(CUSTOMER, 'Apply', applyArgs());
    report(ledger);
    expect(ledger.run(PROVIDER, 'RevokeKey', { revokedKey: AGENT_KEY }).events).toMatchObject([
      { type: 'KeyRevoked' },
      { type: 'NodeStatusChanged', from: 'suspended', to: 'retired', reason: 'key-revoked' },
    ]);
    ledger.wait(SILENCE_MS);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ status: 'settled', endReason: 'not-reachable' });
    const plain = onProbation();
    plain.run(PROVIDER, 'RevokeKey', { revokedKey: AGENT_KEY });
    expect(plain.waiting).toEqual([]);
  });
});

describe('orders of a reported node', () => {
  const delivered = () => {
    const ledger = onProbation();
    ledger.run(CUSTOMER, 'Apply', applyArgs());
    ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs), AGENT);
    ledger.wait(5_000n);
    return ledger;
  };

  test('fail when its key stays silent, and refund what was not served [8.5.1-f]', () => {
    const ledger = delivered();
    report(ledger);
    ledger.wait(SILENCE_MS - 1n);
    expect(readAgreement(ledger.state, 1n)?.status).toBe('active');
    const events = ledger.wait(1n);
    expect(types(events)).toEqual(['AgreementEnded', 'CapacityChanged']);
    expect(events[0]).toMatchObject({ from: 'active', to: 'failed', by: 0n, reason: 'not-reachable' });
    ledger.wait(10_000n);
    // Nothing was claimed: everything comes back.
    expect(readBalance(ledger.state, CUSTOMER)).toMatchObject({ balanceMicro: 100_000_000n, holds: 0n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('go on when its key signs anything in time', () => {
    const ledger = delivered();
    report(ledger);
    ledger.wait(SILENCE_MS - 1n);
    ledger.run(CUSTOMER, 'RequestReissue', { agreement: 1n, encryptionKey: filled(4) });
    const { events } = ledger.run(PROVIDER, 'Reissue', { agreement: 1n, issue: 2n, descriptor: filled(5) }, AGENT);
    expect(types(events)).toEqual(['DescriptorReissued', 'NodeHeard']);
    ledger.wait(60_000n);
    expect(readAgreement(ledger.state, 1n)?.status).toBe('active');
    expect(types(restore(ledger).events)).toEqual(['NodeStatusChanged', 'ReachabilityChanged']);
  });

  test('a refused transaction of its key breaks no silence, nor does its owner’s key', () => {
    const ledger = delivered();
    report(ledger);
    expect(update(ledger, { software: 'x' }).code).toBe(nodeCodes.SOFTWARE_INVALID);
    ledger.run(PROVIDER, 'Transfer', { to: CUSTOMER, amountMicro: 1n });
    ledger.wait(SILENCE_MS);
    expect(readAgreement(ledger.state, 1n)?.status).toBe('failed');
  });

  test('a backup takes the place of each that fails', () => {
    const ledger = onProbation();
    ledger.run(PROVIDER, 'AuthorizeKey', {
      ...ledger.keyOffer(32, PROVIDER),
      label: 'other agent',
      methods: ['Prepare'],
      resources: [],
      spendingCapMicro: 0n,
      expiresAtMs: ledger.nowMs + 1_000_000n,
    });
    ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs({ sourceId: 'other', agentKey: 2n }, filled(32)));
    ledger.setParameter('deliveryMs', 100_000n);
    ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([part({ backup: [backup()] })]));
    report(ledger);
    expect(types(ledger.wait(SILENCE_MS))).toContain('AgreementReplaced');
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ endReason: 'not-reachable' });
    expect(readAgreement(ledger.state, 2n)).toMatchObject({ resource: 2n, replaces: 1n });
  });

  test('so many fail at a time, the rest right after', () => {
    const ledger = new TestLedger({ openAgreementsMax: 40n, deliveryMs: 100_000n }).publish({}, places(40n));
    register(ledger);
    admit(ledger);
    for (let count = 0; count < 40; count++) ledger.run(CUSTOMER, 'Apply', applyArgs({ holdMicro: 3_600_000n }));
    ledger.run(CUSTOMER, 'EndAgreement', { agreement: 7n, reason: 'no-longer-needed' });
    report(ledger);
    ledger.lag(SILENCE_MS);
    const failing = ledger.fork();
    expect(types(failing.wait(0n)).filter((type) => type === 'AgreementEnded').length).toBeGreaterThan(16);
    expect(brokenInvariants(failing.state)).toEqual([]);
    expect(failing.waiting).toEqual([]);
    expect(readBalance(failing.state, CUSTOMER)).toMatchObject({ balanceMicro: 100_000_000n, holds: 0n });
  });
});
