import 'server-only';
import type { Prisma } from '#lib/db.ts';
import type { UsePoint } from '#lib/shared/dto.ts';
import { toQuantities } from './stored-lists.ts';

/** A claim's totals as the read model keeps them: what was used from the start of the window until `untilMs`. */
export interface ClaimedUse {
  readonly used: Prisma.JsonValue;
  readonly untilMs: bigint;
}

/** A drawing shows no more; an order of a month may have thousands of claims. */
export const USE_POINTS_MAX = 120;

/** How use grew, claim by claim in time; of many claims evenly chosen ones, always with the last. A later claim up to the same time replaces the earlier. */
export function historyOfUse(claims: readonly ClaimedUse[]): UsePoint[] {
  const points = claims.filter(({ untilMs }, index) => claims[index + 1]?.untilMs !== untilMs);
  const every = Math.ceil(points.length / USE_POINTS_MAX);
  const lastAt = points.length - 1;
  return points
    .filter((_, index) => (lastAt - index) % every === 0)
    .map(({ used, untilMs }) => ({ untilMs: Number(untilMs), used: toQuantities(used) }));
}
