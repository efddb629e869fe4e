import type { Method } from '#ledger/core/transaction.ts';

/** Contract id of `strategy`. */
export const STRATEGY = 4;

/** EIP-712 structs of a sharing strategy, shared by PublishResource and ReviseStrategy. */
export const strategyTypes = {
  Condition: [
    { name: 'rule', type: 'string' },
    { name: 'sentence', type: 'string' },
  ],
  Price: [
    { name: 'unit', type: 'string' },
    { name: 'amountMicro', type: 'uint64' },
  ],
  Strategy: [
    { name: 'accessClass', type: 'string' },
    { name: 'conditions', type: 'Condition[]' },
    { name: 'formats', type: 'string[]' },
    { name: 'columns', type: 'string[]' },
    { name: 'rowFilter', type: 'string' },
    { name: 'opensAtMs', type: 'uint64' },
    { name: 'closesAtMs', type: 'uint64' },
    { name: 'useMsMax', type: 'uint64' },
    { name: 'callsMax', type: 'uint64' },
    { name: 'bytesMax', type: 'uint64' },
    { name: 'simultaneousMax', type: 'uint32' },
    { name: 'price', type: 'Price' },
  ],
} as const;

/**
 * `accessClass` public | conditional (public has no conditions). `formats` of csv, json, parquet. `columns` in source order, all named.
 * `rowFilter` is the agent's filter language as JSON (see agent/README.md) or ''. `opensAtMs`/`closesAtMs` 0 = open ended.
 * `price.unit` use | hour | megabyte. `sentence` is what must hold, e.g. 'use must be at most 2 hours'.
 */
export type StrategyArgs = {
  accessClass: string;
  conditions: { rule: string; sentence: string }[];
  formats: string[];
  columns: string[];
  rowFilter: string;
  opensAtMs: bigint;
  closesAtMs: bigint;
  useMsMax: bigint;
  callsMax: bigint;
  bytesMax: bigint;
  simultaneousMax: bigint;
  price: { unit: string; amountMicro: bigint };
};

/** A new version; agreements keep the version they were granted under. */
export const ReviseStrategy = {
  name: 'ReviseStrategy',
  contract: STRATEGY,
  types: {
    ReviseStrategy: [
      { name: 'resource', type: 'uint64' },
      { name: 'strategy', type: 'Strategy' },
    ],
    ...strategyTypes,
  },
} as const satisfies Method;
export type ReviseStrategyArgs = { resource: bigint; strategy: StrategyArgs };

export const strategyMethods = [ReviseStrategy] as const;
