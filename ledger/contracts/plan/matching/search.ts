import { CUSTOMER } from './prices.ts';
import { isFree, isFreeWithout, leastWeights, seat, unseat, type Seats } from './seats.ts';

/** The temperature falls in so many stages, from HOT and COLD together to COLD, in 1/CUSTOMER of a customer for each halving of the chance. */
const STAGES = 64;
const HOT = 568;
const COLD = 28;
/** How much more room is worth that lies beside a customer's worth of other room. */
const PACKING = 3;
/** How many members of a room are looked at for one who could go, and how many options of whom for another room. */
const MEMBERS_TRIED = 16;
const OPTIONS_TRIED = 4;
/** Moves of those who are served, for each attempt to serve another. */
const MOVES = 5;

interface Search {
  readonly seats: Seats;
  readonly least: Int32Array;
  /** The options of room `r`, lightest first, are `listed[start[r]]` to `listed[start[r + 1] - 1]`. */
  readonly listed: Int32Array;
  readonly start: Int32Array;
  temperature: number;
  stepsLeft: number;
  chance: number;
}

function searchOf(seats: Seats): Search {
  const { ground, weights } = seats;
  const { room } = ground;
  const start = new Int32Array(ground.rooms.length + 1);
  for (const at of room) start[at + 1]! += 1;
  for (let at = 0; at < ground.rooms.length; at += 1) start[at + 1]! += start[at]!;
  const listed = Int32Array.from(room.keys()).sort(
    (left, right) => room[left]! - room[right]! || weights[left]! - weights[right]! || left - right,
  );
  return { seats, least: leastWeights(seats), listed, start, temperature: 0, stepsLeft: 0, chance: 0x9e3779b9 };
}

/** Marsaglia's xorshift32: the search must be as blind to the order of things as chance, and the same on every machine. Never zero. */
function next(search: Search): number {
  let { chance } = search;
  chance ^= chance << 13;
  chance ^= chance >>> 17;
  chance ^= chance << 5;
  search.chance = chance;
  return chance >>> 0;
}

function below(search: Search, bound: number): number {
  return (next(search) >>> 1) % bound;
}

/** The least gain to be accepted now, at most zero, in CUSTOMER⁻²: the temperature times the binary logarithm of a number by chance, with eight bits. */
function threshold(search: Search): number {
  const drawn = next(search);
  const zeros = Math.clz32(drawn);
  const logarithm = (zeros << 8) + 255 - (((drawn << zeros) << 1) >>> 24);
  return -search.temperature * logarithm * 8;
}

/**
 * What it is worth that the weight of a room's slack grows by `change`: itself, and more the more is free already, as the difference of two
 * squares. Room that lies together serves somebody; scattered it serves nobody. Slack and change are below 2²⁴ in size, sums below 2⁵³.
 */
function worth(slack: number, change: number): number {
  return change * CUSTOMER + PACKING * change * (2 * slack + change);
}

/**
 * Serves more, from any seats: annealing among assignments with as many customers, of which each accepted step keeps or raises their number.
 * Either somebody who waits takes the place of one member of a room, who goes elsewhere or waits; or one who is served goes to another room,
 * there perhaps in place of a member who goes to a third. Wherever room has grown, whoever waits and fits is served. Every option or member
 * looked at is a step; ends at `stepsMax`, or when `servedMax` are served or nobody waits.
 */
export function search(seats: Seats, bounds: { readonly stepsMax: number; readonly servedMax: number }): void {
  const run = searchOf(seats);
  const { waiting, taken } = seats;
  const served = taken.reduce((sum, option) => sum + (option < 0 ? 0 : 1), 0);
  const waitingMin = Math.max(0, waiting.length + served - bounds.servedMax);
  const quota = bounds.stepsMax >> 6;
  for (let stage = 0; stage < STAGES; stage += 1) {
    run.temperature = COLD + ((HOT * (STAGES - stage)) >> 6);
    run.stepsLeft += quota;
    while (run.stepsLeft > 0) {
      if (waiting.length <= waitingMin) return;
      serveOne(run);
      for (let move = 0; move < MOVES; move += 1) moveOne(run);
    }
  }
}

/** Whoever waits and fits into a room, lightest first; an option heavier than all that is free cannot fit. */
function fill(run: Search, room: number): void {
  const { seats, listed, start } = run;
  const { weights, slack, taken, ground } = seats;
  for (let at = start[room]!; at < start[room + 1]!; at += 1) {
    const option = listed[at]!;
    run.stepsLeft -= 1;
    if (weights[option]! > slack[room]!) return;
    if (taken[ground.owner[option]!]! < 0 && isFree(seats, option)) seat(seats, option);
  }
}

function serveOne(run: Search): void {
  const { seats, least } = run;
  const { ground, waiting, weights, members, slack, taken } = seats;
  const [one, other] = [waiting[below(run, waiting.length)]!, waiting[below(run, waiting.length)]!];
  const ask = least[other]! < least[one]! ? other : one;
  const option = ground.first[ask]! + below(run, ground.first[ask + 1]! - ground.first[ask]!);
  const room = ground.room[option]!;
  run.stepsLeft -= 1;
  if (isFree(seats, option)) {
    seat(seats, option);
    return;
  }
  const there = members[room]!;
  const gainMin = threshold(run);
  const tried = Math.min(there.length, MEMBERS_TRIED);
  for (let turn = 0, at = tried === 0 ? 0 : below(run, there.length); turn < tried; turn += 1) {
    const member = there[at]!;
    const had = taken[member]!;
    at = at + 1 === there.length ? 0 : at + 1;
    run.stepsLeft -= 1;
    const change = weights[had]! - weights[option]!;
    if (worth(slack[room]!, change) < gainMin || !isFreeWithout(seats, option, had)) continue;
    unseat(seats, member);
    seat(seats, option);
    seatAnywhere(run, member);
    if (change > 0) fill(run, room);
    return;
  }
}

/** Seats somebody who waits where they take the least, if they fit anywhere. */
function seatAnywhere(run: Search, ask: number): void {
  const { seats } = run;
  const { ground, weights } = seats;
  let chosen = -1;
  for (let option = ground.first[ask]!; option < ground.first[ask + 1]!; option += 1) {
    run.stepsLeft -= 1;
    if ((chosen < 0 || weights[option]! < weights[chosen]!) && isFree(seats, option)) chosen = option;
  }
  if (chosen >= 0) seat(seats, chosen);
}

function moveOne(run: Search): void {
  const { seats } = run;
  const { ground, taken, weights, slack } = seats;
  const ask = below(run, ground.asks.length);
  const had = taken[ask]!;
  run.stepsLeft -= 1;
  if (had < 0) return;
  const option = ground.first[ask]! + below(run, ground.first[ask + 1]! - ground.first[ask]!);
  if (option === had) return;
  const [from, to] = [ground.room[had]!, ground.room[option]!];
  if (!isFree(seats, option)) {
    moveTwo(run, had, option);
    return;
  }
  const gain = worth(slack[from]!, weights[had]!) + worth(slack[to]!, -weights[option]!);
  if (gain < threshold(run)) return;
  unseat(seats, ask);
  seat(seats, option);
  fill(run, from);
}

/** One goes from `had` to `option`, in place of a member of that room, who goes to a third. */
function moveTwo(run: Search, had: number, option: number): void {
  const { seats } = run;
  const { ground, taken, weights, slack, members } = seats;
  const [from, to] = [ground.room[had]!, ground.room[option]!];
  const there = members[to]!;
  if (there.length === 0) return;
  const member = there[below(run, there.length)]!;
  const held = taken[member]!;
  run.stepsLeft -= 1;
  if (!isFreeWithout(seats, option, held)) return;
  const gained = worth(slack[from]!, weights[had]!) + worth(slack[to]!, weights[held]! - weights[option]!);
  const [begin, end] = [ground.first[member]!, ground.first[member + 1]!];
  let best = threshold(run);
  let chosen = -1;
  for (let turn = 0, at = begin + below(run, end - begin); turn < OPTIONS_TRIED && turn < end - begin; turn += 1) {
    const third = ground.room[at]!;
    run.stepsLeft -= 1;
    const gain = gained + worth(slack[third]!, -weights[at]!);
    if (gain >= best && third !== from && third !== to && isFree(seats, at)) {
      best = gain;
      chosen = at;
    }
    at = at + 1 === end ? begin : at + 1;
  }
  if (chosen < 0) return;
  const ask = ground.owner[option]!;
  unseat(seats, ask);
  unseat(seats, member);
  seat(seats, chosen);
  seat(seats, option);
  fill(run, from);
  fill(run, to);
}
