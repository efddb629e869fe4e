import { byCost, byId, groundOf } from './ground.ts';
import { pricesOf } from './prices.ts';
import { save } from './savings.ts';
import { search } from './search.ts';
import { emptySeats, seatGreedily } from './seats.ts';
import { isBetter, take, valueOf, type Ask, type Assignment, type Room } from './value.ts';

/** A small batch is done with sooner: so many steps for each of its options at most. */
const STEPS_PER_OPTION = 2_000;
const STEPS_MAX = 2 ** 31 - 1;

/**
 * Matches all asks of a batch with rooms together: as many as possible, then for the least cost [8.3.2-b]. Near the best, not always the best:
 * the problem is a packing of several dimensions. A priced start, a search by chance with a fixed seed, then savings; never worse than
 * `firstComeFirstServed`. The order of the arguments' elements does not matter.
 *
 * `stepsMax` bounds the elementary moves, each an option or a member of a room looked at (30 million are about half a second); what comes before
 * and after is linear in the options, sorting apart. Asserts that ids and resources stand once, amounts and costs are not negative, and meters are at most eight.
 */
export function matchBatch(asks: readonly Ask[], rooms: readonly Room[], stepsMax: number): Assignment {
  const ground = groundOf(asks, rooms);
  const prices = pricesOf(ground);
  const seats = emptySeats(ground, prices);
  const steps = Math.min(stepsMax, STEPS_MAX, STEPS_PER_OPTION * ground.room.length);
  seatGreedily(seats);
  search(seats, { stepsMax: steps - (steps >>> 3), servedMax: prices.servedMax });
  save(seats, steps >>> 3);
  const found = new Map<bigint, bigint>();
  seats.taken.forEach((option, ask) => {
    if (option >= 0) found.set(ground.asks[ask]!, ground.rooms[ground.room[option]!]!);
  });
  const plain = firstComeFirstServed(asks, rooms);
  const [value, plainValue] = [valueOf(found, asks, rooms), valueOf(plain, asks, rooms)];
  return value === undefined || (plainValue !== undefined && isBetter(plainValue, value)) ? plain : found;
}

/** What customers get who choose one after the other, in the order of their ids, each the cheapest option that is still free. */
export function firstComeFirstServed(asks: readonly Ask[], rooms: readonly Room[]): Assignment {
  const left = new Map(rooms.map(({ resource, free }) => [resource, [...free]]));
  const found = new Map<bigint, bigint>();
  for (const { id, options } of asks.toSorted(byId)) {
    const taken = options.toSorted(byCost).find(({ resource, amounts }) => {
      const free = left.get(resource);
      return free !== undefined && take(free, amounts);
    });
    if (taken !== undefined) found.set(id, taken.resource);
  }
  return found;
}
