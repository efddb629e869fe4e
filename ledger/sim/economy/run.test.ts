import { describe, expect, test } from 'vitest';
import { INITIAL_RATES } from './books.ts';
import { runEconomy } from './run.ts';

const EPOCHS = 120;

describe('an economy with farmers', () => {
  test.each([1, 2, 3])(
    'seed %i: at the initial rates every farmer gains less than it pays in fees and identities [8.2.3-a]',
    (seed) => {
      const { results } = runEconomy({ seed, epochs: EPOCHS });
      for (const { name, isFarmer, rewardMicro, feesMicro, identityMicro } of results)
        if (isFarmer) expect([name, rewardMicro < feesMicro + identityMicro]).toEqual([name, true]);
    },
  );

  test('likewise where farmers have the pool for themselves: a point is never more than one micro-unit [8.2.3-a]', () => {
    const rates = { ...INITIAL_RATES, poolMicro: 1_000_000_000n };
    const { results } = runEconomy({ seed: 1, epochs: 60, rates, honestCount: 0 });
    for (const { name, isFarmer, rewardMicro, feesMicro, identityMicro } of results)
      if (isFarmer) expect([name, rewardMicro < feesMicro + identityMicro]).toEqual([name, true]);
  });

  test('what the ledger sees of a wash earns nothing, and what it does not see earns less than its fees [8.2.3-a]', () => {
    const { results } = runEconomy({ seed: 4, epochs: EPOCHS });
    const of = (name: string) => results.find((one) => one.name === name)!;
    // The first round is paid by what the customer had.
    expect(of('wash').rewardMicro * 20n < of('wash over 5').rewardMicro).toBe(true);
    expect(of('wash over 4').rewardMicro * 20n < of('wash over 5').rewardMicro).toBe(true);
    for (const name of ['wash over 5', 'patient wash', 'crowded wash', 'cheap wash'])
      expect([name, of(name).rewardMicro <= of(name).feesMicro]).toEqual([name, true]);
    expect(of('free wash').rewardMicro).toBe(0n);
    expect(of('20 agents').rewardMicro <= BigInt(EPOCHS) * INITIAL_RATES.onlineMicro).toBe(true);
  });

  test('who serves strangers earns more than who is only there, and that more than nothing', () => {
    const { results } = runEconomy({ seed: 5, epochs: EPOCHS });
    const most = (name: string) => results.filter((one) => one.name === name).map(({ rewardMicro }) => rewardMicro);
    const [honest, lazy] = [most('honest'), most('lazy')];
    for (const one of honest) for (const other of lazy) expect(one > other && other > 0n).toBe(true);
  });

  test('the test can fail: with ten times as much for time online, many identities win', () => {
    const rates = { ...INITIAL_RATES, onlineMicro: INITIAL_RATES.onlineMicro * 10n, poolMicro: 1_000_000_000n };
    const { results } = runEconomy({ seed: 1, epochs: 20, rates });
    const many = results.find(({ name }) => name === '20 identities')!;
    expect(many.rewardMicro > many.feesMicro + many.identityMicro).toBe(true);
  });

  test('a seed says everything', () => {
    expect(runEconomy({ seed: 9, epochs: 10 })).toEqual(runEconomy({ seed: 9, epochs: 10 }));
  });
});
