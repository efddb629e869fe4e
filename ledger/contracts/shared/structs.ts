/**
 * EIP-712 structs that several contracts use. A wallet shows each of their fields by name. Lists of terms, quantities and prices are
 * strictly ascending by name or meter (terms.ts).
 */
export const structs = {
  /** A word with its value: an attribute of a resource, a way of a strategy, a choice of an application. */
  Term: { name: 'string', value: 'string' },
  /** How much of a meter: capacity, a limit, what is asked for, what was used, what is promised. */
  Quantity: { meter: 'string', amount: 'Amount' },
  /** `amountMicro` for every `per` of the meter, and for every `perMs` of time; `perMs` 0: independent of time (price.ts). */
  Price: { meter: 'string', per: 'Amount', perMs: 'DurationMs', amountMicro: 'Micro' },
  Condition: { rule: 'string', sentence: 'string' },
  /**
   * `accessClass` public | conditional (public has no conditions). `ways`, `limits`, `prices` and `promise` are words and meters of the
   * resource's kind. `opensAtMs`/`closesAtMs` 0 = open ended. `degradedPerMille`: what an interval below the promise costs of its price.
   */
  Strategy: {
    accessClass: 'string',
    conditions: 'Condition[]',
    ways: 'Term[]',
    opensAtMs: 'TimeMs',
    closesAtMs: 'TimeMs',
    useMsMax: 'DurationMs',
    limits: 'Quantity[]',
    prices: 'Price[]',
    promise: 'Quantity[]',
    degradedPerMille: 'uint32',
  },
  /** What takes a part's place when it fails. `holdMicro` is the most that it can cost for the whole of the part's time. */
  Backup: {
    resource: 'Id',
    provider: 'Id',
    strategyVersion: 'uint32',
    choices: 'Term[]',
    amounts: 'Quantity[]',
    holdMicro: 'Micro',
  },
  /** One agreement of an order. `backup` has one item or none; `holdMicro` is the dearer of the part and its backup. */
  Part: {
    resource: 'Id',
    provider: 'Id',
    strategyVersion: 'uint32',
    durationMs: 'DurationMs',
    choices: 'Term[]',
    amounts: 'Quantity[]',
    holdMicro: 'Micro',
    backup: 'Backup[]',
  },
  /**
   * One kind of resource that a demand asks for. `terms` are attributes that an offer must have, value for value; `promise` what its strategy
   * must promise at least. `amounts` are those of an application; empty where the demand's work says how much is needed.
   */
  Need: { kind: 'string', terms: 'Term[]', choices: 'Term[]', amounts: 'Quantity[]', promise: 'Quantity[]' },
  /**
   * A program over many inputs. `algorithm` and `payload` are SHA-256: of the module, and of the ciphertext that carries it with its inputs.
   * `cpuMs`, `memoryMiB`, `inputBytes`, `outputBytes` are of one sub-task and its limits. `split` says how inputs become sub-tasks
   * (core/payload.ts); each runs on `copies` providers.
   */
  Work: {
    algorithm: 'bytes32',
    payload: 'bytes32',
    payloadBytes: 'Amount',
    subtasks: 'uint32',
    split: 'string',
    cpuMs: 'Amount',
    memoryMiB: 'Amount',
    inputBytes: 'Amount',
    outputBytes: 'Amount',
    copies: 'uint32',
  },
  /** What a demand comes to, and the rule that it came from; `need` is the need's place in the demand. */
  ExactAmount: { need: 'uint32', meter: 'string', amount: 'Amount', rule: 'string' },
  /** Which sub-tasks a part of a plan runs: `count` from `first` on; `part` is its place in the plan. */
  Share: { part: 'uint32', first: 'uint32', count: 'uint32' },
  /** A demand and the resource that it gets. */
  Pair: { demand: 'Id', resource: 'Id' },
  /** Sub-tasks that run together: `count` from `first` on. */
  Range: { first: 'uint32', count: 'uint32' },
  /**
   * A priced way to meet a demand. `by` 0: made by the contract, else the broker whose `feeMicro` is paid when it is chosen. `holdMicro` is
   * the most that its parts can cost, `estimateMicro` what they cost by the demand's estimates, `workMs` how long the work takes by them.
   */
  Plan: {
    plan: 'uint32',
    aim: 'string',
    by: 'Id',
    feeMicro: 'Micro',
    parts: 'Part[]',
    shares: 'Share[]',
    holdMicro: 'Micro',
    estimateMicro: 'Micro',
    workMs: 'DurationMs',
  },
  /** The payload's key, sealed to the agent of one resource (core/payload.ts). */
  SealedKey: { resource: 'Id', sealed: 'bytes' },
  /** A value that a rule read, by its path: `use.durationMs` → '21600000'. */
  NamedValue: { name: 'string', value: 'string' },
  /**
   * One condition that did not hold. `index` is its place in the strategy, −1 for a built-in limit (window, longest use, ways, limits);
   * `sentence` says what must hold; `error` is set when the rule could not be evaluated, which is a refusal too.
   */
  FailedCondition: { index: 'int64', sentence: 'string', values: 'NamedValue[]', error: 'string' },
} as const;
