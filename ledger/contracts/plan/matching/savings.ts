import { isFree, isFreeWithout, seat, unseat, type Seats } from './seats.ts';

interface Work {
  readonly seats: Seats;
  stepsLeft: number;
}

/**
 * The same customers or more for less: everybody who waits and fits is served, also where one member of a room can go elsewhere; then whoever
 * can goes to a cheaper option, also in place of one who goes elsewhere for less than is saved, and who waits takes the place of who costs
 * more. Each change serves more or costs less, so it ends, at `stepsMax` options and members looked at or when nothing is left to change.
 */
export function save(seats: Seats, stepsMax: number): void {
  const work = { seats, stepsLeft: stepsMax };
  for (let isChanged = true; isChanged && work.stepsLeft > 0;) {
    isChanged = false;
    for (const ask of [...seats.waiting].sort((left, right) => left - right)) {
      if (seats.taken[ask]! < 0 && work.stepsLeft > 0) isChanged = serve(work, ask) || isChanged;
    }
    for (let ask = 0; ask < seats.taken.length && work.stepsLeft > 0; ask += 1) {
      work.stepsLeft -= 1;
      if (seats.taken[ask]! >= 0) isChanged = cheapen(work, ask) || isChanged;
    }
    for (const ask of [...seats.waiting].sort((left, right) => left - right)) {
      if (seats.taken[ask]! < 0 && work.stepsLeft > 0) isChanged = replace(work, ask) || isChanged;
    }
  }
}

/** Serves one who waits, if that takes no more than another's going elsewhere. */
function serve(work: Work, ask: number): boolean {
  const { seats } = work;
  const { first } = seats.ground;
  for (let option = first[ask]!; option < first[ask + 1]!; option += 1) {
    work.stepsLeft -= 1;
    if (!isFree(seats, option)) continue;
    seat(seats, option);
    return true;
  }
  for (let option = first[ask]!; option < first[ask + 1]!; option += 1) {
    if (displace(work, option, Infinity)) return true;
  }
  return false;
}

/** Moves one who is served to the first cheaper option that is free or can be freed for less than it saves. */
function cheapen(work: Work, ask: number): boolean {
  const { seats } = work;
  const { first, costs } = seats.ground;
  const had = seats.taken[ask]!;
  for (let option = first[ask]!; option < had && work.stepsLeft > 0; option += 1) {
    work.stepsLeft -= 1;
    const saved = costs[had]! - costs[option]!;
    if (saved <= 0) return false;
    if (isFree(seats, option)) {
      unseat(seats, ask);
      seat(seats, option);
      return true;
    }
    unseat(seats, ask);
    if (displace(work, option, saved)) return true;
    seat(seats, had);
  }
  return false;
}

/** Gives an option to its ask, who waits, in place of a member of the room who goes elsewhere for less than `extraMax` more. */
function displace(work: Work, option: number, extraMax: number): boolean {
  const { seats } = work;
  const { taken, members, ground } = seats;
  const { first, room, costs } = ground;
  for (const member of members[room[option]!]!) {
    const held = taken[member]!;
    work.stepsLeft -= 1;
    if (work.stepsLeft <= 0) return false;
    if (!isFreeWithout(seats, option, held)) continue;
    for (let other = first[member]!; other < first[member + 1]!; other += 1) {
      work.stepsLeft -= 1;
      if (costs[other]! - costs[held]! >= extraMax) break;
      if (room[other] === room[option] || !isFree(seats, other)) continue;
      unseat(seats, member);
      seat(seats, other);
      seat(seats, option);
      return true;
    }
  }
  return false;
}

/** Serves one who waits instead of one who costs more. */
function replace(work: Work, ask: number): boolean {
  const { seats } = work;
  const { taken, members, ground } = seats;
  const { first, room, costs } = ground;
  for (let option = first[ask]!; option < first[ask + 1]!; option += 1) {
    for (const member of members[room[option]!]!) {
      const held = taken[member]!;
      work.stepsLeft -= 1;
      if (work.stepsLeft <= 0) return false;
      if (costs[held]! <= costs[option]! || !isFreeWithout(seats, option, held)) continue;
      unseat(seats, member);
      seat(seats, option);
      return true;
    }
  }
  return false;
}
