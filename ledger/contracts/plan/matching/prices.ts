import { SIZE_BITS, type Ground } from './ground.ts';

/** A customer in the unit of weights. */
export const CUSTOMER = 2_048;
const PRICE_BITS = 16;
/** 1,024 customers for a meter of a room: with eight meters a weight stays below 2^(26 + 20 + 3) and is exact. */
const PRICE_MAX = 2 ** 26;
const ROUNDS = 150;
const WHOLE = 2 ** SIZE_BITS;
/** A customer in the unit of a price times a size. */
const ONE = 2 ** (PRICE_BITS + SIZE_BITS);
const GAINS_BITS = 16;

export interface Prices {
  /** By option: what it takes of its room at the room's prices, in 1/CUSTOMER of a customer, rounded down; below 2²⁴. */
  readonly weights: Int32Array;
  /** By room: the weight of all that is free in it when empty, rounded up. */
  readonly whole: Float64Array;
  /** No assignment serves more: weak duality of the linear relaxation. */
  readonly servedMax: number;
}

/**
 * What each room's meters are worth, in customers that could be served with them: the multipliers of the capacities in the linear relaxation,
 * by dual ascent. Everybody takes the option that costs the least at the prices, if that is less than the customer is worth; a meter that is
 * asked for beyond its capacity becomes dearer, any other cheaper, in ever smaller steps. The best prices are those with the least bound.
 */
export function pricesOf(ground: Ground): Prices {
  const { room, owner, width, sizes } = ground;
  const prices = new Int32Array(ground.capacity.length).fill(2 ** PRICE_BITS);
  const priced = new Float64Array(room.length);
  const weigh = (): void => {
    for (let option = 0; option < room.length; option += 1) {
      let weight = 0;
      const at = room[option]! * width;
      for (let meter = 0; meter < width; meter += 1) weight += prices[at + meter]! * sizes[option * width + meter]!;
      priced[option] = weight;
    }
  };
  let best = prices.slice();
  let boundMin: bigint | undefined;
  // The rate of a step in 1/16384 of a price for 1/256 of a room too much: from 0.3 down by a thirty-second each time.
  let rate = 20 << 8;
  for (let round = 0; round < ROUNDS && owner.length > 0; round += 1) {
    weigh();
    const { bound, load } = respond(ground, prices, priced);
    if (boundMin === undefined || bound < boundMin) {
      boundMin = bound;
      best = prices.slice();
    }
    for (let at = 0; at < prices.length; at += 1) prices[at] = stepped(prices[at]!, load[at]!, rate);
    rate = Math.max(64, rate - (rate >> 5));
  }
  prices.set(best);
  weigh();
  const unit = BigInt(PRICE_BITS + SIZE_BITS) - 11n;
  const whole = new Float64Array(ground.rooms.length);
  for (let at = 0; at < whole.length; at += 1) {
    let sum = 0;
    for (let meter = 0; meter < width; meter += 1) sum += prices[at * width + meter]!;
    whole[at] = Number(((BigInt(sum) << BigInt(SIZE_BITS)) >> unit) + 1n);
  }
  return {
    weights: Int32Array.from(priced, (weight) => Number(BigInt(weight) >> unit)),
    whole,
    servedMax: Number((boundMin ?? 0n) >> BigInt(PRICE_BITS + SIZE_BITS)),
  };
}

/** Who takes what at the prices: what is asked of each meter, and the bound on customers that follows, in 2^-36 of one. */
function respond(ground: Ground, prices: Int32Array, priced: Float64Array): { bound: bigint; load: Float64Array } {
  const { first, room, width, sizes } = ground;
  const load = new Float64Array(prices.length);
  let bound = BigInt(prices.reduce((sum, price) => sum + price, 0)) << BigInt(SIZE_BITS);
  let gains = 0;
  for (let ask = 0; ask + 1 < first.length; ask += 1) {
    let chosen = -1;
    let least = ONE;
    for (let option = first[ask]!; option < first[ask + 1]!; option += 1) {
      if (priced[option]! >= least) continue;
      least = priced[option]!;
      chosen = option;
    }
    if (chosen < 0) continue;
    gains += ONE - least;
    const at = room[chosen]! * width;
    for (let meter = 0; meter < width; meter += 1) load[at + meter]! += sizes[chosen * width + meter]!;
    // 2^16 gains of at most 2^36 each are below 2^53.
    if (ask >> GAINS_BITS !== (ask + 1) >> GAINS_BITS) {
      bound += BigInt(gains);
      gains = 0;
    }
  }
  return { bound: bound + BigInt(gains), load };
}

function stepped(price: number, load: number, rate: number): number {
  const excess = Math.max(-WHOLE, Math.min(3 * WHOLE, load - WHOLE)) >> (SIZE_BITS - 8);
  // At most 768 × 20 in size: the products below stay within 31 bits.
  const factor = (excess * rate) >> 8;
  const change = (((price >> 10) * factor) >> 4) + (((price & 1_023) * factor) >> 14);
  // What has become free must be able to cost something again.
  const floor = factor > 0 ? factor >> 2 : 0;
  return Math.max(0, Math.min(PRICE_MAX, price + change + floor));
}
