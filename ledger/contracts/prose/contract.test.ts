import { describe, expect, test } from 'vitest';
import { grantRole } from '#ledger/contracts/account/contract.ts';
import { readFaults, readHistory } from '#ledger/contracts/agreement/record.ts';
import { accountCredit } from '#ledger/contracts/credit/permissions.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { permissionNeeds } from '#ledger/contracts/permission-needs.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { runCases } from '#ledger/contracts/testing/cases.ts';
import { RELAY_PLACE, identify, publishRelay, relayOrder } from '#ledger/contracts/testing/relays.ts';
import { HOUR_MS, filled, quantities, runs } from '#ledger/contracts/testing/samples.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  prepareArgs,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { EVALUATION_MS_MAX, MEMBERS_MAX, proseCodes as codes } from './definition.ts';
import { proseTables, readMember, readStanding, type Standing } from './record.ts';

const [OPERATOR, SECOND] = NODES;
const MINUTE_MS = 60_000n;
const EPOCH_MS = 600_000n;
const RATE_MICRO = 30_000n;
const LINE = { roundTripMs: 21n, jitterMs: 4n, bytesPerS: 90_000n, lossPerMille: 3n };
const fresh = (): TestLedger => {
  const ledger = new TestLedger();
  for (const by of [OPERATOR, SECOND]) {
    evolve(ledger.state, grantRole(by, 'NO', 0n));
    ledger.run(by, 'OfferIdentification', { sealingKey: filled(9) });
  }
  return ledger;
};
/** Resource 1 is the provider's relay; `place` '' states none. */
const offered = (place = RELAY_PLACE): TestLedger => {
  const ledger = fresh();
  ledger.authorizeAgent();
  publishRelay(ledger, 'line', place);
  return ledger;
};
const vouch = (ledger: TestLedger, operator: bigint = OPERATOR): void =>
  expect(identify(ledger, { subject: PROVIDER, operator }).code).toBe(0);
const identified = (): TestLedger => {
  const ledger = offered();
  vouch(ledger);
  return ledger;
};
const join = (ledger: TestLedger, resource = 1n, by: bigint = PROVIDER): Outcome =>
  ledger.run(by, 'JoinPool', { resource });
const leave = (ledger: TestLedger, resource = 1n, by: bigint = PROVIDER): Outcome =>
  ledger.run(by, 'LeavePool', { resource });
const pooled = (): TestLedger => {
  const ledger = identified();
  expect(join(ledger).code).toBe(0);
  return ledger;
};
const tariff = (ledger: TestLedger, fields: Args = {}, by: bigint = OPERATOR): Outcome =>
  ledger.run(by, 'PublishTariff', { microPerMinute: RATE_MICRO, budgetMicro: 10_000_000n, ...fields });
const reserve = (ledger: TestLedger): Outcome => ledger.run(CUSTOMER, 'Apply', relayOrder());
const begin = (ledger: TestLedger, agreement = 1n): void => {
  expect(reserve(ledger).code).toBe(0);
  expect(ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(ledger.nowMs), agreement }).code).toBe(0);
};
const claim = (
  ledger: TestLedger,
  states: Uint8Array,
  agreement = 1n,
  used: Record<string, bigint> = { bytes: 700n, bytesIn: 300n },
) =>
  expect(
    ledger.run(
      PROVIDER,
      'ClaimUsage',
      { agreement, used: quantities(used), runs: states, untilMs: ledger.nowMs },
      { key: AGENT_KEY },
    ).code,
  ).toBe(0);
const end = (ledger: TestLedger, reason = 'done', agreement = 1n, by: bigint = CUSTOMER): Outcome =>
  ledger.run(by, 'EndAgreement', { agreement, reason });
/** Ten minutes, of which the ninth was down, ended by the customer and settled. */
const served = (ledger: TestLedger = pooled(), agreement = 1n) => {
  begin(ledger, agreement);
  ledger.wait(10n * MINUTE_MS);
  claim(ledger, runs(['kept', 8], ['down', 1], ['kept', 1]), agreement);
  end(ledger, 'done', agreement);
  return ledger.wait(5_000n);
};
const recorded = (): TestLedger => {
  const ledger = pooled();
  served(ledger);
  return ledger;
};
const evaluate = (ledger: TestLedger, fields: Args = {}, by: bigint = CUSTOMER): Outcome =>
  ledger.run(by, 'EvaluateSession', { agreement: 1n, score: 4n, ...LINE, ...fields });
const measure = (ledger: TestLedger, fields: Args = {}, by: bigint = PROVIDER): Outcome =>
  ledger.run(by, 'MeasureSession', { agreement: 1n, ...LINE, ...fields }, by === PROVIDER ? { key: AGENT_KEY } : {});
const running = (): TestLedger => {
  const ledger = pooled();
  begin(ledger);
  return ledger;
};
const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const paying = (fields: Args = {}): TestLedger => {
  const ledger = pooled();
  expect(tariff(ledger, fields).code).toBe(0);
  return ledger;
};
const free = (ledger: TestLedger, account: bigint) => readBalance(ledger.state, account).balanceMicro;
const standing = (fields: Partial<Standing>) => ({
  sessions: 0n,
  begunSessions: 0n,
  keptPerMilleSum: 0n,
  disconnects: 0n,
  evaluations: 0n,
  scoreSum: 0n,
  ...fields,
});

describe('prose', () => {
  runCases(codes, [
    {
      what: 'an operator publishes a tariff [I.3-7]',
      given: fresh,
      when: tariff,
      then: ['TariffPublished'],
    },
    {
      what: 'and ends it',
      given: paying,
      when: (l) => tariff(l, { microPerMinute: 0n, budgetMicro: 0n }),
      then: ['TariffPublished'],
    },
    {
      what: 'nobody else does',
      given: fresh,
      when: (l) => tariff(l, {}, CUSTOMER),
      then: codes.OPERATOR_ROLE_REQUIRED,
    },
    ...(
      [
        { budgetMicro: 0n },
        { microPerMinute: 0n },
        { microPerMinute: 1_000_000_001n },
        { budgetMicro: 1_000_000_000_001n },
      ] as Args[]
    ).map((fields) => ({
      what: `a tariff of ${Object.entries(fields)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(' and ')} is none`,
      given: fresh,
      when: (l: TestLedger) => tariff(l, fields),
      then: codes.TARIFF_INVALID,
    })),
    {
      what: 'an identified owner’s relay joins the pool [I.3-1, I.3-3, I.3-8]',
      given: identified,
      when: (l) => join(l),
      then: ['PoolJoined'],
    },
    {
      what: 'what there is not joins no pool',
      given: identified,
      when: (l) => join(l, 9n),
      then: codes.RESOURCE_UNKNOWN,
    },
    { what: 'nor leaves it', given: identified, when: (l) => leave(l, 9n), then: codes.RESOURCE_UNKNOWN },
    {
      what: 'nobody joins for another',
      given: identified,
      when: (l) => join(l, 1n, CUSTOMER),
      then: codes.NOT_THE_OWNER,
    },
    { what: 'nor leaves for another', given: pooled, when: (l) => leave(l, 1n, CUSTOMER), then: codes.NOT_THE_OWNER },
    {
      what: 'a data set is no service node',
      given: () => fresh().publish(),
      when: (l) => join(l),
      then: codes.NOT_A_RELAY,
    },
    {
      what: 'a relay that is off the list does not join',
      given: () => {
        const ledger = identified();
        ledger.run(PROVIDER, 'SuspendResource', { resource: 1n, reason: 'owner-decision' });
        return ledger;
      },
      when: (l) => join(l),
      then: codes.NOT_ON_OFFER,
    },
    {
      what: 'one that states no place does not',
      given: () => offered(''),
      when: (l) => join(l),
      then: codes.PLACE_UNKNOWN,
    },
    {
      what: 'one whose owner nobody identified does not [I.3-8]',
      given: () => offered(),
      when: (l) => join(l),
      then: codes.NOT_IDENTIFIED,
    },
    { what: 'one that has joined does not', given: pooled, when: (l) => join(l), then: codes.JOINED_ALREADY },
    {
      what: 'service nodes of one operator are bounded',
      given: () => {
        const ledger = identified();
        ledger.state.write(proseTables.counts, OPERATOR, BigInt(MEMBERS_MAX));
        return ledger;
      },
      when: (l) => join(l),
      then: codes.POOL_FULL,
    },
    { what: 'who is in it leaves at will', given: pooled, when: (l) => leave(l), then: ['PoolLeft'] },
    { what: 'who is not does not', given: identified, when: (l) => leave(l), then: codes.NOT_IN_POOL },
    {
      what: 'the user node evaluates its session [I.3-6]',
      given: recorded,
      when: (l) => evaluate(l),
      then: ['SessionEvaluated', 'StandingChanged'],
    },
    {
      what: 'a session that was not recorded is not evaluated',
      given: pooled,
      when: (l) => evaluate(l),
      then: codes.SESSION_UNKNOWN,
    },
    { what: 'nor by another', given: recorded, when: (l) => evaluate(l, {}, PROVIDER), then: codes.NOT_THE_USER },
    {
      what: 'nor twice',
      given: () => {
        const ledger = recorded();
        evaluate(ledger);
        return ledger;
      },
      when: (l) => evaluate(l, { score: 1n }),
      then: codes.EVALUATED_ALREADY,
    },
    {
      what: 'nor after a week',
      given: () => {
        const ledger = recorded();
        ledger.wait(EVALUATION_MS_MAX + 1n);
        return ledger;
      },
      when: (l) => evaluate(l),
      then: codes.TOO_LATE,
    },
    {
      what: 'the service node says once what its relay measured, before the record is made [I.3-6]',
      given: running,
      when: (l) => measure(l),
      then: ['SessionMeasured'],
    },
    {
      what: 'nobody else does',
      given: running,
      when: (l) => measure(l, {}, CUSTOMER),
      then: codes.NOT_THE_SERVICE_NODE,
    },
    {
      what: 'it does not twice',
      given: () => {
        const ledger = running();
        measure(ledger);
        return ledger;
      },
      when: (l) => measure(l, { lossPerMille: 0n }),
      then: codes.MEASURED_ALREADY,
    },
    {
      what: 'of an order that began outside the pool nothing is measured',
      given: () => {
        const ledger = identified();
        begin(ledger);
        join(ledger);
        return ledger;
      },
      when: (l) => measure(l),
      then: codes.NO_OPEN_SESSION,
    },
    { what: 'nor after the record', given: recorded, when: (l) => measure(l), then: codes.NO_OPEN_SESSION },
    ...([{ roundTripMs: 600_001n }, { jitterMs: 600_001n }, { lossPerMille: 1_001n }] as Args[]).map((fields) => ({
      what: `a measurement of ${Object.entries(fields).join(' ')} is none`,
      given: running,
      when: (l: TestLedger) => measure(l, fields),
      then: codes.MEASUREMENT_INVALID,
    })),
    ...(
      [
        { score: 0n },
        { score: 6n },
        { roundTripMs: 600_001n },
        { jitterMs: 600_001n },
        { lossPerMille: 1_001n },
      ] as Args[]
    ).map((fields) => ({
      what: `an evaluation of ${Object.entries(fields)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(' and ')} is none`,
      given: recorded,
      when: (l: TestLedger) => evaluate(l, fields),
      then: codes.EVALUATION_INVALID,
    })),
  ]);
});

describe('the pool', () => {
  test.each<[string, (ledger: TestLedger) => readonly { type: string }[], string]>([
    ['the identification expires', (l) => l.wait(25n * HOUR_MS), 'expired'],
    [
      'it is revoked',
      (l) => l.run(OPERATOR, 'RevokeIdentity', { subject: PROVIDER, reason: 'misuse' }).events,
      'revoked',
    ],
    [
      'the relay is suspended',
      (l) => l.run(PROVIDER, 'SuspendResource', { resource: 1n, reason: 'owner-decision' }).events,
      'suspended',
    ],
    ['the relay is retired', (l) => l.run(PROVIDER, 'RetireResource', { resource: 1n }).events, 'retired'],
  ])('is left by itself when %s, with the reason [I.3-3, I.3-8]', (_what, happen, reason) => {
    const ledger = pooled();
    expect(happen(ledger).at(-1)).toMatchObject({
      type: 'PoolLeft',
      resource: 1n,
      owner: PROVIDER,
      operator: OPERATOR,
      by: 0n,
      reason,
    });
    expect(readMember(ledger.state, 1n)).toBeUndefined();
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('is not left by being identified anew by the same operator, and is by another one', () => {
    const ledger = pooled();
    vouch(ledger);
    expect(readMember(ledger.state, 1n)).toMatchObject({ operator: OPERATOR, cell: RELAY_PLACE });
    vouch(ledger, SECOND);
    expect(readMember(ledger.state, 1n)).toBeUndefined();
    expect(join(ledger).events).toMatchObject([{ type: 'PoolJoined', operator: SECOND }]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('is left by every relay of an account at once', () => {
    const ledger = pooled();
    publishRelay(ledger, 'second');
    join(ledger, 2n);
    const { events } = ledger.run(OPERATOR, 'RevokeIdentity', { subject: PROVIDER, reason: 'mistake' });
    expect(types(events)).toEqual(['IdentityEnded', 'PoolLeft', 'PoolLeft']);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });
});

describe('a session', () => {
  test('is recorded when its order is settled: who, how long, how much, how well, why it ended [I.3-6]', () => {
    const ledger = pooled();
    const startMs = ledger.nowMs;
    const events = served(ledger);
    expect(types(events).slice(-4)).toEqual(['HoldSettled', 'AgreementSettled', 'SessionRecorded', 'StandingChanged']);
    expect(events.find(({ type }) => type === 'SessionRecorded')).toMatchObject({
      agreement: 1n,
      resource: 1n,
      serviceNode: PROVIDER,
      userNode: CUSTOMER,
      operator: OPERATOR,
      startMs,
      sessionMs: 9n * MINUTE_MS,
      keptPerMille: 900n,
      inputBytes: 300n,
      outputBytes: 700n,
      terminateCause: 'User-Request',
      isDisconnect: false,
      paidMs: 0n,
      dueMicro: 0n,
    });
    expect(readStanding(ledger.state, PROVIDER)).toEqual(
      standing({ sessions: 1n, begunSessions: 1n, keptPerMilleSum: 900n }),
    );
    evaluate(ledger);
    expect(readStanding(ledger.state, PROVIDER)).toMatchObject({ evaluations: 1n, scoreSum: 4n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('of an order that ran when its relay left is recorded too; of one reserved afterwards not', () => {
    const ledger = pooled();
    begin(ledger);
    leave(ledger);
    begin(ledger, 2n);
    ledger.wait(MINUTE_MS);
    for (const agreement of [1n, 2n]) end(ledger, 'done', agreement);
    const events = ledger.wait(5_000n).filter(({ type }) => type === 'SessionRecorded');
    expect(events).toMatchObject([{ agreement: 1n }]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('whose time was up has the cause Session-Timeout', () => {
    const ledger = pooled();
    begin(ledger);
    const events = ledger.wait(HOUR_MS + 5_000n);
    expect(events.find(({ type }) => type === 'SessionRecorded')).toMatchObject({ terminateCause: 'Session-Timeout' });
  });

  test.each<[string, string, (ledger: TestLedger) => readonly { type: string }[]]>([
    [
      'never delivered',
      'Service-Unavailable',
      (l) => {
        reserve(l);
        return l.wait(10_000n);
      },
    ],
    [
      'broke it off',
      'NAS-Error',
      (l) => {
        begin(l);
        l.wait(MINUTE_MS);
        end(l, 'withdrawn', 1n, PROVIDER);
        return l.wait(5_000n);
      },
    ],
    [
      'fell silent',
      'Lost-Carrier',
      (l) => {
        begin(l);
        l.suspendAgent();
        return l.wait(HOUR_MS);
      },
    ],
  ])(
    'whose service node %s is a disconnect: it costs credit, and nothing is paid for it [I.3-8]',
    (_what, terminateCause, happen) => {
      const ledger = paying();
      const credit = () => accountCredit(ledger.state, PROVIDER, permissionNeeds(ledger.state));
      const before = credit();
      const session = happen(ledger).find(({ type }) => type === 'SessionRecorded');
      expect(session).toMatchObject({ terminateCause, isDisconnect: true, paidMs: 0n, dueMicro: 0n });
      expect(readStanding(ledger.state, PROVIDER)).toMatchObject({ sessions: 1n, disconnects: 1n });
      expect(readHistory(ledger.state, PROVIDER).broken).toBe(1n);
      expect(credit()).toBeLessThan(before);
      expect(brokenInvariants(ledger.state)).toEqual([]);
    },
  );

  test('with less than nine tenths kept costs credit as well, without being a disconnect [I.3-8]', () => {
    const ledger = pooled();
    begin(ledger);
    ledger.wait(10n * MINUTE_MS);
    claim(ledger, runs(['kept', 8], ['down', 2]));
    end(ledger);
    expect(ledger.wait(5_000n).find(({ type }) => type === 'SessionRecorded')).toMatchObject({
      keptPerMille: 800n,
      isDisconnect: false,
    });
    expect(readFaults(ledger.state, PROVIDER).qualityMissed).toBe(1n);
  });
});

describe('an operator', () => {
  const paidOf = (events: readonly { type: string }[]) => events.filter(({ type }) => type === 'OperatorPaid');

  test('pays at the end of the epoch for the minutes that could be used, and tokens move once [I.3-7]', () => {
    const ledger = paying();
    served(ledger);
    const [operator, provider] = [free(ledger, OPERATOR), free(ledger, PROVIDER)];
    const events = ledger.wait(EPOCH_MS);
    const dueMicro = 9n * RATE_MICRO;
    expect(events).toMatchObject([
      {
        type: 'OperatorPaid',
        operator: OPERATOR,
        to: PROVIDER,
        sessions: 1n,
        paidMs: 9n * MINUTE_MS,
        dueMicro,
        amountMicro: dueMicro,
      },
      { type: 'TokensTransferred', from: OPERATOR, to: PROVIDER, amountMicro: dueMicro, reason: 'tariff' },
    ]);
    expect(free(ledger, OPERATOR)).toBe(operator - dueMicro);
    expect(free(ledger, PROVIDER)).toBe(provider + dueMicro);
    expect(ledger.wait(3n * EPOCH_MS)).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('pays what was counted although its tariff has ended since, and counts nothing more', () => {
    const ledger = paying();
    served(ledger);
    tariff(ledger, { microPerMinute: 0n, budgetMicro: 0n });
    expect(paidOf(ledger.wait(EPOCH_MS))).toMatchObject([{ amountMicro: 9n * RATE_MICRO }]);
    served(ledger, 2n);
    expect(paidOf(ledger.wait(2n * EPOCH_MS))).toEqual([]);
  });

  test('pays for no session in which nothing passed', () => {
    const ledger = paying();
    begin(ledger);
    ledger.wait(10n * MINUTE_MS);
    claim(ledger, runs(['kept', 10]), 1n, {});
    end(ledger);
    expect(paidOf(ledger.wait(2n * EPOCH_MS))).toEqual([]);
  });

  /** What is owed to the provider and to two more accounts, as sessions of theirs would have left it. */
  const owing = (budgetMicro: bigint): TestLedger => {
    const ledger = paying({ budgetMicro });
    served(ledger);
    const accrual = ledger.state.read(proseTables.accruals, OPERATOR)!;
    const owed = (account: bigint, dueMicro: bigint) => ({ account, sessions: 1n, paidMs: MINUTE_MS, dueMicro });
    const payees = [owed(NODES[2], 30_000n), ...accrual.payees, owed(CUSTOMER, 100_001n)];
    ledger.state.write(proseTables.accruals, OPERATOR, { ...accrual, payees });
    return ledger;
  };
  const whole = 9n * RATE_MICRO + 130_001n;

  test('pays everybody the same part where its budget is less than what is due, and no more than the budget [I.3-7]', () => {
    const ledger = owing(100_000n);
    const paid = paidOf(ledger.wait(EPOCH_MS)) as unknown as { to: bigint; dueMicro: bigint; amountMicro: bigint }[];
    expect(paid.map(({ to }) => to)).toEqual([PROVIDER, CUSTOMER, NODES[2]]);
    for (const { dueMicro, amountMicro } of paid) expect(amountMicro).toBe((dueMicro * 100_000n) / whole);
    expect(paid.reduce((sum, { amountMicro }) => sum + amountMicro, 0n)).toBeLessThanOrEqual(100_000n);
    expect(ledger.state.read(proseTables.accruals, OPERATOR)).toBeUndefined();
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('pays what it has where that is less, and with nothing left no token moves', () => {
    const ledger = owing(10_000_000n);
    ledger.run(OPERATOR, 'Transfer', { to: CUSTOMER, amountMicro: free(ledger, OPERATOR) - 50_000n });
    const poor = ledger.fork();
    poor.run(OPERATOR, 'Transfer', { to: CUSTOMER, amountMicro: 50_000n });
    const paid = paidOf(ledger.wait(EPOCH_MS)) as unknown as { amountMicro: bigint }[];
    const sum = paid.reduce((all, { amountMicro }) => all + amountMicro, 0n);
    expect(sum).toBeGreaterThan(49_990n);
    expect(free(ledger, OPERATOR)).toBe(50_000n - sum);
    expect(types(poor.wait(EPOCH_MS))).toEqual(['OperatorPaid', 'OperatorPaid', 'OperatorPaid']);
    for (const one of [ledger, poor]) expect(brokenInvariants(one.state)).toEqual([]);
  });
});
