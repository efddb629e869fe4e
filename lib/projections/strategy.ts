import type { StrategyEvent } from '#ledger/contracts/strategy/definition.ts';
import { toJson } from './context.ts';
import { insert, set, type RowChange } from './row-change.ts';

/** Keeps every version, and the newest one's facets beside the resource so that the catalogue reads one table. */
export function projectStrategy(event: StrategyEvent): RowChange[] {
  const { resource, strategyVersion: version, strategy } = event;
  return [
    insert('strategies', {
      resource,
      version,
      by: event.by,
      strategy: toJson(strategy),
      recordedAtMs: event.recordedAtMs,
    }),
    set(
      'resources',
      { id: resource },
      {
        strategyVersion: version,
        accessClass: strategy.accessClass,
        formats: strategy.formats,
        priceUnit: strategy.price.unit,
        priceMicro: strategy.price.amountMicro,
      },
    ),
  ];
}
