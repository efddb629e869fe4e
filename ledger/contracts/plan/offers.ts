import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';

/** A published resource with its strategy in force and what it has free now: all that pricing reads of it, in one place. Never changed in place. */
export interface IndexedOffer {
  readonly resource: bigint;
  readonly provider: bigint;
  readonly kind: string;
  readonly agentKey: bigint;
  readonly attributes: readonly Term[];
  /** Held meters of the kind that nobody has taken, ascending by meter; zeros stand. */
  readonly free: readonly Quantity[];
  readonly strategyVersion: bigint;
  readonly strategy: StrategyArgs;
  /** Longest run in ms of processor time; 0 where nothing is run. */
  readonly runMs: bigint;
  /** How good it is beside others of its kind, more is better: what its strategy promises, else what its test found; undefined when nobody says. */
  readonly score: number | undefined;
}

/** Published offers as they stand at this point of the block. Their order means nothing and may differ between validators: whoever reads them sorts. */
export interface OffersView {
  /** Every published offer of a kind; none for a word that is no kind. */
  of(kind: string): Iterable<IndexedOffer>;
  /** Asks for one more search for plans; false when this block has made as many as one may. */
  maySearch(): boolean;
}
