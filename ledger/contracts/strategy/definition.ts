import {
  code,
  codesOf,
  defineContract,
  event,
  eventMaker,
  method,
  type CommandOf,
  type EventOf,
} from '#ledger/contracts/shared/definition.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { accountName, resourceName } from '#ledger/contracts/shared/sentence-words.ts';

export const CONDITIONS_MAX = 20;
export const SENTENCE_MAX = 200;
/** 31 days. */
export const USE_MS_MAX = 2_678_400_000n;
/** Meters that a strategy may promise. */
export const PROMISES_MAX = 4;

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

export type StrategyArgs = Struct<'Strategy'>;
export type FailedCondition = Struct<'FailedCondition'>;

export const strategyDefinition = defineContract({
  id: 4,
  name: 'strategy',
  version: 1n,
  revision: 'founding',
  methods: {
    /** A new version; agreements keep the version they were granted under. */
    ReviseStrategy: method({
      does: 'Replaces the capacity and the sharing strategy of your resource for orders from now on. Orders that run keep what they were granted.',
      fields: { resource: 'Id', capacity: 'Quantity[]', strategy: 'Strategy' },
      delegation: { to: 'any-key', measuredOn: 'resource', field: 'resource' },
      from: ['NRP'],
      readers: 'everyone',
    }),
  },
  events: {
    StrategyRecorded: event({
      fields: {
        resource: 'Id',
        strategyVersion: 'uint32',
        by: 'Id',
        strategy: 'Strategy',
        recordedAtMs: 'TimeMs',
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
      'A price is for nothing that this kind of resource counts, or goes beyond its bounds; nothing was recorded and no money moved. Enter another price.',
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
    PROMISE_INVALID: code(
      409,
      400,
      'A promise is about nothing that this kind of resource measures, or goes beyond its bounds; nothing was recorded and no money moved. Enter another promise.',
    ),
    RULE_NAME_UNKNOWN: code(
      410,
      400,
      'A condition reads a choice or an amount that this kind of resource does not have; nothing was recorded and no money moved. Correct the rule and sign again.',
    ),
  },
  parameters: {},
});

export type StrategyCommand = CommandOf<typeof strategyDefinition>;
export type StrategyEvent = EventOf<typeof strategyDefinition>;

export const strategyCodes = codesOf(strategyDefinition);
/** Makes an event of this contract. */
export const strategyEvent = eventMaker(strategyDefinition);
