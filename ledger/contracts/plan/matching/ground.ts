import { assert } from '#ledger/core/assert.ts';
import { ascending, quotient } from '#ledger/core/integer.ts';
import type { Ask, Option, Room } from './value.ts';

/** Meters of a room at most. The bounds of weights below rest on it. */
export const WIDTH_MAX = 8;
/** A whole room's meter, in the unit of `sizes`. */
export const SIZE_BITS = 20;
/** Amounts and costs are held as numbers below these powers of two, so that sums of a few stay below 2⁵³ and are exact. */
const AMOUNT_BITS = 52;
const COST_BITS = 49;

/**
 * A batch in flat arrays, asks and rooms in the order of their ids, the options of an ask by cost, then resource; options that do not fit an
 * empty room are left out. Every number in it is an integer below 2⁵³.
 */
export interface Ground {
  readonly asks: readonly bigint[];
  readonly rooms: readonly bigint[];
  readonly width: number;
  /** The options of ask `a` are `first[a]` to `first[a + 1] - 1`. */
  readonly first: Int32Array;
  readonly owner: Int32Array;
  readonly room: Int32Array;
  /** By option and meter, rounded up where a room is so large that amounts are scaled: what fits here, fits. */
  readonly amounts: Float64Array;
  /** By option and meter: the share of the empty room, in 2^-SIZE_BITS, rounded down. */
  readonly sizes: Int32Array;
  readonly costs: Float64Array;
  /** By room and meter, rounded down where scaled. */
  readonly capacity: Float64Array;
}

function bitsOf(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** What a customer prefers: the cheaper, then the older resource. */
export function byCost(left: Option, right: Option): number {
  return ascending(left.costMicro, right.costMicro) || ascending(left.resource, right.resource);
}

export function byId(left: Ask, right: Ask): number {
  return ascending(left.id, right.id);
}

interface Measured {
  readonly at: number;
  readonly free: readonly bigint[];
  /** How many bits each meter's amounts lose. */
  readonly shifts: readonly bigint[];
}

function measured(rooms: readonly Room[], width: number): ReadonlyMap<bigint, Measured> {
  const sorted = rooms.toSorted((left, right) => ascending(left.resource, right.resource));
  const entries = sorted.map(({ resource, free }, at): [bigint, Measured] => {
    const whole = Array.from({ length: width }, (_, meter) => {
      const amount = free[meter] ?? 0n;
      return amount < 0n ? 0n : amount;
    });
    const shifts = whole.map((amount) => BigInt(Math.max(0, bitsOf(amount) - AMOUNT_BITS)));
    return [resource, { at, free: whole, shifts }];
  });
  const found = new Map(entries);
  assert(found.size === rooms.length, 'a room stands once in a batch');
  return found;
}

function canFit(option: Option, room: Measured | undefined): boolean {
  return room !== undefined && option.amounts.every((amount, meter) => amount <= room.free[meter]!);
}

/** The flat form of a batch; the order of asks, options and rooms in it does not matter. Linear, but for sorting. */
export function groundOf(asks: readonly Ask[], rooms: readonly Room[]): Ground {
  const sorted = asks.toSorted(byId);
  assert(new Set(sorted.map(({ id }) => id)).size === asks.length, 'an ask stands once in a batch');
  const widths = asks.flatMap(({ options }) => options.map(({ amounts }) => amounts.length));
  const width = widths.reduce((most, each) => Math.max(most, each), 1);
  assert(width <= WIDTH_MAX, 'an option has at most eight meters');
  const places = measured(rooms, width);
  const lists = sorted.map(({ options }) => {
    assert(
      new Set(options.map(({ resource }) => resource)).size === options.length,
      'a resource stands once in an ask',
    );
    const possible = options.filter((option) => canFit(option, places.get(option.resource)));
    return possible.sort(byCost);
  });
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  const costliest = lists.flat().reduce((most, { costMicro }) => (costMicro > most ? costMicro : most), 0n);
  const costShift = BigInt(Math.max(0, bitsOf(costliest) - COST_BITS));
  const ground = {
    asks: sorted.map(({ id }) => id),
    rooms: [...places.keys()],
    width,
    first: new Int32Array(sorted.length + 1),
    owner: new Int32Array(count),
    room: new Int32Array(count),
    amounts: new Float64Array(count * width),
    sizes: new Int32Array(count * width),
    costs: new Float64Array(count),
    capacity: new Float64Array(places.size * width),
  };
  for (const { at, free, shifts } of places.values()) {
    free.forEach((amount, meter) => (ground.capacity[at * width + meter] = Number(amount >> shifts[meter]!)));
  }
  let option = 0;
  lists.forEach((list, ask) => {
    for (const { resource, amounts, costMicro } of list) {
      const place = places.get(resource)!;
      ground.owner[option] = ask;
      ground.room[option] = place.at;
      ground.costs[option] = Number(costMicro >> costShift);
      amounts.forEach((amount, meter) => setAmount(ground, { at: option * width + meter, amount, place, meter }));
      option += 1;
    }
    ground.first[ask + 1] = option;
  });
  return ground;
}

function setAmount(
  ground: Ground,
  of: { readonly at: number; readonly amount: bigint; readonly place: Measured; readonly meter: number },
): void {
  const { at, amount, place, meter } = of;
  assert(amount >= 0n, 'an amount is not negative');
  if (amount === 0n) return;
  const shift = place.shifts[meter]!;
  ground.amounts[at] = Number((amount + (1n << shift) - 1n) >> shift);
  ground.sizes[at] = Number(quotient(amount << BigInt(SIZE_BITS), place.free[meter]!));
}
