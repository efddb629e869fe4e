import { describe, expect, test } from 'vitest';
import { UNREWARDED, incentiveDefinition, NO_FACTS } from '#ledger/contracts/incentive/definition.ts';
import { pointsOf, ratesFrom } from '#ledger/contracts/incentive/reward.ts';
import { adviceFor, factsInWords, reasonInWords, rulesInWords } from './words.ts';

const RATES = ratesFrom((name) => incentiveDefinition.parameters[name].initial);
const alone = { facts: NO_FACTS, rates: RATES, pointsOfOthers: 0n, treasuryMicro: 1_000_000_000n };
const both = { isProvider: true, isNodeProvider: true };

describe('rewards in words', () => {
  test('each rule of the ledger has its words, with the figures in force [8.2.3-a]', () => {
    const rules = rulesInWords(RATES);
    expect(rules.map(({ rule }) => rule).toSorted()).toEqual(Object.keys(pointsOf(NO_FACTS, RATES)).toSorted());
    expect(rules.find(({ rule }) => rule === 'served')?.formula).toBe(
      'hours kept × 0.05 tokens, at most fees × 500 ÷ 1,000',
    );
    for (const { rule, title, words } of rules) {
      expect(factsInWords(rule, NO_FACTS)).not.toBe('');
      expect(`${title} ${words}`).toMatch(/\.$/);
    }
  });

  test('each reason is a whole sentence', () => {
    for (const reason of Object.keys(UNREWARDED) as (keyof typeof UNREWARDED)[])
      expect(reasonInWords(reason)).toMatch(/^[A-Z].*\.$/);
  });
});

describe('what would earn more', () => {
  test('is worked out by the ledger’s own rules, for who may do it [8.2.3-a]', () => {
    expect(adviceFor(alone, both).map(({ moreMicro }) => moreMicro)).toEqual([10_000n, 50_000n, 5_000n]);
    expect(adviceFor(alone, { isProvider: false, isNodeProvider: true })).toHaveLength(1);
    expect(adviceFor(alone, { isProvider: false, isNodeProvider: false })).toEqual([]);
  });

  test('is no more than would: nothing where the cap is reached or the treasury is empty', () => {
    expect(adviceFor({ ...alone, treasuryMicro: 0n }, both)).toEqual([]);
    const full = { ...NO_FACTS, votes: 8n, consensus: 10_000n };
    expect(adviceFor({ ...alone, facts: full }, both)).toEqual([]);
  });

  test('names the fees where they bound what the time earns', () => {
    const facts = { ...NO_FACTS, servedMs: 3_600_000n, feesMicro: 20_000n };
    const [, more] = adviceFor({ ...alone, facts }, { isProvider: true, isNodeProvider: false });
    expect(more).toEqual({
      what: 'Orders that bring the treasury 0.10 tokens more in fees: your fees bound what your time earns',
      moreMicro: 40_000n,
    });
  });
});
