import { describe, expect, test } from 'vitest';
import { EMPTY_STRATEGY, type StrategyDraft } from '#components/strategy/terms.ts';
import { draftFrom } from './kept-draft.ts';

const draft: StrategyDraft = {
  ...EMPTY_STRATEGY,
  columns: ['date', 'wind'],
  conditions: {
    ...EMPTY_STRATEGY.conditions,
    isRelevanceAsked: true,
    expert: [{ rule: 'use.purpose != ""', sentence: 'a purpose must be declared' }],
  },
};

describe('a kept draft', () => {
  test('comes back as it was', () => {
    expect(draftFrom(JSON.stringify(draft), EMPTY_STRATEGY)).toEqual(draft);
  });

  test('is empty when what was kept is not a draft of this make', () => {
    const { price, ...withoutPrice } = draft;
    expect(price).toBe(EMPTY_STRATEGY.price);
    const others: unknown[] = [
      null,
      [],
      'draft',
      7,
      {},
      withoutPrice,
      { ...draft, price: 1 },
      { ...draft, columns: 'date' },
      { ...draft, columns: [1] },
      { ...draft, conditions: null },
      { ...draft, conditions: [] },
      { ...draft, conditions: { ...draft.conditions, isRelevanceAsked: 'yes' } },
      { ...draft, conditions: { ...draft.conditions, expert: [{ rule: 1 }] } },
    ];
    for (const text of ['', '{', ...others.map((other) => JSON.stringify(other))])
      expect([text, draftFrom(text, EMPTY_STRATEGY)]).toEqual([text, EMPTY_STRATEGY]);
  });
});
