import { kindOf } from '#components/kinds/kinds.ts';
import { priceFromDto } from '#components/ledger/prices.ts';
import { quantitiesFromDto } from '#components/ledger/quantities.ts';
import type { OrderDetail, QuantityDto, RunDto } from '#lib/shared/dto.ts';
import { lineChargeMicro, type Service } from '#ledger/contracts/shared/price.ts';

/** What of an order the price rule takes. */
export type Priced = Pick<
  OrderDetail,
  | 'resource'
  | 'prices'
  | 'amounts'
  | 'holdMicro'
  | 'degradedPerMille'
  | 'durationMs'
  | 'startsAtMs'
  | 'endsAtMs'
  | 'claim'
  | 'status'
>;

function timeOf(runs: readonly RunDto[], state: RunDto['state']): number {
  return runs.reduce((sum, run) => (run.state === state ? sum + run.endMs - run.startMs : sum), 0);
}

/** Time in which it was served: as claimed and, of an order that runs, as if it had been served since. */
function serviceOf(order: Priced, nowMs: number): Service {
  const { startsAtMs, endsAtMs, claim, status, durationMs, degradedPerMille } = order;
  const runs = claim?.runs ?? [];
  const isRunning = status === 'prepared' || status === 'active';
  const sinceMs = Math.max(startsAtMs ?? nowMs, claim?.untilMs ?? 0);
  // A browser's estimate of the server's time is no whole number.
  const openMs = isRunning ? Math.floor(Math.max(0, Math.min(nowMs, endsAtMs ?? nowMs) - sinceMs)) : 0;
  return {
    keptMs: BigInt(timeOf(runs, 'kept') + openMs),
    degradedMs: BigInt(timeOf(runs, 'degraded')),
    degradedPerMille: BigInt(degradedPerMille),
    wholeMs: BigInt(durationMs),
  };
}

/**
 * What an order has cost until now, in micro-units, by the ledger's own price rule: never more than is held. `used` is what is known of its
 * meters. The bill alone is final: time that nobody claims costs nothing there.
 */
export function costSoFarMicro(order: Priced, of: { used: readonly QuantityDto[]; nowMs: number }): bigint {
  const { meters } = kindOf(order.resource.kind).ledger;
  const service = serviceOf(order, of.nowMs);
  const lines = order.prices.map((price) =>
    lineChargeMicro(priceFromDto(price), {
      isHeld: meters[price.meter]?.counting === 'held',
      reserved: quantitiesFromDto(order.amounts),
      used: quantitiesFromDto(of.used),
      service,
    }),
  );
  const sumMicro = lines.reduce((sum, line) => sum + line, 0n);
  const holdMicro = BigInt(order.holdMicro);
  return sumMicro < holdMicro ? sumMicro : holdMicro;
}
