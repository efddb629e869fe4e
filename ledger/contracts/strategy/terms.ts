import { GRACE_MS_MAX, areAmountsOf, askedMeters, type Kind } from '#ledger/contracts/kinds/kind.ts';
import { boundOf } from '#ledger/contracts/shared/fields.ts';
import { isLine } from '#ledger/contracts/shared/line.ts';
import { PRICE_MICRO_MAX, PRICES_MAX, type Price } from '#ledger/contracts/shared/price.ts';
import { areQuantities, areTerms, type Term } from '#ledger/contracts/shared/terms.ts';
import { CONDITIONS_MAX, PROMISES_MAX, SENTENCE_MAX, USE_MS_MAX, type StrategyArgs } from './definition.ts';

const PER_MS_MAX = boundOf('TimeMs')!;

/** Everything about a strategy but its rules, prices and promise (README, bounds). */
export function areTermsValid(strategy: StrategyArgs, kind: Kind, attributes: readonly Term[]): boolean {
  const { accessClass, conditions, opensAtMs, closesAtMs, useMsMax, ways } = strategy;
  if (accessClass !== 'public' && accessClass !== 'conditional') return false;
  if (accessClass === 'public' ? conditions.length > 0 : conditions.length === 0 || conditions.length > CONDITIONS_MAX)
    return false;
  return (
    conditions.every(({ sentence }) => isLine(sentence, { lengthMax: SENTENCE_MAX })) &&
    areTerms(ways) &&
    kind.areWaysSound(ways, attributes) &&
    isGraceSound(kind.graceMs?.(ways) ?? 0n) &&
    (closesAtMs === 0n || closesAtMs > opensAtMs) &&
    useMsMax > 0n &&
    useMsMax <= USE_MS_MAX &&
    areAmountsOf(kind, strategy.limits, kind.limits)
  );
}

/** At most four lines, ascending by meter, each for a meter that an application asks for; time is a matter of held meters only. None: free of charge. */
export function arePricesValid(prices: readonly Price[], kind: Kind): boolean {
  const asked = askedMeters(kind);
  const isAscending = prices.every(({ meter }, index) => index === 0 || prices[index - 1]!.meter < meter);
  return (
    prices.length <= PRICES_MAX &&
    isAscending &&
    prices.every(({ meter, per, perMs, amountMicro }) => {
      const isTimed = perMs > 0n;
      const isSound = asked.includes(meter) && per >= 1n && per <= kind.meters[meter]!.max && perMs <= PER_MS_MAX;
      return isSound && amountMicro <= PRICE_MICRO_MAX && (!isTimed || kind.meters[meter]!.counting === 'held');
    })
  );
}

/** At most four meters that this kind measures, ascending; a degraded interval costs at most the whole price. */
export function isPromiseValid({ promise, degradedPerMille }: StrategyArgs, kind: Kind): boolean {
  return (
    promise.length <= PROMISES_MAX &&
    areQuantities(promise) &&
    promise.every(({ meter, amount }) => Object.hasOwn(kind.promises, meter) && amount <= kind.promises[meter]!.max) &&
    degradedPerMille <= 1_000n
  );
}

function isGraceSound(graceMs: bigint): boolean {
  return graceMs >= 0n && graceMs <= GRACE_MS_MAX;
}
