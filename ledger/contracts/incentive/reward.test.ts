import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incentiveDefinition, NO_FACTS, type RewardFacts, type RewardRates } from './definition.ts';
import { amountOf, pointsOf, ratesFrom, sumOf, whatIf } from './reward.ts';

const RATES = ratesFrom((name) => incentiveDefinition.parameters[name].initial);
const HOUR_MS = 3_600_000n;
const facts = (fields: Partial<RewardFacts>): RewardFacts => ({ ...NO_FACTS, ...fields });

const micro = (max: bigint) => fc.bigInt(0n, max);
const anyFacts: fc.Arbitrary<RewardFacts> = fc.record({
  online: micro(1_000n),
  servedMs: micro(1_000n * HOUR_MS),
  feesMicro: micro(10_000_000n),
  votes: micro(100n),
  consensus: micro(64_000n),
});
const anyRates: fc.Arbitrary<RewardRates> = fc.record({
  poolMicro: micro(1_000_000_000n),
  capPerMille: micro(1_000n),
  onlineMicro: micro(1_000_000n),
  servedMicro: micro(1_000_000n),
  feePerMille: micro(1_000n),
  voteMicro: micro(1_000_000n),
  votesMax: micro(1_000n),
  validatorMicro: micro(1_000_000n),
});

describe('points of a rule at the initial rates', () => {
  test('time online counts in proportion, rounded down [8.2.3-a, I.3-10]', () => {
    expect(pointsOf(facts({ online: 1_000n }), RATES).online).toBe(10_000n);
    expect(pointsOf(facts({ online: 333n }), { ...RATES, onlineMicro: 10n }).online).toBe(3n);
  });

  test('served time counts by the hour, up to half of its fees [8.2.3-a]', () => {
    expect(pointsOf(facts({ servedMs: HOUR_MS, feesMicro: 1_000_000n }), RATES).served).toBe(50_000n);
    expect(pointsOf(facts({ servedMs: HOUR_MS, feesMicro: 72_001n }), RATES).served).toBe(36_000n);
    expect(pointsOf(facts({ servedMs: HOUR_MS }), RATES).served).toBe(0n);
  });

  test('votes count up to so many an epoch [8.2.3-a]', () => {
    expect(pointsOf(facts({ votes: 3n }), RATES).votes).toBe(15_000n);
    expect(pointsOf(facts({ votes: 9n }), RATES).votes).toBe(40_000n);
  });

  test('each validator’s time counts [8.2.3-a]', () => {
    expect(pointsOf(facts({ consensus: 2_000n }), RATES).consensus).toBe(40_000n);
  });
});

describe('amounts', () => {
  const of = { pointsOfAll: 0n, poolMicro: 1_000n, capPerMille: 1_000n };

  test('a point is one micro-unit while the pool has as many [8.2.3-a]', () => {
    expect(amountOf(300n, { ...of, pointsOfAll: 1_000n })).toBe(300n);
    expect(amountOf(300n, { ...of, pointsOfAll: 301n })).toBe(300n);
  });

  test('and a share of the pool where there are more points, rounded down [8.2.3-a]', () => {
    expect(amountOf(300n, { ...of, pointsOfAll: 2_999n })).toBe(100n);
    expect(amountOf(299n, { ...of, pointsOfAll: 3_000n })).toBe(99n);
  });

  test('the cap holds for whoever has most', () => {
    expect(amountOf(900n, { ...of, pointsOfAll: 1_000n, capPerMille: 200n })).toBe(200n);
  });

  test('Σ amounts ≤ pool, each ≤ cap and ≤ its points, none without a fact [8.2.3-a]', () => {
    fc.assert(
      fc.property(fc.array(anyFacts, { maxLength: 80 }), anyRates, micro(1_000_000_000n), (all, rates, treasury) => {
        const poolMicro = rates.poolMicro < treasury ? rates.poolMicro : treasury;
        const points = all.map((one) => sumOf(pointsOf(one, rates)));
        const pointsOfAll = points.reduce((sum, one) => sum + one, 0n);
        const amounts = points.map((one) => amountOf(one, { pointsOfAll, poolMicro, capPerMille: rates.capPerMille }));
        expect(amounts.reduce((sum, one) => sum + one, 0n) <= poolMicro).toBe(true);
        amounts.forEach((amount, at) => {
          expect(amount >= 0n && amount <= (poolMicro * rates.capPerMille) / 1_000n && amount <= points[at]!).toBe(
            true,
          );
        });
        expect(sumOf(pointsOf(NO_FACTS, rates))).toBe(0n);
      }),
    );
  });

  test('service never earns its fees back, whatever the rates: who buys from itself loses [8.2.3-a]', () => {
    fc.assert(
      fc.property(anyFacts, anyRates, ({ servedMs, feesMicro }, rates) => {
        expect(sumOf(pointsOf(facts({ servedMs, feesMicro }), rates)) <= feesMicro).toBe(true);
      }),
    );
  });

  test('what would be paid follows from the facts, the others’ points and the treasury', () => {
    const asked = { pointsOfOthers: 990_000n, treasuryMicro: 500_000n };
    expect(whatIf(facts({ online: 1_000n }), RATES, asked)).toEqual({
      points: { online: 10_000n, served: 0n, votes: 0n, consensus: 0n },
      poolMicro: 500_000n,
      amountMicro: 5_000n,
    });
  });
});
