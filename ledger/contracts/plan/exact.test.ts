import { describe, expect, test } from 'vitest';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { demand, need, slotsNeed, storageNeed, work } from '#ledger/contracts/testing/offers.ts';
import { filled, quantities, terms } from '#ledger/contracts/testing/samples.ts';
import { exactOf, needFault } from './exact.ts';

describe('the exact demand [8.3.1-c, 8.3.2-a, I.1-3]', () => {
  const amounts = (facts: DemandFacts): Record<string, bigint> =>
    Object.fromEntries(exactOf(facts).amounts.map(({ need: place, meter, amount }) => [`${place}/${meter}`, amount]));

  test('of a work comes from its sub-tasks, its copies and half of its window', () => {
    const facts = demand({ work: [work({ subtasks: 1_000n, cpuMs: 250n, copies: 2n })] });
    expect(amounts(facts)).toEqual({
      '0/bytes': 2_000n * (1_000n + 2_048n),
      '0/calls': 2_016n,
      '0/cpuMs': 500_000n,
      // 120 of 250 ms in half a minute: nine slots for a copy.
      '0/memoryMiB': 18n * 64n,
      '0/runs': 2_000n,
      '0/slots': 18n,
    });
    expect(exactOf(facts).amounts.map(({ meter, rule }) => `${meter}: ${rule}`)).toMatchInlineSnapshot(`
      [
        "bytes: 2 copies of 1000 sub-tasks: 1000 bytes of output each and 2048 for the outcome and its proof.",
        "calls: 2 copies of 1000 sub-tasks: a call for each result, and 16 for each provider’s lists.",
        "cpuMs: 2 copies of 1000 sub-tasks of 250 milliseconds each.",
        "memoryMiB: 64 MiB for each of 18 slots.",
        "runs: 2 copies of 1000 sub-tasks, a run each.",
        "slots: 2 copies of 1000 sub-tasks of 250 milliseconds each; in half of 1 minute a slot runs 120 of them one after the other, and the other half is for what has to run again.",
      ]
    `);
  });

  test('has as many slots as sub-tasks at most, and memory for a run at least', () => {
    const facts = demand({ work: [work({ subtasks: 3n, cpuMs: 60_000n, memoryMiB: 1n })] });
    expect(amounts(facts)).toMatchObject({ '0/slots': 3n, '0/memoryMiB': 12n });
  });

  test('of other needs is what they state; the first need of computing carries the work', () => {
    const { parts } = exactOf(demand({ needs: [storageNeed(), need(), slotsNeed()] }));
    expect(parts.map(({ place, subtasks, units }) => [place, subtasks > 0n, units])).toEqual([
      [0, false, 1n],
      [1, true, 2n],
      [2, false, 1n],
    ]);
    expect(amounts(demand({ needs: [storageNeed()], work: [] }))).toMatchObject({ '0/storedBytes': 100n << 20n });
  });
});

describe('a demand is refused', () => {
  const withNeed = (fields: Parameters<typeof need>[0]): DemandFacts => demand({ needs: [need(fields)] });
  const withWork = (fields: Parameters<typeof work>[0]): DemandFacts => demand({ work: [work(fields)] });
  const stated = slotsNeed().amounts;
  test.each<[string, string, DemandFacts]>([
    ['without needs', 'NEEDS_INVALID', demand({ needs: [] })],
    ['with too many', 'NEEDS_INVALID', demand({ needs: Array.from({ length: 5 }, () => storageNeed()), work: [] })],
    ['for no kind', 'NEEDS_INVALID', withNeed({ kind: 'constructor' })],
    [
      'with terms that do not ascend',
      'NEEDS_INVALID',
      withNeed({ terms: [...terms({ zone: 'a' }), ...terms({ cores: '1' })] }),
    ],
    ['with a choice that the kind has not', 'NEEDS_INVALID', withNeed({ choices: terms({ format: 'csv' }) })],
    ['with a promise of no meter', 'AMOUNTS_INVALID', withNeed({ promise: quantities({ toString: 1n }) })],
    ['with a promise beyond its meter', 'AMOUNTS_INVALID', withNeed({ promise: quantities({ score: 1_000_001n }) })],
    ['with amounts beside a work', 'AMOUNTS_INVALID', withNeed({ amounts: stated })],
    ['without amounts and work', 'AMOUNTS_INVALID', demand({ work: [] })],
    [
      'with an amount of zero',
      'AMOUNTS_INVALID',
      demand({ needs: [need({ amounts: stated.map((each) => ({ ...each, amount: 0n })) })], work: [] }),
    ],
    [
      'with too little memory for its slots',
      'AMOUNTS_INVALID',
      demand({
        needs: [need({ amounts: stated.map((each) => (each.meter === 'memoryMiB' ? { ...each, amount: 7n } : each)) })],
        work: [],
      }),
    ],
    ['with a work for nobody', 'WORK_INVALID', demand({ needs: [storageNeed()] })],
    ['with two works', 'WORK_INVALID', demand({ work: [work(), work()] })],
    ['with a program of zeros', 'WORK_INVALID', withWork({ algorithm: filled(0) })],
    ['without a payload', 'WORK_INVALID', withWork({ payload: filled(0) })],
    ['with no sub-task', 'WORK_INVALID', withWork({ subtasks: 0n })],
    ['with a million and one', 'WORK_INVALID', withWork({ subtasks: 1_000_001n })],
    ['with three copies', 'WORK_INVALID', withWork({ copies: 3n })],
    ['cut in an unknown way', 'WORK_INVALID', withWork({ split: 'halves' })],
    ['with sub-tasks longer than its window', 'WORK_INVALID', withWork({ cpuMs: 60_001n })],
    ['with sub-tasks of no time', 'WORK_INVALID', withWork({ cpuMs: 0n })],
    [
      'with more output than a meter counts',
      'WORK_INVALID',
      withWork({ subtasks: 1_000_000n, copies: 2n, outputBytes: 16n << 20n }),
    ],
  ])('%s', (_, fault, facts) => expect(needFault(facts)).toBe(fault));

  test('but not with the most of everything', () => {
    const largest = { subtasks: 1_000_000n, cpuMs: 500_000n, memoryMiB: 1n << 22n, outputBytes: 1n << 20n, copies: 2n };
    expect(needFault(demand({ durationMs: 600_000n, work: [work(largest)] }))).toBeUndefined();
  });
});
