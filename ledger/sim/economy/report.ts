import { tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';
import { quotient } from '#ledger/core/integer.ts';
import { INITIAL_RATES } from './books.ts';
import { IDENTITY_MICRO, runEconomy, type Result } from './run.ts';

/** The same kinds together, each by its mean. */
function byName(results: readonly Result[]): Result[] {
  return [...Map.groupBy(results, ({ name }) => name).values()].map((group) => {
    const mean = (of: (one: Result) => bigint): bigint =>
      quotient(
        group.reduce((sum, one) => sum + of(one), 0n),
        BigInt(group.length),
      );
    return {
      ...group[0]!,
      rewardMicro: mean(({ rewardMicro }) => rewardMicro),
      feesMicro: mean(({ feesMicro }) => feesMicro),
      identityMicro: mean(({ identityMicro }) => identityMicro),
    };
  });
}

const cell = (micro: bigint): string => tokensInWords(micro).replace(' tokens', '').padStart(12);

/** What each kind of participant gained by rewards and what it cost, line by line. `isSafe`: no farmer gained as much as it paid. */
export function economyInWords(of: { seed: number; epochs: number }): { lines: string[]; isSafe: boolean } {
  const { results, treasuryMicro, supplyMicro } = runEconomy(of);
  const rows = byName(results).map((one) => {
    const { name, what, isFarmer, rewardMicro, feesMicro, identityMicro } = one;
    const isLoss = rewardMicro < feesMicro + identityMicro;
    const verdict = isFarmer ? (isLoss ? 'loses' : 'WINS') : '';
    return `${name.padEnd(15)}${cell(rewardMicro)}${cell(feesMicro)}${cell(identityMicro)}  ${verdict.padEnd(6)}${what}`;
  });
  const isSafe = results.every(
    ({ isFarmer, rewardMicro, feesMicro, identityMicro }) => !isFarmer || rewardMicro < feesMicro + identityMicro,
  );
  return {
    isSafe,
    lines: [
      `seed ${of.seed}, ${of.epochs} epochs of a day, initial rates; means of each kind, in tokens`,
      `${''.padEnd(15)}${'rewarded'.padStart(12)}${'fees paid'.padStart(12)}${'identities'.padStart(12)}`,
      ...rows,
      `treasury ${tokensInWords(treasuryMicro)} of a supply of ${tokensInWords(supplyMicro)}, which no epoch changed`,
      `an identity is taken to cost ${tokensInWords(IDENTITY_MICRO)} an epoch; idle ones lose while it is more than ${tokensInWords(INITIAL_RATES.onlineMicro)}`,
      isSafe ? 'no farmer gained as much as it paid' : 'a farmer gained more than it paid: the rates are too high',
    ],
  };
}
