import { describe, expect, test } from 'vitest';
import { strategyFrom, wordsFrom } from './kept.ts';
import { EMPTY_STRATEGY, type StrategyDraft } from './terms.ts';
import { EMPTY_WORDS } from './words.ts';

const { conditions } = EMPTY_STRATEGY;
const strategy: StrategyDraft = {
  ...EMPTY_STRATEGY,
  accessClass: 'conditional',
  columns: ['date', 'wind'],
  longestUnit: 'days',
  conditions: {
    ...conditions,
    isRelevanceAsked: true,
    expert: [{ rule: 'use.calls <= 100', sentence: 'at most 100 calls' }],
  },
};

describe('kept drafts', () => {
  test('come back as they were', () => {
    const words = { ...EMPTY_WORDS, title: 'Weather', tags: 'weather, climate' };
    expect(wordsFrom(JSON.stringify(words))).toEqual(words);
    expect(strategyFrom(JSON.stringify(strategy))).toEqual(strategy);
    expect(strategyFrom(JSON.stringify(EMPTY_STRATEGY))).toEqual(EMPTY_STRATEGY);
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
      { ...strategy, columns: [1] },
      { ...strategy, longestUnit: 'toString' },
      { ...strategy, priceUnit: 'month' },
      { ...strategy, accessClass: 'secret' },
    ];
    for (const text of ['', '{', ...others.map((other) => JSON.stringify(other))]) {
      expect([text, strategyFrom(text)]).toEqual([text, EMPTY_STRATEGY]);
      expect([text, wordsFrom(text)]).toEqual([text, EMPTY_WORDS]);
    }
    expect(wordsFrom(JSON.stringify({ ...EMPTY_WORDS, title: 7 }))).toEqual(EMPTY_WORDS);
  });
});
