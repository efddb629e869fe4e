/** A part of all prices; `untilMicro` belongs to it, the bound of the band before does not. Null: without a bound. */
export interface PriceBand {
  readonly name: string;
  readonly words: string;
  readonly untilMicro: bigint | null;
}

/** Bands of the most that an hour of usual use costs, cheapest first. */
export const PRICE_BANDS: readonly PriceBand[] = [
  { name: 'free', words: 'free', untilMicro: 0n },
  { name: 'to-1', words: 'up to 1 token', untilMicro: 1_000_000n },
  { name: 'to-10', words: 'more than 1, up to 10 tokens', untilMicro: 10_000_000n },
  { name: 'to-100', words: 'more than 10, up to 100 tokens', untilMicro: 100_000_000n },
  { name: 'over-100', words: 'more than 100 tokens', untilMicro: null },
];
