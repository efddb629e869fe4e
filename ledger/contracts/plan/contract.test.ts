import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { readAgreement, readHistory } from '#ledger/contracts/agreement/record.ts';
import { readDemand } from '#ledger/contracts/demand/record.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readBill } from '#ledger/contracts/settlement/record.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  BROKER,
  MACHINES,
  batchArgs,
  chooseArgs,
  market,
  publishDemand,
  work,
} from '#ledger/contracts/testing/market.ts';
import { need } from '#ledger/contracts/testing/offers.ts';
import {
  THREE,
  chosen,
  deliver,
  fault,
  finish,
  planned,
  providerOf,
  running,
  runsOf,
  start,
} from '#ledger/contracts/testing/tasks.ts';
import { HOUR_MS, filled, quantities, terms } from '#ledger/contracts/testing/samples.ts';
import { CUSTOMER, PROVIDER, TestLedger, applyArgs, type Outcome } from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { planCodes as codes } from './definition.ts';
import { readRange, readTask } from './record.ts';

type Plan = Struct<'Plan'>;

const [FIRST, SECOND] = MACHINES;
const types = ({ events }: Pick<Outcome, 'events'>) => events.map((event) => event.type);
function backupOf({ resource, provider, strategyVersion, choices, amounts, holdMicro }: Plan['parts'][number]) {
  return { resource, provider, strategyVersion, choices, amounts, holdMicro };
}

describe('choosing a plan [8.4.2-d] [I.1-4]', () => {
  const given = () => planned().ledger;
  const choose =
    (fields: Args = {}) =>
    (ledger: TestLedger): Outcome =>
      ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(1n, planned().plan, fields));
  const own = (parts: Args[] | undefined) => parts;
  const propose =
    (by: bigint, fields: Args = {}) =>
    (ledger: TestLedger): Outcome => {
      const { parts, shares } = planned().plan;
      return ledger.run(by, 'ProposePlan', { demand: 1n, parts, shares, feeMicro: 1_000n, ...fields });
    };
  const waiting = () => {
    const ledger = market([{ slots: 1n }, { slots: 1n, slotMicro: 7_200_000n }]);
    ledger.run(CUSTOMER, 'PublishDemand', batchArgs());
    return ledger;
  };
  const pair =
    (by: bigint = BROKER, pairs = [{ demand: 1n, resource: 2n }]) =>
    (ledger: TestLedger): Outcome =>
      ledger.run(by, 'ProposeMatch', { pairs });
  const begun = () => running().ledger;
  const cases: Case[] = [
    {
      what: 'reserves every part, closes the demand and gives out the ranges, in one transaction [8.4.2-e] [I.1-5a]',
      given,
      when: choose(),
      then: [
        ...Array.from({ length: 3 }, () => ['AgreementReserved', 'CapacityChanged', 'TokensHeld']).flat(),
        ...['DemandClosed', 'PlanChosen', 'TaskBegun', 'RangeAssigned', 'RangeAssigned', 'RangeAssigned'],
      ],
    },
    { what: 'of a demand that is there', given, when: choose({ demand: 9n }), then: codes.DEMAND_UNKNOWN },
    {
      what: 'by its customer',
      given,
      when: (ledger) => ledger.run(PROVIDER, 'ChoosePlan', chooseArgs(1n, planned().plan)),
      then: codes.NOT_THE_CUSTOMER,
    },
    {
      what: 'once',
      given: () => chosen().ledger,
      when: choose(),
      then: codes.DEMAND_CLOSED,
    },
    { what: 'that is shown', given, when: choose({ plan: 77n }), then: codes.PLAN_UNKNOWN },
    { what: 'as it was made', given, when: choose({ holdMicro: 1n }), then: codes.PLAN_MISMATCH },
    { what: 'part by part', given, when: choose({ parts: own([]) as never }), then: codes.PLAN_MISMATCH },
    { what: 'with a key for each provider', given, when: choose({ keys: [] }), then: codes.KEYS_INVALID },
    {
      what: 'and for no other',
      given,
      when: choose({ keys: [1n, 2n, 3n, 4n].map((resource) => ({ resource, sealed: filled(3, 80) })) }),
      then: codes.KEYS_INVALID,
    },
    {
      what: 'that can be paid',
      given: () => {
        const ledger = given();
        ledger.run(CUSTOMER, 'Transfer', { to: PROVIDER, amountMicro: 99_999_990n });
        return ledger;
      },
      when: choose(),
      then: agreementCodes.BALANCE_TOO_LOW,
    },
    {
      what: 'a broker proposes one beside the contract’s [8.3.2-a]',
      given,
      when: propose(BROKER),
      then: ['PlanProposed'],
    },
    { what: 'nobody else does', given, when: propose(FIRST), then: codes.BROKER_ROLE_REQUIRED },
    { what: 'for a demand that is there', given, when: propose(BROKER, { demand: 9n }), then: codes.DEMAND_UNKNOWN },
    {
      what: 'a proposal that leaves a sub-task out is none',
      given,
      when: propose(BROKER, { shares: [{ part: 0n, first: 0n, count: 4n }] }),
      then: codes.PROPOSAL_INVALID,
    },
    {
      what: 'nor one above the budget',
      given,
      when: propose(BROKER, { feeMicro: 50_000_000n }),
      then: codes.OVER_BUDGET,
    },
    {
      what: 'nor a fifth',
      given: () => {
        const ledger = given();
        for (let each = 0; each < 4; each += 1) propose(BROKER, { feeMicro: BigInt(each) })(ledger);
        return ledger;
      },
      when: propose(BROKER),
      then: codes.TOO_MANY_PLANS,
    },
    {
      what: 'a fee beside the hold has to be paid, too',
      given: () => {
        const { ledger, plan } = planned();
        propose(BROKER, { feeMicro: 1_000n })(ledger);
        const { balanceMicro } = readBalance(ledger.state, CUSTOMER);
        ledger.run(CUSTOMER, 'Transfer', { to: PROVIDER, amountMicro: balanceMicro - plan.holdMicro - 999n });
        return ledger;
      },
      when: (ledger) => {
        const { plan } = planned();
        const proposed = { ...plan, plan: lastPlan(), by: BROKER, feeMicro: 1_000n };
        return ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(1n, proposed));
      },
      then: codes.FEE_BALANCE_TOO_LOW,
    },
    { what: 'a broker proposes a match [8.3.2-b]', given: waiting, when: pair(), then: ['MatchProposed'] },
    { what: 'nobody else does so', given: waiting, when: pair(FIRST), then: codes.BROKER_ROLE_REQUIRED },
    {
      what: 'a backup of the very resource that it is to replace is none',
      given,
      when: (ledger) => {
        const { parts, shares } = planned().plan;
        const copied = parts.map((part) => ({ ...part, backup: [backupOf(part)] }));
        return ledger.run(BROKER, 'ProposePlan', { demand: 1n, parts: copied, shares, feeMicro: 0n });
      },
      then: codes.PROPOSAL_INVALID,
    },
    {
      what: 'for demands that wait',
      given: waiting,
      when: pair(BROKER, [{ demand: 9n, resource: 1n }]),
      then: codes.MATCH_INVALID,
    },
    {
      what: 'with more than one that is as good',
      given: () => {
        const ledger = waiting();
        pair()(ledger);
        return ledger;
      },
      when: pair(),
      then: codes.MATCH_NOT_BETTER,
    },
    {
      what: 'a range of no task does not begin',
      given,
      when: (ledger) => ledger.run(FIRST, 'StartRange', { agreement: 1n, demand: 1n, range: 0n }),
      then: codes.TASK_UNKNOWN,
    },
    {
      what: 'nor one that the order does not run',
      given: begun,
      when: (ledger) => start(ledger, { agreement: 1n, range: 1n }),
      then: codes.RANGE_UNKNOWN,
    },
    {
      what: 'nor by somebody else',
      given: begun,
      when: (ledger) => ledger.run(SECOND, 'StartRange', { agreement: 1n, demand: 1n, range: 0n }),
      then: codes.RANGE_UNKNOWN,
    },
    {
      what: 'a range begins',
      given: begun,
      when: (ledger) => start(ledger, { agreement: 1n, range: 0n }),
      then: ['RangeStarted'],
    },
    {
      what: 'once',
      given: () => {
        const ledger = begun();
        start(ledger, { agreement: 1n, range: 0n });
        return ledger;
      },
      when: (ledger) => start(ledger, { agreement: 1n, range: 0n }),
      then: codes.RANGE_OVER,
    },
    {
      what: 'no more fail than there are',
      given: begun,
      when: (ledger) => finish(ledger, { agreement: 1n, range: 0n }, { failed: 5n }),
      then: codes.COUNTS_INVALID,
    },
    {
      what: 'for a reason that is listed',
      given: begun,
      when: (ledger) => fault(ledger, { agreement: 1n, range: 0n }, 'mood'),
      then: codes.FAULT_UNKNOWN,
    },
    {
      what: 'a task is canceled, and its orders end [8.4.3-b]',
      given: begun,
      when: (ledger) => ledger.run(CUSTOMER, 'CancelTask', { demand: 1n }),
      then: [
        ...['RangeDropped', 'RangeDropped', 'RangeDropped', 'TaskEnded'],
        ...Array.from({ length: 3 }, () => ['AgreementEnded', 'CapacityChanged']).flat(),
      ],
    },
    {
      what: 'once',
      given: () => {
        const ledger = begun();
        ledger.run(CUSTOMER, 'CancelTask', { demand: 1n });
        return ledger;
      },
      when: (ledger) => ledger.run(CUSTOMER, 'CancelTask', { demand: 1n }),
      then: codes.TASK_OVER,
    },
    {
      what: 'a key pays no fee beyond its cap',
      given: () => {
        const { ledger } = planned([{ slots: 6n, slotMicro: 0n }]);
        return ledger;
      },
      when: (ledger) => payByKey(ledger),
      then: codes.SPENDING_CAP_EXCEEDED,
    },
  ];
  runCases(codes, cases);

  test('a part that was taken meanwhile takes nothing and answers with fresh plans [8.4.2-d]', () => {
    const { ledger, demand, plan } = planned([...THREE]);
    const other = plan.parts[0];
    if (other === undefined) throw new Error('a plan has parts');
    const { resource, provider, strategyVersion, amounts, choices, durationMs, holdMicro } = other;
    const use = { resource, provider, strategyVersion, amounts, choices, durationMs, holdMicro };
    expect(ledger.run(PROVIDER, 'Apply', applyArgs(use)).code).toBe(0);
    const before = readBalance(ledger.state, CUSTOMER);
    const outcome = ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, plan));
    expect(types(outcome)).toEqual(['PlansMade']);
    expect(outcome.data).toMatchObject({ chosen: false });
    expect(readBalance(ledger.state, CUSTOMER)).toEqual(before);
    expect(readDemand(ledger.state, demand)?.status).toBe('open');
  });

  test('a broker whose plan is chosen gets the fee that was signed, and no plan is chosen after its time', () => {
    const { ledger, demand, plan } = planned();
    const { parts, shares } = plan;
    const outcome = ledger.run(BROKER, 'ProposePlan', { demand, parts, shares, feeMicro: 7_000n });
    const proposed = outcome.events.find((event) => event.type === 'PlanProposed')?.plans[0];
    if (proposed === undefined) throw new Error('the plan was proposed');
    const before = readBalance(ledger.state, BROKER).balanceMicro;
    const late = ledger.fork();
    late.lag(60_001n);
    expect(late.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, proposed)).code).toBe(codes.PLAN_UNKNOWN);
    expect(ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, proposed)).code).toBe(0);
    expect(readBalance(ledger.state, BROKER).balanceMicro).toBe(before + 7_000n);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });
});

/** The number of the plan that a broker proposes first in the sample market. */
function lastPlan(): bigint {
  const { ledger } = planned();
  const { plan } = planned();
  const { parts, shares } = plan;
  const { data } = ledger.run(BROKER, 'ProposePlan', { demand: 1n, parts, shares, feeMicro: 1_000n });
  return (data as { plan: bigint }).plan;
}

/** A key with a cap below the broker's fee chooses a plan that costs nothing else. */
function payByKey(ledger: TestLedger): Outcome {
  const { parts, shares } = planned([{ slots: 6n, slotMicro: 0n }]).plan;
  const { data } = ledger.run(BROKER, 'ProposePlan', { demand: 1n, parts, shares, feeMicro: 1_000n });
  const proposed = { ...planned([{ slots: 6n, slotMicro: 0n }]).plan, by: BROKER, feeMicro: 1_000n };
  const scope = { methods: ['ChoosePlan'], resources: [], spendingCapMicro: 999n, expiresAtMs: ledger.nowMs + 60_000n };
  const offer = ledger.keyOffer(90, CUSTOMER);
  ledger.run(CUSTOMER, 'AuthorizeKey', { ...offer, label: 'program', ...scope });
  const args = chooseArgs(1n, { ...proposed, plan: (data as { plan: bigint }).plan });
  return ledger.run(CUSTOMER, 'ChoosePlan', args, { key: 1n });
}

test('a demand for data is met by a data set of the catalogue, under its own conditions [I.2-3]', () => {
  const ledger = new TestLedger().publish();
  const amounts = quantities({ bytes: 1_000_000n, calls: 100n, places: 1n });
  const data = need({ kind: 'data', choices: terms({ format: 'csv' }), amounts });
  const asked = { needs: [data], work: [], durationMs: HOUR_MS };
  const { demand, plans } = publishDemand(ledger, asked);
  expect(plans.map(({ parts }) => parts.map(({ resource, holdMicro }) => [resource, holdMicro]))).toEqual([
    [[1n, 3_600_000n]],
  ]);
  const chosenPlan = plans[0];
  if (chosenPlan === undefined) throw new Error('a plan was made');
  expect(ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, chosenPlan)).code).toBe(0);
  expect(readAgreement(ledger.state, 1n)).toMatchObject({ resource: 1n, status: 'reserved' });
  // Its conditions admit research and education alone.
  expect(publishDemand(ledger, { ...asked, purpose: 'planning' }).plans).toEqual([]);
  expect(brokenInvariants(ledger.state)).toEqual([]);
});

describe('a task over several providers', () => {
  test('is done when every range is, ends its orders at once, and is billed for what was served [I.1-5b] [I.1-6]', () => {
    const { ledger } = running();
    for (const agreement of [1n, 2n, 3n]) start(ledger, { agreement, range: agreement - 1n });
    expect(types(finish(ledger, { agreement: 1n, range: 0n }))).toEqual(['RangeFinished', 'RangeDecided']);
    expect(types(finish(ledger, { agreement: 2n, range: 1n }))).toEqual(['RangeFinished', 'RangeDecided']);
    expect(types(finish(ledger, { agreement: 3n, range: 2n }))).toEqual([
      ...['RangeFinished', 'RangeDecided', 'TaskEnded'],
      ...Array.from({ length: 3 }, () => ['AgreementEnded', 'CapacityChanged']).flat(),
    ]);
    expect(readTask(ledger.state, 1n)?.outcome).toBe('done');
    expect([1n, 2n, 3n].map((id) => readAgreement(ledger.state, id)?.status)).toEqual(Array(3).fill('completed'));
    expect(brokenInvariants(ledger.state)).toEqual([]);
    ledger.wait(10_000n);
    expect(readBill(ledger.state, 3n)).toBeDefined();
  });

  test('goes on without a provider who is silent: the range is given to another, the first result counts [8.4.2-e]', () => {
    const { ledger } = running();
    for (const agreement of [1n, 2n, 3n]) start(ledger, { agreement, range: agreement - 1n });
    finish(ledger, { agreement: 1n, range: 0n });
    finish(ledger, { agreement: 2n, range: 1n });
    // The last range is hurried: it is run a second time after the grace time, not after its whole estimate.
    const told = ledger.fork().wait(500n);
    expect(told.filter((event) => event.type === 'RangeAssigned')).toMatchObject([
      { range: 2n, agreement: 1n, reason: 'late', attempt: 2n },
    ]);
  });

  test('a range that fails by chance is run elsewhere; a fault that repeats ends the task with its reason as soon as a second provider meets it', () => {
    const { ledger } = running();
    const repeats = ledger.fork();
    expect(types(fault(ledger, { agreement: 1n, range: 0n }, 'machine-trouble'))).toEqual([
      'RangeFailed',
      'RangeAssigned',
    ]);
    expect(runsOf(ledger, 0n)).toEqual(['1 failed', '2 assigned']);
    expect(types(fault(repeats, { agreement: 1n, range: 0n }, 'module-fails'))).toEqual([
      'RangeFailed',
      'RangeAssigned',
    ]);
    const ended = fault(repeats, { agreement: 2n, range: 0n }, 'module-fails').events.find(
      ({ type }) => type === 'TaskEnded',
    );
    expect(ended).toMatchObject({ outcome: 'failed', reason: 'module-fails' });
    expect(readAgreement(repeats.state, 2n)).toMatchObject({ status: 'terminated', endReason: 'task-failed' });
    expect(brokenInvariants(repeats.state)).toEqual([]);
  });

  test('a provider who never delivers loses its range to another as soon as that is known', () => {
    const { ledger } = chosen(THREE);
    deliver(ledger, 2n);
    deliver(ledger, 3n);
    ledger.run(FIRST, 'EndAgreement', { agreement: 1n, reason: 'withdrawn' });
    expect(runsOf(ledger, 0n)).toEqual(['1 dropped', '2 assigned']);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a backup joins in the place of who withdrew, and gets its range', () => {
    const { ledger, plan } = chosen([{ slots: 6n }, { slots: 6n, slotMicro: 7_200_000n }], { backup: true });
    expect(plan.parts[0]?.backup).toHaveLength(1);
    ledger.run(FIRST, 'EndAgreement', { agreement: 1n, reason: 'withdrawn' });
    expect(readTask(ledger.state, 1n)?.agreements).toEqual([1n, 2n]);
    expect(providerOf(ledger, 2n)).toBe(SECOND);
    expect(runsOf(ledger, 0n)).toEqual(['1 dropped', '2 assigned']);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('with nobody left it fails, and says so', () => {
    const { ledger } = running([{ slots: 6n }]);
    ledger.run(FIRST, 'EndAgreement', { agreement: 1n, reason: 'withdrawn' });
    expect(readTask(ledger.state, 1n)?.outcome).toBe('failed');
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  const twice = () => running([{ slots: 6n }, { slots: 6n }, { slots: 6n }], { work: [work({ copies: 2n })] });

  test('copies that agree decide; of copies that differ a third tells who is wrong, and that one is not paid [8.1.2-b]', () => {
    const { ledger } = twice();
    const agreements = readTask(ledger.state, 1n)?.agreements ?? [];
    expect(agreements).toHaveLength(2);
    const [left = 0n, right = 0n] = agreements;
    expect(types(finish(ledger, { agreement: left, range: 0n, root: 1 }))).toEqual(['RangeFinished']);
    const same = ledger.fork();
    finish(same, { agreement: right, range: 0n, root: 1 });
    expect(readTask(same.state, 1n)?.outcome).toBe('done');
    finish(ledger, { agreement: right, range: 0n, root: 2 });
    // Only two providers take part: nobody can tell which copy is right.
    expect(readTask(ledger.state, 1n)?.outcome).toBe('failed');
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a copy that went away with its provider leaves no task open for good', () => {
    const { ledger } = twice();
    const [left = 0n, right = 0n] = readTask(ledger.state, 1n)?.agreements ?? [];
    ledger.run(providerOf(ledger, right), 'EndAgreement', { agreement: right, reason: 'withdrawn' });
    expect(readTask(ledger.state, 1n)?.outcome).toBe('');
    finish(ledger, { agreement: left, range: 0n });
    expect(readTask(ledger.state, 1n)?.outcome).toBe('failed');
    expect(ledger.waiting.filter(({ contract }) => contract === 12)).toEqual([]);
  });

  test('where a third provider takes part it runs the range again: the odd one out is not paid and counts as broken, the others are [8.1.2-b] [8.4.2-e]', () => {
    const four = Array.from({ length: 4 }, () => ({ slots: 3n }));
    const { ledger } = running(four, { work: [work({ copies: 2n })] });
    const ranges = [0n, 1n].map((range) => runsOf(ledger, range).map((run) => BigInt(run.split(' ')[0] ?? 0)));
    const [[honest = 0n, wrong = 0n] = [], [other = 0n, another = 0n] = []] = ranges;
    for (const agreement of [honest, wrong]) start(ledger, { agreement, range: 0n });
    finish(ledger, { agreement: honest, range: 0n, root: 1 });
    expect(types(finish(ledger, { agreement: wrong, range: 0n, root: 2 }))).toEqual(['RangeFinished', 'RangeAssigned']);
    const third = readRange(ledger.state, 1n, 0n)?.runs.at(-1)?.agreement ?? 0n;
    expect([other, another]).toContain(third);
    const told = types(finish(ledger, { agreement: third, range: 0n, root: 1 }));
    expect(told).toEqual(['RangeFinished', 'ResultRejected', 'AgreementEnded', 'CapacityChanged', 'RangeDecided']);
    expect(readAgreement(ledger.state, wrong)).toMatchObject({ endReason: 'wrong-result', status: 'terminated' });
    expect(readHistory(ledger.state, providerOf(ledger, wrong)).broken).toBe(1n);
    for (const agreement of [other, another]) finish(ledger, { agreement, range: 1n, root: 3 });
    expect(readTask(ledger.state, 1n)?.outcome).toBe('done');
    ledger.wait(10_000n);
    expect(readBill(ledger.state, wrong)?.chargeMicro).toBe(0n);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('whatever providers say in whatever order, the ledger stays whole', () => {
    const step = fc.record({
      what: fc.constantFrom('start', 'finish', 'fail', 'fatal', 'wait', 'end', 'cancel', 'deliver'),
      agreement: fc.bigInt(1n, 4n),
      range: fc.bigInt(0n, 3n),
      root: fc.integer({ min: 1, max: 2 }),
    });
    const copies = fc.constantFrom(1n, 2n);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), copies, fc.boolean(), (steps, each, backup) => {
        const { ledger } = chosen([{ slots: 6n }, { slots: 6n }, { slots: 6n }], {
          work: [work({ copies: each })],
          backup,
        });
        for (const { what, ...says } of steps) {
          if (readAgreement(ledger.state, says.agreement) === undefined) continue;
          if (what === 'start') start(ledger, says);
          if (what === 'finish') finish(ledger, says);
          if (what === 'fail') fault(ledger, says, 'machine-trouble');
          if (what === 'fatal') fault(ledger, says, 'module-fails');
          if (what === 'wait') ledger.wait(says.range * 4_000n);
          if (what === 'deliver') deliver(ledger, says.agreement);
          if (what === 'cancel') ledger.run(CUSTOMER, 'CancelTask', { demand: 1n });
          if (what === 'end')
            ledger.run(providerOf(ledger, says.agreement), 'EndAgreement', {
              agreement: says.agreement,
              reason: 'withdrawn',
            });
        }
        expect(brokenInvariants(ledger.state)).toEqual([]);
        ledger.wait(60_000n);
        expect(brokenInvariants(ledger.state)).toEqual([]);
        expect(ledger.waiting.filter(({ contract }) => contract === 12)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
