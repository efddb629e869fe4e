import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foundAccount, grantRole, hasRole } from '#ledger/contracts/account/contract.ts';
import { packEntries } from '#ledger/contracts/credit/digest.ts';
import type { ContractEvent } from '#ledger/contracts/definitions.ts';
import { readParameter } from '#ledger/contracts/governance/record.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { nodeEvent } from '#ledger/contracts/node/definition.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { HOUR_MS, filled, quantities, runs } from '#ledger/contracts/testing/samples.ts';
import { AGENT_KEY, CUSTOMER, NODES, PROVIDER, TestLedger, applyArgs } from '#ledger/contracts/testing/test-ledger.ts';
import { TREASURY, grant, readBalance, readSupply } from '#ledger/contracts/token/contract.ts';
import { incentiveEvent } from './definition.ts';
import { countService } from './contract.ts';
import { incentiveTables, readCounters } from './record.ts';
import { amountOf, pointsOf, ratesFrom, sumOf } from './reward.ts';
import { incentiveNeeds } from '#ledger/contracts/needs.ts';

const MINUTE_MS = 60_000n;
const [FIRST, SECOND, THIRD] = NODES;

type Parameters = ConstructorParameters<typeof TestLedger>[0];

/** A ledger whose epochs last two hours, with rewards. */
const fresh = (parameters: Parameters = {}): TestLedger => {
  const rewarding = { incentivePoolMicro: 1_000_000n, incentiveCapPerMille: 1_000n, creditEpochMs: 2n * HOUR_MS };
  const ledger = new TestLedger({ ...rewarding, openAgreementsMax: 50n, ...parameters });
  // To the beginning of an epoch.
  ledger.lag(2n * HOUR_MS - (ledger.nowMs % (2n * HOUR_MS)));
  evolve(ledger.state, grantRole(FIRST, 'NRNSM', 0n));
  return ledger;
};
const identify = (ledger: TestLedger, account: bigint, endsAtMs = ledger.nowMs + 100n * HOUR_MS): TestLedger => {
  if (!hasRole(ledger.state, THIRD, 'NO')) evolve(ledger.state, grantRole(THIRD, 'NO', 0n));
  ledger.run(THIRD, 'OfferIdentification', { sealingKey: filled(9) });
  const [commitment, subscriber] = [filled(1), filled(Number(account))];
  ledger.run(account, 'ApplyIdentity', { operator: THIRD, commitment });
  const attested = { subject: account, commitment, subscriber, level: 'compared', endsAtMs };
  expect(ledger.run(THIRD, 'AttestIdentity', attested).code).toBe(0);
  return ledger;
};
const identified = (parameters: Parameters = {}): TestLedger => identify(fresh(parameters), PROVIDER);
const of = <Type extends ContractEvent['type']>(events: readonly ContractEvent[], type: Type) =>
  events.filter((event): event is Extract<ContractEvent, { type: Type }> => event.type === type);
const rewards = (events: readonly ContractEvent[]) => of(events, 'RewardPaid');
const reasons = (events: readonly ContractEvent[]) => of(events, 'ServiceUnrewarded').map(({ reason }) => reason);

/** An hour of the sample data set, of which so many minutes were kept; the events until its bill is made. */
function serve(ledger: TestLedger, { kept = 30, degradeFree = true, agreement = 1n } = {}): ContractEvent[] {
  ledger.run(CUSTOMER, 'Apply', applyArgs());
  const startsAtMs = ledger.nowMs;
  ledger.run(PROVIDER, 'Prepare', { agreement, startsAtMs, descriptor: filled(5, 100) }, { key: AGENT_KEY });
  ledger.wait(30n * MINUTE_MS);
  const all = [...(kept > 0 ? [['kept', kept] as const] : []), ...(kept < 30 ? [['down', 30 - kept] as const] : [])];
  const claimed = { agreement, used: quantities({ bytes: 1n, calls: 1n, rows: 1n }), runs: runs(...all) };
  const claim = { ...claimed, untilMs: startsAtMs + 30n * MINUTE_MS };
  if (degradeFree) expect(ledger.run(PROVIDER, 'ClaimUsage', claim, { key: AGENT_KEY }).code).toBe(0);
  ledger.run(CUSTOMER, 'EndAgreement', { agreement, reason: 'done' });
  return ledger.wait(MINUTE_MS);
}
/** To the end of the epoch: what comes due. */
const endEpoch = (ledger: TestLedger) => ledger.wait(2n * HOUR_MS - (ledger.nowMs % (2n * HOUR_MS)));
const treasury = (ledger: TestLedger) => readBalance(ledger.state, TREASURY).balanceMicro;

describe('served use', () => {
  test('given an identified provider, when a bill is made, then its kept time and fee count, and are rewarded at the end of the epoch [8.2.3-a, I.3-10]', () => {
    const ledger = identified().publish();
    const settled = serve(ledger);
    const [bill] = of(settled, 'AgreementSettled');
    expect(settled.slice(-2).map(({ type }) => type)).toEqual(['EpochOpened', 'ServiceCounted']);
    // Half an hour at 3.6 tokens an hour, 20 per mille of it the fee.
    expect(bill!.feeMicro).toBe(36_000n);
    const before = [treasury(ledger), readBalance(ledger.state, PROVIDER).balanceMicro] as const;
    const paid = endEpoch(ledger);
    expect(rewards(paid)).toMatchObject([
      { account: PROVIDER, servedMs: 30n * MINUTE_MS, feesMicro: 36_000n, points: 18_000n, amountMicro: 18_000n },
    ]);
    expect(of(paid, 'TokensTransferred')).toMatchObject([{ from: TREASURY, to: PROVIDER, reason: 'reward' }]);
    const after = [treasury(ledger), readBalance(ledger.state, PROVIDER).balanceMicro] as const;
    expect(after).toEqual([before[0] - 18_000n, before[1] + 18_000n]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('time that was down does not count', () => {
    const ledger = identified().publish();
    serve(ledger, { kept: 10 });
    expect(rewards(endEpoch(ledger))).toMatchObject([{ servedMs: 10n * MINUTE_MS, points: 6_000n }]);
  });

  test('given a provider that nobody identified, then nothing is recorded', () => {
    const ledger = fresh().publish();
    const events = [...serve(ledger), ...endEpoch(ledger)];
    expect(events.some(({ contract }) => contract === 'incentive')).toBe(false);
  });

  test('given an identification whose time is over, then nothing is recorded', () => {
    const ledger = fresh().publish();
    identify(ledger, PROVIDER, ledger.nowMs + MINUTE_MS);
    expect(serve(ledger).some(({ contract }) => contract === 'incentive')).toBe(false);
  });

  test('given a pool of nothing, then nothing is recorded', () => {
    const ledger = identified({ incentivePoolMicro: 0n }).publish();
    expect(serve(ledger).some(({ contract }) => contract === 'incentive')).toBe(false);
  });

  test('given tokens that the provider sent to the customer, then the service earns nothing, and says so [8.2.3-a]', () => {
    const ledger = identified().publish();
    ledger.run(PROVIDER, 'Transfer', { to: CUSTOMER, amountMicro: 4_000_000n });
    expect(reasons(serve(ledger))).toEqual(['own-tokens']);
    expect(rewards(endEpoch(ledger))).toEqual([]);
  });

  test('given a chain of four transfers, then likewise; given five, then it is rewarded with less than its fee [8.2.3-a]', () => {
    for (const [stops, expected] of [
      [[FIRST, SECOND, THIRD], ['own-tokens']],
      [[FIRST, SECOND, THIRD, 6n], []],
    ] as const) {
      const ledger = identified().publish();
      const facts = { address: filled(6, 20), profileCommitment: filled(7), encryptionKey: filled(9) };
      for (const event of foundAccount(6n, { ...facts, createdAtMs: ledger.nowMs }, ['NRC']))
        evolve(ledger.state, event);
      const way = [PROVIDER, ...stops, CUSTOMER];
      for (let at = 1; at < way.length; at++)
        expect(ledger.run(way[at - 1]!, 'Transfer', { to: way[at]!, amountMicro: 4_000_000n }).code).toBe(0);
      const settled = serve(ledger);
      expect(reasons(settled)).toEqual(expected);
      const [bill] = of(settled, 'AgreementSettled');
      const earned = rewards(endEpoch(ledger)).reduce((sum, { amountMicro }) => sum + amountMicro, 0n);
      expect(earned < bill!.feeMicro).toBe(true);
    }
  });

  test('what the customer paid for orders, and what the treasury granted, is no transfer of the provider', () => {
    const ledger = identified().publish();
    const granted = grant(ledger.state, CUSTOMER, 4_000_000n);
    for (const event of granted.ok ? granted.value : []) evolve(ledger.state, event);
    serve(ledger);
    expect(reasons(serve(ledger, { agreement: 2n }))).toEqual([]);
  });

  test('given a customer whose own key the provider authorised, then they have one owner [8.2.3-a]', () => {
    const ledger = identified().publish();
    const key = { account: PROVIDER, key: 2n, address: filled(2, 20), label: 'x', methods: ['Apply'], resources: [] };
    const scope = { spendingCapMicro: 0n, expiresAtMs: ledger.nowMs + HOUR_MS };
    evolve(ledger.state, { contract: 'account', version: 1n, type: 'KeyAuthorized', ...key, ...scope });
    expect(reasons(serve(ledger))).toEqual(['one-owner']);
  });

  test('given an order with itself, which no agreement allows today, then it earns nothing', () => {
    const ledger = identified();
    const settled = {
      agreement: 1n,
      provider: PROVIDER,
      customer: PROVIDER,
      keptMs: 1n,
      feeMicro: 1n,
      chargeMicro: 1n,
    };
    const { events } = countService(ledger.state, settled, ledger.nowMs, incentiveNeeds(ledger.state, evolve));
    expect(reasons(events as ContractEvent[])).toEqual(['one-account']);
  });

  test('given nothing kept, or no fee, then that is the reason', () => {
    const unserved = identified().publish();
    expect(reasons(serve(unserved, { kept: 0 }))).toEqual(['nothing-kept']);
    const free = identified({ feePerMille: 0n }).publish();
    expect(reasons(serve(free))).toEqual(['no-fee']);
  });
});

describe('votes', () => {
  const proposed = (ledger: TestLedger, by: bigint, parameter = 'contestMs') =>
    ledger.run(by, 'ProposeParameter', { parameter, value: 6_000n });
  const vote = (ledger: TestLedger, by: bigint, proposal = 1n, approve = false) =>
    ledger.run(by, 'Vote', { proposal, approve });

  test('given a proposal of another that is decided, when node providers voted, then it counts for each [8.2.3-a]', () => {
    const ledger = fresh();
    proposed(ledger, FIRST);
    expect(vote(ledger, SECOND).events.map(({ type }) => type)).toEqual(['VoteCast']);
    const decided = of(vote(ledger, THIRD).events, 'VoteCounted');
    expect(decided).toMatchObject([{ account: SECOND, proposal: 1n, epoch: 1n }, { account: THIRD }]);
    const paid = rewards(endEpoch(ledger));
    expect(paid).toMatchObject([{ account: SECOND, votes: 1n, amountMicro: 5_000n }, { account: THIRD }]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('given its own proposal, then its vote does not: nobody asks for the sake of answering', () => {
    const ledger = fresh();
    proposed(ledger, FIRST);
    vote(ledger, FIRST);
    expect(of(vote(ledger, SECOND).events, 'VoteCounted').map(({ account }) => account)).toEqual([SECOND]);
  });

  test('given a proposal that expires, then nobody’s does: a few who ask one another decide nothing', () => {
    const ledger = fresh();
    proposed(ledger, FIRST);
    vote(ledger, SECOND);
    const expired = ledger.wait(60_000n);
    expect(expired.map(({ type }) => type)).toEqual(['ProposalDecided']);
    expect(ledger.state.scan(incentiveTables.voters)).toEqual([]);
  });

  test('given as many votes as an epoch rewards, then no more count', () => {
    const ledger = fresh({ incentiveVotesMax: 1n });
    proposed(ledger, FIRST);
    proposed(ledger, FIRST, 'deliveryMs');
    for (const proposal of [1n, 2n]) for (const by of [SECOND, THIRD]) vote(ledger, by, proposal);
    expect(rewards(endEpoch(ledger)).map(({ votes }) => votes)).toEqual([1n, 1n]);
  });

  test('a vote about a rate changes the next epoch, not the one that runs', () => {
    const ledger = fresh();
    ledger.run(FIRST, 'ProposeParameter', { parameter: 'deliveryMs', value: 6_000n });
    for (const by of [SECOND, THIRD]) vote(ledger, by);
    ledger.run(FIRST, 'ProposeParameter', { parameter: 'incentiveVoteMicro', value: 1n });
    for (const by of [SECOND, THIRD]) vote(ledger, by, 2n, true);
    expect(readParameter(ledger.state, 'incentiveVoteMicro')).toBe(1n);
    expect(rewards(endEpoch(ledger)).map(({ amountMicro }) => amountMicro)).toEqual([10_000n, 10_000n]);
    proposed(ledger, FIRST);
    for (const by of [SECOND, THIRD]) vote(ledger, by, 3n);
    expect(rewards(endEpoch(ledger)).map(({ amountMicro }) => amountMicro)).toEqual([1n, 1n]);
  });
});

describe('time online', () => {
  const registered = (ledger: TestLedger, node: bigint, key: bigint, status?: 'suspended'): void => {
    const facts = { name: 'a', class: 'service', operator: PROVIDER, address: filled(1, 20) } as const;
    const rest = { key, software: '1.0.0', endpoint: '', atMs: ledger.nowMs };
    evolve(ledger.state, nodeEvent('NodeRegistered', { node, ...facts, ...rest }));
    ledger.run(FIRST, 'AdmitNode', { node });
    if (status === 'suspended') ledger.run(FIRST, 'ReportNode', { node, cause: 'overloaded', sinceMs: ledger.nowMs });
  };
  /** Maintainers record the epoch before; it is evaluated at the end of this one, which opens the next. */
  const evaluate = (ledger: TestLedger, nodes: readonly [bigint, number][]): ContractEvent[] => {
    const entries = nodes.map(([node, online]) => ({ node, online, activity: 1, probesFailed: 0 }));
    const epoch = ledger.nowMs / (2n * HOUR_MS) - 1n;
    const recorded = ledger.run(FIRST, 'RecordDigest', { epoch, entries: packEntries(entries), root: filled(1) });
    expect(recorded.code).toBe(0);
    return endEpoch(ledger);
  };

  test('given an admitted node of an identified provider, when its median is evaluated, then it counts [8.2.3-a]', () => {
    const ledger = identified();
    registered(ledger, 5n, 1n);
    expect(of(evaluate(ledger, [[5n, 900]]), 'NodeTimeCounted')).toMatchObject([{ account: PROVIDER, online: 900n }]);
    expect(rewards(endEpoch(ledger))).toMatchObject([{ account: PROVIDER, online: 900n, amountMicro: 9_000n }]);
  });

  test('of several nodes of one account the best counts: a hundred idle agents earn what one earns', () => {
    const ledger = identified();
    const nodes = Array.from({ length: 100 }, (_, at): [bigint, number] => [5n + BigInt(at), at === 70 ? 1_000 : 500]);
    for (const [node] of nodes) registered(ledger, node, node - 4n);
    const counted = of(evaluate(ledger, nodes), 'NodeTimeCounted');
    expect(counted.map(({ online }) => online)).toEqual([500n, 500n]);
    expect(rewards(endEpoch(ledger))).toMatchObject([{ online: 1_000n, amountMicro: 10_000n }]);
  });

  test('given nobody’s identification, a node that waits or is suspended, or no time at all, then nothing counts', () => {
    const unknown = fresh();
    registered(unknown, 5n, 1n);
    expect(of(evaluate(unknown, [[5n, 900]]), 'NodeTimeCounted')).toEqual([]);
    const suspended = identified();
    registered(suspended, 5n, 1n, 'suspended');
    expect(of(evaluate(suspended, [[5n, 900]]), 'NodeTimeCounted')).toEqual([]);
    const dark = identified();
    registered(dark, 5n, 1n);
    expect(of(evaluate(dark, [[5n, 0]]), 'NodeTimeCounted')).toEqual([]);
  });

  test('each validator that an account answers for counts, and those of nobody do not [8.2.3-a]', () => {
    const ledger = fresh();
    for (const seed of [11, 12]) {
      ledger.run(FIRST, 'ProposeValidator', ledger.validatorOffer(seed, { operator: SECOND }));
      const proposal = BigInt(seed - 10);
      for (const by of [SECOND, THIRD]) ledger.run(by, 'Vote', { proposal, approve: true });
      ledger.wait(HOUR_MS / 2n);
    }
    endEpoch(ledger);
    const counted = of(
      evaluate(ledger, [
        [1n, 1_000],
        [5n, 1_000],
        [6n, 700],
      ]),
      'NodeTimeCounted',
    );
    expect(counted.map(({ account, online }) => [account, online])).toEqual([
      [SECOND, 1_000n],
      [SECOND, 700n],
    ]);
    expect(rewards(endEpoch(ledger))).toMatchObject([{ account: SECOND, consensus: 1_700n, amountMicro: 34_000n }]);
  });
});

describe('the end of an epoch', () => {
  /** Facts of so many accounts in an epoch that runs. */
  const withFacts = (ledger: TestLedger, accounts: readonly bigint[], votes = 1): void => {
    const rates = ratesFrom((name) => readParameter(ledger.state, name));
    const times = { atMs: ledger.nowMs, endsAtMs: ledger.nowMs };
    evolve(ledger.state, incentiveEvent('EpochOpened', { epoch: 1n, opener: accounts[0]!, ...rates, ...times }));
    for (const account of accounts)
      for (let at = 0; at < votes; at++)
        evolve(ledger.state, incentiveEvent('VoteCounted', { epoch: 1n, account, proposal: 1n, atMs: ledger.nowMs }));
  };
  const pay = (ledger: TestLedger) => {
    const portions: ContractEvent[][] = [];
    for (;;) {
      const item = { contract: 15, kind: 'pay-rewards', subject: 1n };
      if (ledger.state.read(incentiveTables.epochs, 1n) === undefined) return portions;
      const { events } = ledger.runDue(item);
      portions.push([...events]);
    }
  };
  const many = Array.from({ length: 150 }, (_, at) => BigInt(at + 1));

  test('pays 64 accounts at a time, each once, and leaves nothing of it in the state [8.2.3-a]', () => {
    const ledger = fresh();
    withFacts(ledger, many);
    const portions = pay(ledger);
    expect(portions.map((events) => rewards(events).length)).toEqual([64, 64, 22]);
    expect(portions.flatMap((events) => rewards(events).map(({ account }) => account))).toEqual(many);
    expect(ledger.state.scan(incentiveTables.facts)).toEqual([]);
    expect(ledger.state.scan(incentiveTables.members)).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('supply is conserved after each portion, and nothing is minted [8.2.3-a]', () => {
    const ledger = fresh({ incentivePoolMicro: 100_000n });
    withFacts(ledger, many);
    const { totalMicro } = readSupply(ledger.state);
    const before = treasury(ledger);
    const paid = pay(ledger).flatMap((events) => rewards(events));
    expect(readSupply(ledger.state).totalMicro).toBe(totalMicro);
    const sum = paid.reduce((total, { amountMicro }) => total + amountMicro, 0n);
    expect(before - treasury(ledger)).toBe(sum);
    // 150 accounts with 5,000 points each: 666 each of 100,000, the rest stays.
    expect(new Set(paid.map(({ amountMicro }) => amountMicro))).toEqual(new Set([666n]));
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('the treasury bounds the pool, and is never overdrawn when a vote draws on it between two portions', () => {
    const ledger = fresh();
    const poor = grant(ledger.state, CUSTOMER, treasury(ledger) - 100_000n);
    for (const event of poor.ok ? poor.value : []) evolve(ledger.state, event);
    withFacts(ledger, many);
    ledger.runDue({ contract: 15, kind: 'pay-rewards', subject: 1n });
    const rest = grant(ledger.state, CUSTOMER, treasury(ledger) - 1_000n);
    for (const event of rest.ok ? rest.value : []) evolve(ledger.state, event);
    const amounts = pay(ledger).flatMap((events) => rewards(events).map(({ amountMicro }) => amountMicro));
    expect(amounts.slice(0, 3)).toEqual([666n, 334n, 0n]);
    expect(treasury(ledger)).toBe(0n);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('whoever recomputes it from the events comes to the same amounts [8.2.3-a]', () => {
    const ledger = fresh({ incentivePoolMicro: 50_000n, incentiveCapPerMille: 30n });
    withFacts(ledger, many.slice(0, 20), 3);
    for (const { epoch: _epoch, amountMicro, points, pointsOfAll, poolMicro, ...facts } of pay(ledger).flatMap(
      rewards,
    )) {
      const rates = ratesFrom((name) => readParameter(ledger.state, name));
      expect(sumOf(pointsOf(facts, rates))).toBe(points);
      expect(amountOf(points, { pointsOfAll, poolMicro, capPerMille: rates.capPerMille })).toBe(amountMicro);
      expect(amountMicro).toBe(1_500n);
    }
  });

  test('facts in any order are paid the same [8.2.3-a]', () => {
    const fact = fc.record({ account: fc.bigInt(1n, 5n), votes: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fc.array(fact, { minLength: 1, maxLength: 12 }), fc.integer(), (facts, seed) => {
        const list = facts.flatMap(({ account, votes }) => Array.from({ length: votes }, () => account));
        const mixed = list.toSorted(
          (one, other) => Number((one * BigInt(seed)) % 7n) - Number((other * BigInt(seed)) % 7n),
        );
        const paidFor = (accounts: readonly bigint[]) => {
          const ledger = fresh({ incentivePoolMicro: 20_000n });
          withFacts(ledger, accounts);
          const paid = pay(ledger).flatMap(rewards);
          return paid.map(({ account, amountMicro }) => `${account}: ${amountMicro}`).toSorted();
        };
        expect(paidFor(mixed)).toEqual(paidFor(list));
      }),
      { numRuns: 20 },
    );
  });

  test('what is recorded while an epoch is paid counts in the next one', () => {
    const ledger = fresh();
    withFacts(ledger, many);
    ledger.runDue({ contract: 15, kind: 'pay-rewards', subject: 1n });
    ledger.run(FIRST, 'ProposeParameter', { parameter: 'contestMs', value: 6_000n });
    ledger.run(SECOND, 'Vote', { proposal: 1n, approve: false });
    const { events } = ledger.run(THIRD, 'Vote', { proposal: 1n, approve: false });
    expect(of(events, 'VoteCounted')).toMatchObject([{ epoch: 2n }, { epoch: 2n }]);
    pay(ledger);
    expect(readCounters(ledger.state)).toEqual({ epoch: 2n, isOpen: true });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });
});
