import type { StrategyEvent } from '#ledger/contracts/strategy/definition.ts';
import { toJson } from './context.ts';
import { formatsOf } from './kind-facets.ts';
import { comparedPriceMicro, pricingOf } from './pricing.ts';
import { insert, set, type RowChange } from './row-change.ts';

/** Keeps every version, and the newest one's facets beside the resource so that the catalogue reads one table. */
export function projectStrategy(event: StrategyEvent): RowChange[] {
  const { resource, strategyVersion: version, strategy } = event;
  const { ways, prices } = strategy;
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
        ways: toJson(ways),
        formats: formatsOf(ways),
        prices: toJson(prices),
        pricing: pricingOf(prices),
        comparedPriceMicro: comparedPriceMicro(prices),
        limits: toJson(strategy.limits),
        promise: toJson(strategy.promise),
      },
    ),
  ];
}
