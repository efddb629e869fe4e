import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EndReason } from '#ledger/contracts/agreement/definition.ts';
import { readAgreement, readHistory } from '#ledger/contracts/agreement/record.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readBill } from '#ledger/contracts/settlement/record.ts';
import { MACHINES, work, type Machine } from '#ledger/contracts/testing/market.ts';
import { quantities, runs } from '#ledger/contracts/testing/samples.ts';
import { deliver, fault, finish, providerOf, running, runsOf, start } from '#ledger/contracts/testing/tasks.ts';
import { CUSTOMER, type Outcome, type TestLedger } from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import { readTask } from './record.ts';

const [FIRST, SECOND, THIRD, FOURTH] = MACHINES;
const WINDOW_MS = 600_000n;
const CONTEST_MS = 5_000n;
const DELIVERY_MS = 10_000n;
const types = ({ events }: Pick<Outcome, 'events'>) => events.map((event) => event.type);
const machines = (count: number): Machine[] => Array.from({ length: count }, () => ({ slots: 1n }));
const outcomeOf = (ledger: TestLedger) => {
  const task = readTask(ledger.state, 1n);
  return task?.outcome;
};

/** Twelve sub-tasks in two copies, agreement 1 of the first machine and 2 of the second; a backup for as many of them as there are machines left. */
function copied(count: number, backup = true): TestLedger {
  const { ledger } = running(machines(count), { durationMs: WINDOW_MS, work: [work({ copies: 2n })], backup });
  for (const agreement of [1n, 2n]) start(ledger, { agreement, range: 0n });
  return ledger;
}

/** Both have finished, and differ; a second has passed. */
function differing(count: number, backup = true): { ledger: TestLedger; told: Outcome } {
  const ledger = copied(count, backup);
  ledger.wait(1_000n);
  finish(ledger, { agreement: 1n, range: 0n, root: 1 });
  const told = finish(ledger, { agreement: 2n, range: 0n, root: 2 });
  return { ledger, told };
}

/** The third copy, by whom the backup of the first is: agreement 3. */
function decide(ledger: TestLedger, root: number): Outcome {
  expect(deliver(ledger, 3n).code).toBe(0);
  start(ledger, { agreement: 3n, range: 0n });
  ledger.wait(1_000n);
  return finish(ledger, { agreement: 3n, range: 0n, root });
}

function end(ledger: TestLedger, agreement: bigint, reason: EndReason): void {
  const args = { agreement, reason };
  expect(ledger.run(providerOf(ledger, agreement), 'EndAgreement', args, { key: 1n }).code).toBe(0);
}

/** Claims that all of an ended agreement's time was served. */
function claim(ledger: TestLedger, agreement: bigint, used: ReturnType<typeof quantities> = []): void {
  const untilMs = readAgreement(ledger.state, agreement)?.endedAtMs ?? 0n;
  const args = { agreement, used, runs: runs(['kept', 1]), untilMs };
  expect(ledger.run(providerOf(ledger, agreement), 'ClaimUsage', args, { key: 1n }).code).toBe(0);
}

const chargeOf = (ledger: TestLedger, agreement: bigint) => readBill(ledger.state, agreement)?.chargeMicro;

describe('copies that differ where nobody of the plan is free [8.1.2-b] [8.4.2-e]', () => {
  test('a part’s backup takes its place with the hold that was signed, and runs the third copy', () => {
    const before = readBalance(copied(3).state, CUSTOMER);
    const { ledger, told } = differing(3);
    expect(types(told)).toEqual([
      ...['RangeFinished', 'AgreementEnded', 'CapacityChanged'],
      ...['AgreementReserved', 'CapacityChanged', 'HoldSplit', 'AgreementReplaced', 'TaskJoined', 'RangeAssigned'],
    ]);
    expect(runsOf(ledger, 0n)).toEqual(['1 finished', '2 finished', '3 assigned']);
    expect(providerOf(ledger, 3n)).toBe(THIRD);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ endReason: 'compared', status: 'completed' });
    // Nothing more is held than what the customer signed for the plan.
    expect(readBalance(ledger.state, CUSTOMER).heldMicro).toBe(before.heldMicro);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('at prices of processor time it is asked for what the range needs, and what its part’s ranges can have used stays held: the part is paid whole', () => {
    const byTheSecond = (amountMicro: bigint): Machine => ({
      slots: 1n,
      terms: { prices: [{ meter: 'cpuMs', per: 1_000n, perMs: 0n, amountMicro }] },
    });
    const offered = [6_000n, 10_000n, 15_000n].map(byTheSecond);
    const { ledger } = running(offered, { durationMs: WINDOW_MS, work: [work({ copies: 2n })], backup: true });
    const before = readBalance(ledger.state, CUSTOMER).heldMicro;
    for (const agreement of [1n, 2n]) finish(ledger, { agreement, range: 0n, root: Number(agreement) });
    // Twelve sub-tasks of a second each; every part was sold twice of that, so that it can run another one's.
    expect(readAgreement(ledger.state, 1n)?.holdMicro).toBe(24n * 15_000n - 12n * 15_000n);
    expect(readAgreement(ledger.state, 3n)).toMatchObject({ provider: THIRD, holdMicro: 12n * 15_000n });
    expect(readBalance(ledger.state, CUSTOMER).heldMicro).toBe(before);
    decide(ledger, 1);
    claim(ledger, 1n, quantities({ cpuMs: 12_000n }));
    ledger.wait(CONTEST_MS);
    expect(chargeOf(ledger, 1n)).toBe(72_000n);
    expect(chargeOf(ledger, 2n)).toBe(0n);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('it speaks for the one whose place it took: the other is not paid and counts as broken, both others are paid', () => {
    const { ledger } = differing(3);
    expect(types(decide(ledger, 1))).toEqual([
      ...['RangeFinished', 'ResultRejected', 'AgreementEnded', 'CapacityChanged', 'RangeDecided'],
      ...['TaskEnded', 'AgreementJudged', 'AgreementEnded', 'CapacityChanged'],
    ]);
    expect(outcomeOf(ledger)).toBe('done');
    for (const agreement of [1n, 2n, 3n]) claim(ledger, agreement);
    ledger.wait(CONTEST_MS);
    expect([1n, 2n, 3n].map((agreement) => (chargeOf(ledger, agreement) ?? 0n) > 0n)).toEqual([true, false, true]);
    expect(readHistory(ledger.state, SECOND)).toEqual({ completed: 0n, broken: 1n });
    expect(readHistory(ledger.state, FIRST)).toEqual({ completed: 1n, broken: 0n });
    expect(readBalance(ledger.state, CUSTOMER)).toMatchObject({ heldMicro: 0n, holds: 0n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('it speaks against the one whose place it took: that one is not paid, though its order had ended, and its history says so', () => {
    const { ledger } = differing(3);
    claim(ledger, 1n);
    expect(readHistory(ledger.state, FIRST)).toEqual({ completed: 1n, broken: 0n });
    expect(types(decide(ledger, 2)).slice(0, 4)).toEqual([
      ...['RangeFinished', 'ResultRejected', 'AgreementJudged', 'RangeDecided'],
    ]);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ endReason: 'wrong-result', status: 'terminated' });
    expect(readHistory(ledger.state, FIRST)).toEqual({ completed: 0n, broken: 1n });
    expect(readHistory(ledger.state, CUSTOMER)).toMatchObject({ broken: 0n });
    for (const agreement of [2n, 3n]) claim(ledger, agreement);
    ledger.wait(CONTEST_MS);
    expect([1n, 2n, 3n].map((agreement) => (chargeOf(ledger, agreement) ?? 0n) > 0n)).toEqual([false, true, true]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('one that is never delivered decides nothing: the task fails as copies-differ, and who served is paid', () => {
    const { ledger } = differing(3);
    claim(ledger, 1n);
    const ended = ledger.wait(DELIVERY_MS).find((event) => event.type === 'TaskEnded');
    expect(ended).toMatchObject({ outcome: 'failed', reason: 'copies-differ' });
    claim(ledger, 2n);
    ledger.wait(CONTEST_MS);
    expect([1n, 2n].map((agreement) => (chargeOf(ledger, agreement) ?? 0n) > 0n)).toEqual([true, true]);
    expect(readBalance(ledger.state, CUSTOMER)).toMatchObject({ heldMicro: 0n, holds: 0n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('where each part has one, the second is drawn in when the first is not delivered, and decides', () => {
    const { ledger } = differing(4);
    ledger.wait(DELIVERY_MS);
    expect(runsOf(ledger, 0n)).toEqual(['1 finished', '2 finished', '3 dropped', '4 assigned']);
    expect([providerOf(ledger, 3n), providerOf(ledger, 4n)]).toEqual([THIRD, FOURTH]);
    deliver(ledger, 4n);
    finish(ledger, { agreement: 4n, range: 0n, root: 1 });
    expect(outcomeOf(ledger)).toBe('done');
    expect(readAgreement(ledger.state, 2n)?.endReason).toBe('wrong-result');
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('one that says that the module fails ends nothing with that word: two have run it', () => {
    const { ledger } = differing(3);
    deliver(ledger, 3n);
    const ended = fault(ledger, { agreement: 3n, range: 0n }, 'module-fails').events.find(
      ({ type }) => type === 'TaskEnded',
    );
    expect(ended).toMatchObject({ reason: 'copies-differ' });
  });

  test('a backup whose offer was withdrawn cannot come: nothing of the order is touched, and the task fails as copies-differ', () => {
    const ledger = copied(3);
    ledger.run(THIRD, 'RetireResource', { resource: 3n, reason: 'other' });
    finish(ledger, { agreement: 1n, range: 0n, root: 1 });
    const told = finish(ledger, { agreement: 2n, range: 0n, root: 2 });
    expect(told.events.find(({ type }) => type === 'TaskEnded')).toMatchObject({ reason: 'copies-differ' });
    expect(types(told)).not.toContain('AgreementReserved');
    expect(readAgreement(ledger.state, 1n)?.endReason).toBe('task-failed');
  });

  test('without a backup the task fails as copies-differ', () => {
    const { ledger, told } = differing(2, false);
    expect(told.events.find(({ type }) => type === 'TaskEnded')).toMatchObject({
      outcome: 'failed',
      reason: 'copies-differ',
    });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });
});

describe('who ends its order while a copy of its is not decided [8.1.2-b] [8.4.3-b]', () => {
  /** Agreement 2 gives `root` and leaves at once, before anybody has said otherwise. */
  function left(root: number): TestLedger {
    const ledger = copied(3);
    ledger.wait(1_000n);
    finish(ledger, { agreement: 2n, range: 0n, root });
    end(ledger, 2n, 'used-up');
    claim(ledger, 2n);
    return ledger;
  }

  test('a liar is not paid after the verdict, however early it left', () => {
    const ledger = left(2);
    ledger.wait(CONTEST_MS * 2n);
    expect(chargeOf(ledger, 2n)).toBeUndefined();
    finish(ledger, { agreement: 1n, range: 0n, root: 1 });
    decide(ledger, 1);
    expect(readAgreement(ledger.state, 2n)).toMatchObject({ endReason: 'wrong-result', status: 'terminated' });
    expect(readHistory(ledger.state, SECOND)).toEqual({ completed: 0n, broken: 1n });
    ledger.wait(CONTEST_MS);
    expect(chargeOf(ledger, 2n)).toBe(0n);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('an honest one is paid the contest time after the verdict, and counts as before', () => {
    const ledger = left(1);
    const waiting = readAgreement(ledger.state, 2n);
    expect(waiting?.settleAtMs).toBe((waiting?.endsAtMs ?? 0n) + CONTEST_MS);
    finish(ledger, { agreement: 1n, range: 0n, root: 2 });
    decide(ledger, 1);
    expect(readAgreement(ledger.state, 2n)).toMatchObject({
      endReason: 'used-up',
      settleAtMs: ledger.nowMs + CONTEST_MS,
    });
    expect(readAgreement(ledger.state, 1n)?.endReason).toBe('wrong-result');
    ledger.wait(CONTEST_MS);
    expect((chargeOf(ledger, 2n) ?? 0n) > 0n).toBe(true);
    expect(readHistory(ledger.state, SECOND)).toEqual({ completed: 1n, broken: 0n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('without a verdict it is paid when it would have been, had it not ended: nothing stays held for good', () => {
    const ledger = left(2);
    const { endsAtMs = 0n } = readAgreement(ledger.state, 2n) ?? {};
    ledger.wait(1n);
    // Neither the other copy nor a third ever comes: its agreement's own time is over before that.
    ledger.wait(endsAtMs + CONTEST_MS - ledger.nowMs);
    expect((chargeOf(ledger, 2n) ?? 0n) > 0n).toBe(true);
    ledger.wait(WINDOW_MS);
    expect(readBalance(ledger.state, CUSTOMER)).toMatchObject({ heldMicro: 0n, holds: 0n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('who cancels the task lets everybody be paid: no verdict is awaited any more', () => {
    const ledger = left(2);
    expect(types(ledger.run(CUSTOMER, 'CancelTask', { demand: 1n }))).toContain('AgreementJudged');
    expect(readAgreement(ledger.state, 2n)?.settleAtMs).toBe(ledger.nowMs + CONTEST_MS);
  });

  test('who has nothing undecided is settled as ever', () => {
    const ledger = copied(3);
    end(ledger, 2n, 'used-up');
    expect(readAgreement(ledger.state, 2n)?.settleAtMs).toBe(ledger.nowMs + CONTEST_MS);
  });

  test('whatever is said and whoever leaves in whatever order, every invariant holds, and in the end nothing is held', () => {
    const step = fc.record({
      what: fc.constantFrom('finish', 'fail', 'wait', 'used-up', 'withdrawn', 'deliver', 'claim'),
      agreement: fc.bigInt(1n, 6n),
      root: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.integer({ min: 2, max: 4 }), (steps, count) => {
        const ledger = copied(count);
        for (const { what, agreement, root } of steps) {
          const record = readAgreement(ledger.state, agreement);
          if (record === undefined) continue;
          if (what === 'finish') finish(ledger, { agreement, range: 0n, root });
          if (what === 'fail') fault(ledger, { agreement, range: 0n }, 'module-fails');
          if (what === 'wait') ledger.wait(agreement * 3_000n);
          if (what === 'deliver') deliver(ledger, agreement);
          if (what === 'used-up' || what === 'withdrawn')
            ledger.run(record.provider, 'EndAgreement', { agreement, reason: what });
          if (what === 'claim') {
            const args = { agreement, used: [], runs: runs(['kept', 1]), untilMs: record.endedAtMs };
            ledger.run(record.provider, 'ClaimUsage', args);
          }
          expect(brokenInvariants(ledger.state)).toEqual([]);
        }
        ledger.wait(3n * WINDOW_MS);
        expect(brokenInvariants(ledger.state)).toEqual([]);
        expect(readBalance(ledger.state, CUSTOMER)).toMatchObject({ heldMicro: 0n, holds: 0n });
        expect(ledger.waiting).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });
});
