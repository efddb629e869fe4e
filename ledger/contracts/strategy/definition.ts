import { code, codesOf, defineContract, event, eventMaker, method } from '#ledger/contracts/shared/definition.ts';
import type { CommandOf, EventOf } from '#ledger/contracts/shared/definition.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { accountName, resourceName } from '#ledger/contracts/shared/sentence-words.ts';

export const FORMATS = ['csv', 'json', 'parquet'] as const;
export const PRICE_UNITS = ['use', 'hour', 'megabyte'] as const;
export const CONDITIONS_MAX = 20;
export const SENTENCE_MAX = 200;
/** Longest rule, in UTF-16 units. */
export const RULE_LENGTH_MAX = 1_024;
export const COLUMNS_MAX = 512;
export const ROW_FILTER_BYTES_MAX = 2_048;
/** 31 days. */
export const USE_MS_MAX = 2_678_400_000n;
export const CALLS_MAX = 1_000_000_000n;
/** 16 TiB. */
export const BYTES_MAX = 1n << 44n;
export const PLACES_MAX = 100_000n;
/** One million tokens of a million micro-units each. */
export const PRICE_MICRO_MAX = 1_000_000_000_000n;

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

/**
 * `accessClass` public | conditional (public has no conditions). `formats` of csv, json, parquet. `columns` in source order, all named.
 * `rowFilter` is the agent's filter language as JSON (agent/README.md) or ''. `opensAtMs`/`closesAtMs` 0 = open ended. `price.unit`
 * use | hour | megabyte. `sentence` is what must hold, e.g. 'use must be at most 2 hours'.
 */
export type StrategyArgs = Struct<'Strategy'>;
export type FailedCondition = Struct<'FailedCondition'>;

export const strategyDefinition = defineContract({
  id: 4,
  name: 'strategy',
  version: 1n,
  methods: {
    /** A new version; agreements keep the version they were granted under. */
    ReviseStrategy: method({
      does: 'Replaces the sharing strategy of your resource for orders from now on. Orders that run keep the strategy that they were granted under.',
      fields: { resource: 'uint64', strategy: 'Strategy' },
      delegation: { to: 'any-key', measuredOn: 'resource', field: 'resource' },
      from: ['NRP'],
      readers: 'everyone',
    }),
  },
  events: {
    StrategyRecorded: event({
      fields: {
        resource: 'uint64',
        strategyVersion: 'uint32',
        by: 'uint64',
        strategy: 'Strategy',
        recordedAtMs: 'uint64',
      },
      subjects: { resource: 'resource', account: 'by' },
      readers: 'everyone',
      says: ({ by, strategyVersion, resource }) =>
        `${accountName(by)} recorded version ${strategyVersion} of the strategy of ${resourceName(resource)}.`,
    }),
  },
  codes: {
    STRATEGY_INVALID: code(
      401,
      400,
      'The sharing strategy is not complete or goes beyond its bounds; nothing was recorded and no money moved. Check every field and sign again.',
    ),
    RULE_INVALID: code(
      402,
      400,
      'A condition cannot be understood; nothing was recorded and no money moved. Correct the rule and sign again.',
    ),
    RULE_TOO_COSTLY: code(
      403,
      400,
      'A condition takes too much work to evaluate; nothing was recorded and no money moved. Make the rule simpler.',
    ),
    PRICE_INVALID: code(
      404,
      400,
      'The price is not valid; nothing was recorded and no money moved. Enter another price.',
    ),
    RESOURCE_UNKNOWN: code(
      405,
      404,
      'There is no such resource; nothing was recorded and no money moved. Choose one of yours.',
    ),
    NOT_THE_OWNER: code(
      406,
      403,
      'The resource belongs to somebody else; nothing was recorded and no money moved. Sign in as its owner.',
    ),
    RESOURCE_RETIRED: code(
      407,
      409,
      'The resource was retired; its strategy stays as it was and no money moved. Publish it anew.',
    ),
    TOO_MANY_VERSIONS: code(
      408,
      409,
      'The strategy was revised as often as it can be; it stays as it was and no money moved. Publish the resource anew.',
    ),
  },
  parameters: {},
});

export type StrategyCommand = CommandOf<typeof strategyDefinition>;
export type StrategyEvent = EventOf<typeof strategyDefinition>;

export const strategyCodes = codesOf(strategyDefinition);
/** Makes an event of this contract. */
export const strategyEvent = eventMaker(strategyDefinition);
