/** EIP-712 structs that several contracts use. A wallet shows each of their fields by name. */
export const structs = {
  Condition: { rule: 'string', sentence: 'string' },
  Price: { unit: 'string', amountMicro: 'uint64' },
  Strategy: {
    accessClass: 'string',
    conditions: 'Condition[]',
    formats: 'string[]',
    columns: 'string[]',
    rowFilter: 'string',
    opensAtMs: 'uint64',
    closesAtMs: 'uint64',
    useMsMax: 'uint64',
    callsMax: 'uint64',
    bytesMax: 'uint64',
    simultaneousMax: 'uint32',
    price: 'Price',
  },
  /** A value that a rule read, by its path: `use.durationMs` → '21600000'. */
  NamedValue: { name: 'string', value: 'string' },
  /**
   * One condition that did not hold. `index` is its place in the strategy, −1 for a built-in limit (window, longest use, formats); `sentence`
   * says what must hold; `error` is set when the rule could not be evaluated, which is a refusal too.
   */
  FailedCondition: { index: 'int64', sentence: 'string', values: 'NamedValue[]', error: 'string' },
} as const;
