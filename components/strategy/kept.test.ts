import { describe, expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { EMPTY_PROGRESS, progressFrom, strategyFrom, wordsFrom } from './kept.ts';
import { emptyStrategy, type StrategyDraft } from './terms.ts';
import { EMPTY_WORDS } from './words.ts';

const data = kindOf('data');
const empty = emptyStrategy(data);
const { conditions } = empty;
const strategy: StrategyDraft = {
  ...empty,
  preset: 'research',
  ways: { ...empty.ways, columns: ['date', 'wind'] },
  longestUnit: 'days',
  promise: { amounts: { firstByteMs: '250' }, degradedPercent: '12.5' },
  conditions: {
    ...conditions,
    isRelevanceAsked: true,
    expert: [{ rule: 'use.amount.calls <= 100', sentence: 'at most 100 calls' }],
  },
};

describe('kept drafts', () => {
  test('come back as they were', () => {
    const words = { ...EMPTY_WORDS, title: 'Weather', tags: 'weather, climate' };
    expect(wordsFrom(JSON.stringify(words))).toEqual(words);
    expect(strategyFrom(data, JSON.stringify(strategy))).toEqual(strategy);
    expect(strategyFrom(data, JSON.stringify(empty))).toEqual(empty);
    const progress = { step: 3, source: '0xabc/seattle', job: '17', isConfirmed: true };
    expect(progressFrom(JSON.stringify(progress))).toEqual(progress);
    for (const part of [{ step: -1 }, { step: 0.5 }, { job: 17 }, { isConfirmed: 'yes' }])
      expect(progressFrom(JSON.stringify({ ...progress, ...part }))).toEqual(EMPTY_PROGRESS);
  });

  test('are empty when what was kept is none of this version', () => {
    const withConditions = (part: object): object => ({ ...strategy, conditions: { ...strategy.conditions, ...part } });
    const others: unknown[] = [
      ...[null, [], 'draft', 7, {}],
      ...Object.keys(strategy).map((name) => ({ ...strategy, [name]: undefined })),
      ...Object.keys(strategy).map((name) => ({ ...strategy, [name]: 1 })),
      ...Object.keys(conditions).map((name) => withConditions({ [name]: undefined })),
      ...Object.keys(conditions).map((name) => withConditions({ [name]: 1 })),
      ...[['x'], [{}], [{ rule: 'x' }], [{ rule: 1, sentence: 'x' }], [null]].map((expert) =>
        withConditions({ expert }),
      ),
      ...Object.keys(strategy.ways).map((name) => ({ ...strategy, ways: { ...strategy.ways, [name]: undefined } })),
      { ...strategy, ways: { ...strategy.ways, columns: [1] } },
      { ...strategy, ways: { ...strategy.ways, columns: 'date' } },
      { ...strategy, ways: { ...strategy.ways, rowFilter: ['{}'] } },
      { ...strategy, amounts: { calls: 1 } },
      { ...strategy, amounts: ['1'] },
      { ...strategy, prices: [{ pricing: 'Per hour' }] },
      { ...strategy, prices: Array.from({ length: 5 }, () => strategy.prices[0]) },
      { ...strategy, promise: { amounts: {} } },
      { ...strategy, promise: { amounts: { firstByteMs: 250 }, degradedPercent: '50' } },
      { ...strategy, longestUnit: 'toString' },
      withConditions({ partners: [{ id: 1.5, name: '' }] }),
    ];
    for (const text of ['', '{', ...others.map((other) => JSON.stringify(other))]) {
      expect([text, strategyFrom(data, text)]).toEqual([text, empty]);
      expect([text, wordsFrom(text)]).toEqual([text, EMPTY_WORDS]);
    }
    expect(wordsFrom(JSON.stringify({ ...EMPTY_WORDS, title: 7 }))).toEqual(EMPTY_WORDS);
  });
});
