import type { Ask, Room } from '#ledger/contracts/plan/matching/value.ts';
import { seeded } from './offers.ts';

export interface BatchForm {
  readonly asks: number;
  readonly rooms: number;
  readonly meters: number;
  readonly optionsMax: number;
  /** The largest amount that somebody asks for, a power of two. */
  readonly amountMax: number;
  /** The least and the largest room of a meter. */
  readonly room: readonly [number, number];
}

export interface Batch {
  readonly asks: readonly Ask[];
  readonly rooms: readonly Room[];
}

/** Each meter's amount by chance up to a power of two, each power as often as its double; offers by chance; prices within a factor of ten. */
export function batchOf(form: BatchForm, seed: number): Batch {
  const next = seeded(seed * 7919 + 1);
  const doublings = 31 - Math.clz32(form.amountMax);
  const upTo = (): number => 1 << next(doublings + 1);
  const size = (): number => form.room[0] + next(form.room[1] - form.room[0] + 1);
  const rooms = Array.from({ length: form.rooms }, (_, at) => ({
    resource: BigInt(at + 1),
    free: Array.from({ length: form.meters }, () => BigInt(size())),
  }));
  const prices = rooms.map(() => 1_000 + next(9_000));
  const asks = Array.from({ length: form.asks }, (_, at) => {
    const amounts = Array.from({ length: form.meters }, () => 1 + next(upTo()));
    const chosen = new Set(Array.from({ length: 1 + next(form.optionsMax) }, () => next(form.rooms)));
    const units = amounts.reduce((sum, each) => sum + each, 0);
    const options = [...chosen].map((room) => ({
      resource: BigInt(room + 1),
      amounts: amounts.map(BigInt),
      costMicro: BigInt(units * prices[room]!),
    }));
    return { id: BigInt(at + 1), options };
  });
  return { asks, rooms };
}
