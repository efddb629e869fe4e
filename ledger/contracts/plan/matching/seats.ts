import type { Ground } from './ground.ts';
import type { Prices } from './prices.ts';

/** Who sits where while the search runs, changed in place. */
export interface Seats {
  readonly ground: Ground;
  readonly weights: Int32Array;
  /** By ask: the option taken, -1 for none. */
  readonly taken: Int32Array;
  /** By room and meter. */
  readonly free: Float64Array;
  /** By room: the weight of what is free. */
  readonly slack: Float64Array;
  readonly members: readonly number[][];
  /** Whoever has options and none taken. */
  readonly waiting: number[];
  /** By ask: the place among its room's members, or among those waiting. */
  readonly place: Int32Array;
}

/** Everybody waits. */
export function emptySeats(ground: Ground, { weights, whole }: Prices): Seats {
  const { first } = ground;
  const seats: Seats = {
    ground,
    weights,
    taken: new Int32Array(ground.asks.length).fill(-1),
    free: ground.capacity.slice(),
    slack: whole.slice(),
    members: ground.rooms.map(() => []),
    waiting: [],
    place: new Int32Array(ground.asks.length),
  };
  for (let ask = 0; ask < ground.asks.length; ask += 1)
    if (first[ask + 1]! > first[ask]!) join(seats, seats.waiting, ask);
  return seats;
}

function join({ place }: Seats, list: number[], ask: number): void {
  place[ask] = list.length;
  list.push(ask);
}

function leave({ place }: Seats, list: number[], ask: number): void {
  const last = list.pop()!;
  if (last === ask) return;
  const at = place[ask]!;
  list[at] = last;
  place[last] = at;
}

/** Whether an option fits into what is free in its room. */
export function isFree({ ground: { room, amounts, width }, free }: Seats, option: number): boolean {
  const at = room[option]! * width;
  for (let meter = 0; meter < width; meter += 1) {
    if (amounts[option * width + meter]! > free[at + meter]!) return false;
  }
  return true;
}

/** Whether an option would fit into its room if another of that room were given back. */
export function isFreeWithout(
  { ground: { room, amounts, width }, free }: Seats,
  option: number,
  other: number,
): boolean {
  const at = room[option]! * width;
  for (let meter = 0; meter < width; meter += 1) {
    if (amounts[option * width + meter]! > free[at + meter]! + amounts[other * width + meter]!) return false;
  }
  return true;
}

/** Gives somebody who waits an option that fits. */
export function seat(seats: Seats, option: number): void {
  const { ground, taken, free, slack, members, waiting, weights } = seats;
  const { room, amounts, owner, width } = ground;
  const [ask, at] = [owner[option]!, room[option]!];
  leave(seats, waiting, ask);
  join(seats, members[at]!, ask);
  taken[ask] = option;
  slack[at]! -= weights[option]!;
  for (let meter = 0; meter < width; meter += 1) free[at * width + meter]! -= amounts[option * width + meter]!;
}

/** Takes back what an ask has; it waits then. */
export function unseat(seats: Seats, ask: number): void {
  const { ground, taken, free, slack, members, waiting, weights } = seats;
  const { room, amounts, width } = ground;
  const option = taken[ask]!;
  const at = room[option]!;
  leave(seats, members[at]!, ask);
  join(seats, waiting, ask);
  taken[ask] = -1;
  slack[at]! += weights[option]!;
  for (let meter = 0; meter < width; meter += 1) free[at * width + meter]! += amounts[option * width + meter]!;
}

/** Who needs the least first, each to where they take the least. */
export function seatGreedily(seats: Seats): void {
  const { ground, weights } = seats;
  const { first } = ground;
  const least = leastWeights(seats);
  for (const ask of [...seats.waiting].sort((left, right) => least[left]! - least[right]! || left - right)) {
    let chosen = -1;
    for (let option = first[ask]!; option < first[ask + 1]!; option += 1) {
      if ((chosen < 0 || weights[option]! < weights[chosen]!) && isFree(seats, option)) chosen = option;
    }
    if (chosen >= 0) seat(seats, chosen);
  }
}

/** By ask: the least weight of its options. */
export function leastWeights({ ground, weights }: Seats): Int32Array {
  const least = new Int32Array(ground.asks.length).fill(2 ** 31 - 1);
  ground.owner.forEach((ask, option) => (least[ask] = Math.min(least[ask]!, weights[option]!)));
  return least;
}
