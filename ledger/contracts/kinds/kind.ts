import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { areQuantities, hasExactly, type Quantity, type Term } from '#ledger/contracts/shared/terms.ts';

/** What can be counted of a resource: a name, a unit, a title, and whether it is held for a time or counted by use. */
export interface Meter {
  readonly unit: string;
  readonly title: string;
  readonly counting: 'held' | 'counted';
  /** Largest amount of one resource, one limit, one use. */
  readonly max: bigint;
}

/** What a provider may promise of each interval. `atMost`: a measured value above it breaks the promise; `atLeast`: one below. */
export interface PromiseMeter {
  readonly unit: string;
  readonly title: string;
  readonly kept: 'atMost' | 'atLeast';
  /** Fits a claim's measured value, 32 bits. */
  readonly max: bigint;
}

/** True when a measured value keeps what was promised of its meter: the contract and the agent decide by this one rule. */
export function keepsPromise(
  meter: PromiseMeter | undefined,
  of: { readonly measured: bigint; readonly promised: bigint },
): boolean {
  return meter?.kept === 'atLeast' ? of.measured >= of.promised : of.measured <= of.promised;
}

/** The worse of two measured values of a promised meter: what intervals are told by when they are told together. */
export function worseMeasured(meter: PromiseMeter | undefined, left: number, right: number): number {
  return meter?.kept === 'atLeast' ? Math.min(left, right) : Math.max(left, right);
}

type Strategy = Struct<'Strategy'>;
export type FailedCondition = Struct<'FailedCondition'>;

/** Longest time for which what a use stored stays after its end: 30 days. */
export const GRACE_MS_MAX = 2_592_000_000n;

/** One kind of resource as the ledger knows it: words, meters, limits and what is sound. It keeps no state. */
export interface Kind {
  /** In lower case, for people: 'data set'. */
  readonly title: string;
  readonly meters: Readonly<Record<string, Meter>>;
  /** Held meters that a resource has: its capacity names each, a use takes some of each. */
  readonly capacity: readonly string[];
  /** Counted meters that a strategy limits and a use asks for. */
  readonly limits: readonly string[];
  /** Counted meters that a claim reports. */
  readonly used: readonly string[];
  readonly promises: Readonly<Record<string, PromiseMeter>>;
  /** Terms of an application, by name and title: what rules read as `use.choice.<name>`. */
  readonly choices: Readonly<Record<string, string>>;
  /**
   * Of a kind that stores something of the customer's: how long it stays after the end, by the ways that were granted, 0 to GRACE_MS_MAX;
   * until its erasure is reported its room is taken. undefined: the kind stores nothing, and its room is free again at the end.
   */
  readonly graceMs: ((ways: readonly Term[]) => bigint) | undefined;
  /** What the agent computed is whole and sound. */
  areAttributesSound(attributes: readonly Term[]): boolean;
  /** What a test found that is not as it was published, each in words; none when the description still holds [I.2-7]. */
  changes(found: readonly Term[], published: readonly Term[]): readonly string[];
  /** The ways fit the resource. */
  areWaysSound(ways: readonly Term[], attributes: readonly Term[]): boolean;
  /** Choices are words of this kind; whether the strategy offers them is `failedChoices`. */
  areChoicesSound(choices: readonly Term[]): boolean;
  /** Amounts of one use that this kind cannot mean (two places of a data set); each is within its meter's bound already. */
  areAmountsSound(amounts: readonly Quantity[]): boolean;
  /** Every way of the strategy that the choices do not fit, as a refusal names it. */
  failedChoices(strategy: Pick<Strategy, 'ways'>, choices: readonly Term[]): FailedCondition[];
}

/** Meters of an application, ascending: what is held and what is limited. */
export function askedMeters(kind: Kind): readonly string[] {
  return [...kind.capacity, ...kind.limits].toSorted();
}

/** Exactly these meters, each with an amount from 1 to its meter's bound. */
export function areAmountsOf(kind: Kind, quantities: readonly Quantity[], meters: readonly string[]): boolean {
  const named = quantities.map(({ meter }) => meter);
  return (
    areQuantities(quantities) &&
    hasExactly(named, meters) &&
    quantities.every(({ meter, amount }) => amount <= kind.meters[meter]!.max)
  );
}
