import { END_REASONS, type EndReason } from '#ledger/contracts/agreement/definition.ts';
import { inWords } from '#components/ui/format.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';

function isEndReason(reason: string): reason is EndReason {
  return Object.hasOwn(END_REASONS, reason);
}

/** Why an order ended and what that means for the money; undefined while it goes on. */
export function endSentence(order: Pick<OrderDetail, 'endReason' | 'startsAtMs' | 'chargeMicro'>): string | undefined {
  const { endReason, startsAtMs, chargeMicro } = order;
  if (endReason === null) return undefined;
  const why = isEndReason(endReason) ? END_REASONS[endReason].says : `It ended: ${inWords(endReason)}`;
  if (startsAtMs === null) return `${why}. Nothing is charged; all that was held returns.`;
  if (chargeMicro === null)
    return `${why}. The bill follows after the time to contest; only what was served is charged.`;
  return `${why}. It is settled: the bill stands under Money.`;
}
