import { TREASURY, readSupply } from '#ledger/contracts/token/contract.ts';
import { assert } from '#ledger/core/assert.ts';
import type { RewardRates } from '#ledger/contracts/incentive/definition.ts';
import { Prng } from '#ledger/sim/prng.ts';
import { Books, INITIAL_RATES } from './books.ts';
import { Numbers, farmers, honest, lazy, type Participant } from './participants.ts';

/** What an identity costs for an epoch: assumed, since a subscription is paid outside of the ledger. 12 thousandths of a token a day are 4.38 a year. */
export const IDENTITY_MICRO = 12_000n;
const FEE_PER_MILLE = 20n;
const TREASURY_MICRO = 1_000_000_000n;
/** Honest participants beside the farmers, and those that are there half the time. */
const HONEST = 12;
const LAZY = 4;

export interface Result {
  readonly name: string;
  readonly what: string;
  readonly isFarmer: boolean;
  readonly rewardMicro: bigint;
  readonly feesMicro: bigint;
  readonly identityMicro: bigint;
}

export interface Outcome {
  readonly results: readonly Result[];
  readonly treasuryMicro: bigint;
  readonly supplyMicro: bigint;
}

/** So many epochs of one economy, from a seed: everybody acts in an order of chance, then the epoch is paid; the supply is checked each time. */
export function runEconomy(of: { seed: number; epochs: number; rates?: RewardRates; honestCount?: number }): Outcome {
  const { seed, epochs, rates = INITIAL_RATES, honestCount = HONEST } = of;
  const books = new Books({ rates, feePerMille: FEE_PER_MILLE, treasuryMicro: TREASURY_MICRO });
  const numbers = new Numbers();
  const many = [...Array.from({ length: honestCount }, () => honest), ...Array.from({ length: LAZY }, () => lazy)];
  const all: Participant[] = [...many, ...farmers].map((make) => make(books, numbers));
  const chance = new Prng(seed);
  const { totalMicro } = readSupply(books.state);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = all.map((one) => ({ one, at: chance.fraction() })).toSorted((left, right) => left.at - right.at);
    for (const { one } of order) one.act(books, epoch, chance);
    books.endEpoch();
    const { totalMicro: now, heldMicro } = readSupply(books.state);
    assert(now === totalMicro && heldMicro === 0n, 'rewards mint nothing, and every order is settled');
  }
  const sum = (accounts: readonly bigint[], by: ReadonlyMap<bigint, bigint>): bigint =>
    accounts.reduce((total, account) => total + (by.get(account) ?? 0n), 0n);
  const results = all.map(({ name, what, isFarmer, accounts, identities }) => ({
    name,
    what,
    isFarmer,
    rewardMicro: sum(accounts, books.rewardedMicro),
    feesMicro: sum(accounts, books.feesMicro),
    identityMicro: BigInt(identities) * BigInt(epochs) * IDENTITY_MICRO,
  }));
  return { results, treasuryMicro: books.balance(TREASURY), supplyMicro: totalMicro };
}
