import { describe, expect, test } from 'vitest';
import type { IntervalState } from '#ledger/contracts/shared/runs.ts';
import { intervalsOf, type IntervalFacts } from './intervals.ts';

const facts: IntervalFacts = {
  spans: [{ fromMs: 0, toMs: 100 }],
  measured: new Map(),
  measuredUntilMs: Number.MAX_SAFE_INTEGER,
  promise: [],
  promises: {
    firstByteMs: { unit: 'ms', title: 'First byte', kept: 'atMost', max: 600_000n },
    rateKbit: { unit: 'kbit/s', title: 'Rate', kept: 'atLeast', max: 10_000_000n },
  },
  startsAtMs: 0,
  intervalMs: 10,
};

function statesOf(changes: Partial<IntervalFacts>, toMs: number, fromMs = 0): IntervalState[] {
  return [...intervalsOf({ ...facts, ...changes }, { fromMs, toMs })].map(({ state }) => state);
}

const kept = (count: number): IntervalState[] => Array.from({ length: count }, () => 'kept');

describe('an interval', () => {
  test.each<[string, IntervalFacts['spans'], number, IntervalState[]]>([
    ['one span over all', [{ fromMs: 0, toMs: 100 }], 100, kept(10)],
    [
      'a gap inside one interval',
      [
        { fromMs: 0, toMs: 44 },
        { fromMs: 45, toMs: 100 },
      ],
      100,
      [...kept(4), 'down', ...kept(5)],
    ],
    ['a start in the middle', [{ fromMs: 5, toMs: 100 }], 100, ['down', ...kept(9)]],
    ['a short last interval', [{ fromMs: 0, toMs: 15 }], 15, kept(2)],
    ['a short last interval not covered', [{ fromMs: 0, toMs: 14 }], 15, ['kept', 'down']],
    ['nothing', [], 25, ['down', 'down', 'down']],
    ['no time', [{ fromMs: 0, toMs: 9 }], 0, []],
  ])('of %s is served when all of it is covered [I.2-6]', (_, spans, toMs, states) => {
    expect(statesOf({ spans }, toMs)).toEqual(states);
  });

  test('is degraded when a promise was not kept, whichever way it goes; nothing measured keeps what is promised at most and breaks what is promised at least [8.1.2-b]', () => {
    const promise = [
      { meter: 'firstByteMs', amount: 100 },
      { meter: 'rateKbit', amount: 500 },
    ];
    const measured = new Map([
      [0, { firstByteMs: 100, rateKbit: 500 }],
      [10, { firstByteMs: 101, rateKbit: 500 }],
      [20, { firstByteMs: 5, rateKbit: 499 }],
      [30, { firstByteMs: 0, rateKbit: 0 }],
    ]);
    expect(statesOf({ promise, measured }, 50)).toEqual(['kept', 'degraded', 'degraded', 'degraded', 'degraded']);
    expect(statesOf({ promise: promise.slice(0, 1), measured }, 50)).toEqual(['kept', 'degraded', ...kept(3)]);
  });

  test('that was down is down however well it was measured', () => {
    const promise = [{ meter: 'firstByteMs', amount: 100 }];
    expect(statesOf({ promise, measured: new Map([[0, { firstByteMs: 1 }]]), spans: [] }, 10)).toEqual(['down']);
  });

  test('whose measurement was not kept for want of room is down', () => {
    expect(statesOf({ measuredUntilMs: 10 }, 40)).toEqual(['kept', 'kept', 'down', 'down']);
  });

  test('is told from where the last claim ended', () => {
    const found = [...intervalsOf(facts, { fromMs: 20, toMs: 45 })];
    expect(found.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [20, 30],
      [30, 40],
      [40, 45],
    ]);
    expect(statesOf({}, 45, 45)).toEqual([]);
  });
});
