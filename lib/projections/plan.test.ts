import { describe, expect, test } from 'vitest';
import { demandEvent } from '#ledger/contracts/demand/definition.ts';
import { planEvent } from '#ledger/contracts/plan/definition.ts';
import { BROKER, MACHINES, chooseArgs, demandArgs, market } from '#ledger/contracts/testing/market.ts';
import { filled } from '#ledger/contracts/testing/samples.ts';
import { CUSTOMER, type Outcome, type TestLedger } from '#ledger/contracts/testing/test-ledger.ts';
import { applyChange, emptyRowSet, type AnyRow } from '#lib/projector/rows.ts';
import type { EventContext } from './context.ts';
import { projectDemand } from './demand.ts';
import { projectPlan } from './plan.ts';
import type { TableName } from './row-change.ts';

/** Rows that the projections of both contracts make of what the contracts themselves say. */
function rowsOf(outcomes: readonly Outcome[]): (table: TableName) => AnyRow[] {
  const set = emptyRowSet();
  outcomes.forEach(({ events }, logIndex) => {
    events.forEach((event, sequence) => {
      const context = { logIndex: BigInt(logIndex), sequence, timeMs: 7n } as EventContext;
      const changes =
        event.contract === 'demand'
          ? projectDemand(event, context)
          : event.contract === 'plan'
            ? projectPlan(event, context)
            : [];
      for (const change of changes) applyChange(set, change);
    });
  });
  return (table) => [...(set.rows.get(table)?.values() ?? [])].map(({ row }) => row);
}

const THREE = [{ slots: 2n }, { slots: 2n }, { slots: 2n }];

/** Runs transactions, lets time pass, and keeps what came of each. */
function recorded(ledger: TestLedger) {
  const outcomes: Outcome[] = [];
  const run = (...args: Parameters<TestLedger['run']>): Outcome => {
    const outcome = ledger.run(...args);
    expect([args[1], outcome.code]).toEqual([args[1], 0]);
    outcomes.push(outcome);
    return outcome;
  };
  const wait = (ms: bigint) => outcomes.push({ code: 0, events: ledger.wait(ms) });
  return { outcomes, run, wait };
}

/** A demand over three machines with its first plan. */
function published() {
  const ledger = market(THREE);
  const record = recorded(ledger);
  const { events } = record.run(CUSTOMER, 'PublishDemand', demandArgs());
  const made = events.find((event) => event.type === 'PlansMade');
  const plan = made?.type === 'PlansMade' ? made.plans[0] : undefined;
  if (plan === undefined) throw new Error('the market meets the demand');
  return { ledger, ...record, demand: 1n, plan };
}

/** The plan is chosen. */
function begun() {
  const made = published();
  made.run(CUSTOMER, 'ChoosePlan', chooseArgs(made.demand, made.plan));
  return made;
}

describe('the projections of demands and plans, on events of the contracts themselves', () => {
  test('a demand keeps its newest analysis, what was chosen, and the ranges of its task with who has to run them [I.1-3] [I.1-5a]', () => {
    const { outcomes, demand, plan } = begun();
    const rows = rowsOf(outcomes);
    expect(rows('demands')).toMatchObject([
      {
        id: demand,
        status: 'decided',
        kinds: ['computing'],
        customer: CUSTOMER,
        payload: '02'.repeat(32),
        chosen: { plan: plan.plan.toString(), aim: plan.aim, holdMicro: plan.holdMicro.toString() },
        order: 1n,
        outcome: null,
        taskBegunAtMs: expect.any(BigInt),
      },
    ]);
    const ranges = rows('task_ranges').map(({ first, count }) => [first, count]);
    expect(ranges.reduce((sum, [, count]) => sum + BigInt(String(count)), 0n)).toBe(12n);
    expect(rows('task_runs').map(({ range, agreement, state }) => [range, agreement, state])).toEqual([
      [0n, 1n, 'assigned'],
      [1n, 2n, 'assigned'],
      [2n, 3n, 'assigned'],
    ]);
    expect(rows('task_agreements').map(({ agreement }) => agreement)).toEqual([1n, 2n, 3n]);
  });

  test('a task from its first range to its last: begun, failed, given to the next, finished, decided, over [I.1-5a]', () => {
    const { ledger, outcomes, run, wait, demand } = begun();
    const [first, second, third] = MACHINES;
    const key = { key: 1n };
    for (const [index, owner] of [first, second, third].entries()) {
      const args = { agreement: BigInt(index + 1), startsAtMs: ledger.nowMs, descriptor: filled(5, 100) };
      run(owner, 'Prepare', args, key);
    }
    wait(100n);
    const roots = { inputRoot: filled(4), resultRoot: filled(6) };
    const finish = (owner: bigint, agreement: bigint, range: bigint) =>
      run(owner, 'FinishRange', { agreement, demand, range, failed: 1n, cpuMs: 10n, ...roots }, key);
    run(first, 'StartRange', { agreement: 1n, demand, range: 0n }, key);
    finish(first, 1n, 0n);
    finish(second, 2n, 1n);
    run(third, 'FailRange', { agreement: 3n, demand, range: 2n, fault: 'machine-trouble' }, key);
    const next = rowsOf(outcomes)('task_runs').at(-1);
    expect(next).toMatchObject({ range: 2n, attempt: 2n, reason: 'failed', state: 'assigned' });
    const taken = BigInt(String(next?.agreement));
    finish(MACHINES[Number(taken) - 1] ?? 0n, taken, 2n);
    const rows = rowsOf(outcomes);
    expect(rows('demands')).toMatchObject([{ outcome: 'done', outcomeReason: '', taskEndedAtMs: ledger.nowMs }]);
    expect(rows('task_ranges').every(({ decidedAtMs }) => decidedAtMs !== null)).toBe(true);
    const [one, , failed, last] = rows('task_runs');
    expect(one).toMatchObject({ state: 'finished', failed: 1n, cpuMs: 10n, resultRoot: '06'.repeat(32) });
    expect(one?.startedAtMs).toBe(ledger.nowMs);
    expect(failed).toMatchObject({ agreement: 3n, state: 'failed', fault: 'machine-trouble' });
    expect(last).toMatchObject({ agreement: taken, state: 'finished' });
  });

  test('a broker’s plan stands beside the newest analysis, and the next analysis comes after it [8.3.2-a]', () => {
    const { outcomes, run, wait, demand, plan } = published();
    const { parts, shares, holdMicro } = plan;
    run(BROKER, 'ProposePlan', { demand, parts, shares, feeMicro: 1_000n });
    const [row] = rowsOf(outcomes)('proposed_plans');
    expect(row).toMatchObject({ demand, broker: BROKER, totalMicro: holdMicro + 1_000n, logIndex: 1n });
    expect(row?.plan).toMatchObject({ aim: 'proposed', by: BROKER.toString(), feeMicro: '1000' });
    // Plans expire, and are made anew.
    wait(60_000n);
    expect(rowsOf(outcomes)('demands')).toMatchObject([{ status: 'open', analysisLogIndex: 2n }]);
  });

  test('what took a part’s place may run what that one had to', () => {
    const joined = planEvent('TaskJoined', { demand: 1n, agreement: 9n, replaces: 2n, joinedAtMs: 5n });
    const outcome = { code: 0, events: [joined] };
    expect(rowsOf([outcome])('task_agreements')).toEqual([{ agreement: 9n, demand: 1n, joinedAtMs: 5n }]);
  });

  test('a demand that is taken back is closed, and a refused program is known by its digest from then on', () => {
    const { outcomes, run, ledger } = published();
    run(CUSTOMER, 'WithdrawDemand', { demand: 1n });
    const refused = demandEvent('AlgorithmRefused', { algorithm: filled(6), reason: 'broken', proposal: 4n });
    const rows = rowsOf([...outcomes, { code: 0, events: [refused] }]);
    expect(rows('demands')).toMatchObject([{ status: 'withdrawn', closedAtMs: ledger.nowMs, order: null }]);
    expect(rows('refused_algorithms')).toEqual([
      { algorithm: '06'.repeat(32), reason: 'broken', proposal: 4n, logIndex: 2n, refusedAtMs: 7n },
    ]);
  });
});
