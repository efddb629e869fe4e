import { expect, test } from 'vitest';
import { CREDIT_MAX } from '#ledger/contracts/credit/definition.ts';
import { eligibilityOf, parseSimulation, SIMULATED, simulationOf } from './simulation.ts';
import { PARTS, shareOf, termsOf, thresholdsOf, weightsOf, whatIfRows, wouldBe } from './weights.ts';

const IN_FORCE = {
  creditOnlineWeight: '400',
  creditProbesWeight: '200',
  creditActivityWeight: '100',
  creditHistoryWeight: '300',
  creditActivityFull: '10',
  equivocationCost: '500',
  consensusCreditMin: '600',
  publishCreditMin: '300',
  ordersCreditMin: '200',
};
const FACTS = {
  online: 1_000n,
  probesFailed: 0n,
  activity: 0n,
  completed: 0n,
  broken: 0n,
  qualityMissed: 0n,
  contestsLost: 0n,
  suspensions: 0n,
  equivocations: 0n,
};
const history = { completed: 0n, broken: 0n, qualityMissed: 0n, contestsLost: 0n };
const ASKED = {
  nodes: [
    { node: 1n, operator: 0n, isValidator: true, counts: true, facts: FACTS },
    { node: 5n, operator: 3n, isValidator: false, counts: true, facts: { ...FACTS, online: 0n } },
  ],
  accounts: [{ account: 3n, history }],
  names: [
    { node: 1, name: 'Validator 0', class: 'consensus' },
    { node: 5, name: 'agent', class: 'service' },
  ],
  refs: [{ id: 3, address: '0x03', name: null }],
};

test('other weights say what each node and its operator would have, and what that would permit [8.5.1-d]', () => {
  const same = whatIfRows(ASKED, IN_FORCE, IN_FORCE);
  expect(same.nodes.map(({ now, after, permissions }) => [now, after, permissions])).toEqual([
    [900, 900, ''],
    [500, 500, ''],
  ]);
  const activity = { ...IN_FORCE, creditOnlineWeight: '0', creditHistoryWeight: '0', creditActivityWeight: '1000' };
  const { nodes, accounts } = whatIfRows(ASKED, IN_FORCE, activity);
  expect(nodes.map(({ now, after, permissions }) => [now, after, permissions])).toEqual([
    [900, 166, 'may no longer take part in consensus'],
    [500, 166, ''],
  ]);
  expect(accounts.map(({ now, after, permissions }) => [now, after, permissions])).toEqual([
    [500, 166, 'may no longer publish resources; may no longer have several orders at a time'],
  ]);
});

test('a threshold alone changes what is permitted and no credit [8.5.1-d]', () => {
  const { nodes, accounts } = whatIfRows(ASKED, IN_FORCE, { ...IN_FORCE, publishCreditMin: '501' });
  expect(nodes.map(({ now, after }) => after - now)).toEqual([0, 0]);
  expect(accounts[0]?.permissions).toBe('may no longer publish resources');
  const back = whatIfRows(ASKED, { ...IN_FORCE, publishCreditMin: '501' }, IN_FORCE);
  expect(back.accounts[0]?.permissions).toBe('may publish resources');
});

test('shares of the weights are told in per cent, and none where nothing weighs anything', () => {
  const weights = weightsOf(IN_FORCE);
  expect(PARTS.map(({ name }) => shareOf(weights[name], weights))).toEqual([40, 20, 10, 30]);
  expect(shareOf(0n, weightsOf({}))).toBeUndefined();
});

test('a simulation begins with what is known, is reckoned by the contract, and says what it permits', () => {
  const perfect = parseSimulation(simulationOf(undefined, IN_FORCE.creditActivityFull));
  expect(perfect.ok && wouldBe(perfect.facts, termsOf(IN_FORCE)).credit).toBe(CREDIT_MAX);
  const known = parseSimulation(simulationOf({ ...FACTS, broken: 3n, equivocations: 1n }, '10'));
  expect(known).toEqual({ ok: true, facts: { ...FACTS, broken: 3n, equivocations: 1n } });
  const thresholds = thresholdsOf(IN_FORCE);
  expect(
    eligibilityOf(300n, { thresholds, isValidator: true, operatorCredit: 300n }).map(({ isPermitted }) => isPermitted),
  ).toEqual([false, true, true]);
  expect(eligibilityOf(299n, { thresholds, isValidator: false, operatorCredit: 1n }).map(({ what }) => what)).toEqual([
    'publish resources',
    'have several orders at a time',
  ]);
  const founder = { thresholds, isValidator: true, operatorCredit: null };
  expect(eligibilityOf(600n, founder)).toEqual([{ what: 'take part in consensus', threshold: 600, isPermitted: true }]);
});

test.each(['', ' ', '-1', '1.5', '1001', '1e3', 'NaN', '٣', '0x10', '9'.repeat(80)])(
  '“%s” is no share in per mille: its field says so and nothing is reckoned',
  (online) => {
    const parsed = parseSimulation({ ...simulationOf(undefined, '10'), online });
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? [] : Object.keys(parsed.errors)).toEqual(['online']);
  },
);

test('every fact that credit is made of can be tried', () => {
  expect(SIMULATED.map(({ name }) => name).toSorted()).toEqual(Object.keys(FACTS).toSorted());
});
