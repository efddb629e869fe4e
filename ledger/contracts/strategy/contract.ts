import type { StrategyArgs } from './methods.ts';

export type StrategyEvent = {
  contract: 'strategy';
  version: 1n;
  type: 'StrategyRecorded';
  resource: bigint;
  strategyVersion: bigint;
  by: bigint;
  strategy: StrategyArgs;
  recordedAtMs: bigint;
};

/** One condition that did not hold, as the ledger records it: what was asked is shown beside what must hold. */
export type FailedCondition = {
  /** Index in the strategy; built-in limits (window, longest use, formats) are −1. */
  index: bigint;
  /** What must hold, in the provider's words or the built-in limit's. */
  sentence: string;
  /** The values the rule read, by CEL path: `use.durationMs` → '21600000'. */
  values: { name: string; value: string }[];
  /** Set when the rule could not be evaluated: that too is a refusal. */
  error: string;
};

/** What an applicant brings, as the rules see it: `applicant.*`, `use.*`, `resource.*`, `nowMs`. */
export type Applicant = {
  account: bigint;
  roles: string[];
  accountAgeMs: bigint;
  completedOrders: bigint;
  brokenOrders: bigint;
};
export type IntendedUse = {
  purpose: string;
  field: string;
  durationMs: bigint;
  format: string;
  calls: bigint;
  bytes: bigint;
};

/** Purposes a customer may declare; a binding, unverified statement. */
export const PURPOSES = [
  'research',
  'education',
  'operations',
  'planning',
  'product-development',
  'public-service',
  'journalism',
  'other',
] as const;

/** Fields of business a customer may declare; relevance compares them with the resource's tags. */
export const FIELDS_OF_BUSINESS = [
  'telecommunications',
  'energy',
  'transport',
  'aviation',
  'agriculture',
  'weather',
  'health',
  'finance',
  'retail',
  'logistics',
  'public-administration',
  'research',
  'media',
  'other',
] as const;

export const strategyCodes = {
  STRATEGY_INVALID: 401,
  RULE_INVALID: 402,
  RULE_TOO_COSTLY: 403,
  PRICE_INVALID: 404,
  RESOURCE_UNKNOWN: 405,
  NOT_THE_OWNER: 406,
  RESOURCE_RETIRED: 407,
} as const;
