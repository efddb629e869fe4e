/**
 * The tables of the read model as the projections see them: every column, its kind, and the key. The SQL that makes them is
 * prisma/migrations/0002_readmodel; a test holds the two together.
 */
export const tables = {
  blocks: {
    key: ['height'],
    columns: {
      height: 'bigint',
      hash: 'text',
      timeMs: 'bigint',
      proposer: 'text',
      round: 'integer?',
      appHash: 'text',
      transactions: 'integer',
      dueItems: 'integer',
      evidence: 'integer',
      signers: 'json',
    },
  },
  transactions: {
    key: ['logIndex'],
    columns: {
      logIndex: 'bigint',
      tx: 'text?',
      height: 'bigint',
      phase: 'integer',
      index: 'integer',
      timeMs: 'bigint',
      method: 'text',
      account: 'bigint?',
      key: 'bigint?',
      nonce: 'text?',
      validUntilMs: 'text?',
      code: 'integer',
      data: 'json',
      fields: 'json',
    },
  },
  events: {
    key: ['height', 'phase', 'index', 'sequence'],
    columns: {
      height: 'bigint',
      phase: 'integer',
      index: 'integer',
      sequence: 'integer',
      timeMs: 'bigint',
      contract: 'text',
      type: 'text',
      payload: 'json',
      tx: 'text?',
      logIndex: 'bigint',
    },
  },
  event_subjects: {
    key: ['kind', 'id', 'height', 'phase', 'index', 'sequence'],
    columns: {
      kind: 'text',
      id: 'bigint',
      height: 'bigint',
      phase: 'integer',
      index: 'integer',
      sequence: 'integer',
      logIndex: 'bigint',
    },
  },
  accounts: {
    key: ['id'],
    columns: {
      id: 'bigint',
      address: 'text',
      profileCommitment: 'text',
      encryptionKey: 'text',
      createdAtMs: 'bigint',
      completedOrders: 'bigint',
      brokenOrders: 'bigint',
    },
  },
  account_roles: {
    key: ['account', 'role'],
    columns: {
      account: 'bigint',
      role: 'text',
      proposal: 'bigint',
      grantedAtMs: 'bigint',
    },
  },
  account_keys: {
    key: ['account', 'key'],
    columns: {
      account: 'bigint',
      key: 'bigint',
      address: 'text',
      label: 'text',
      methods: 'json',
      resources: 'json',
      spendingCapMicro: 'text',
      spentMicro: 'text',
      expiresAtMs: 'text?',
      revoked: 'boolean',
    },
  },
  balances: {
    key: ['account'],
    columns: {
      account: 'bigint',
      balanceMicro: 'bigint',
      heldMicro: 'bigint',
    },
  },
  token_entries: {
    key: ['account', 'height', 'phase', 'index', 'sequence'],
    columns: {
      account: 'bigint',
      height: 'bigint',
      phase: 'integer',
      index: 'integer',
      sequence: 'integer',
      timeMs: 'bigint',
      what: 'text',
      amountMicro: 'bigint',
      balanceMicro: 'bigint',
      agreement: 'bigint?',
      tx: 'text?',
    },
  },
  resources: {
    key: ['id'],
    columns: {
      id: 'bigint',
      owner: 'bigint',
      kind: 'text',
      title: 'text',
      summary: 'text',
      tags: 'json',
      tagsText: 'text',
      region: 'text',
      licence: 'text',
      sourceUrl: 'text',
      agentKey: 'bigint',
      sourceId: 'text',
      technical: 'json',
      rows: 'bigint',
      bytes: 'bigint',
      columnCount: 'integer',
      testedAtMs: 'bigint',
      simultaneousMax: 'bigint',
      freePlaces: 'bigint',
      status: 'text',
      publishedAtMs: 'bigint',
      strategyVersion: 'bigint',
      accessClass: 'text',
      formats: 'json',
      priceUnit: 'text',
      priceMicro: 'bigint',
    },
  },
  strategies: {
    key: ['resource', 'version'],
    columns: {
      resource: 'bigint',
      version: 'bigint',
      by: 'bigint',
      strategy: 'json',
      recordedAtMs: 'bigint',
    },
  },
  agreements: {
    key: ['id'],
    columns: {
      id: 'bigint',
      status: 'text',
      customer: 'bigint',
      provider: 'bigint',
      resource: 'bigint',
      strategyVersion: 'bigint',
      purpose: 'text',
      fieldOfBusiness: 'text',
      format: 'text',
      columns: 'json',
      rowFilter: 'text',
      durationMs: 'text',
      callsMax: 'text',
      bytesMax: 'text',
      priceUnit: 'text',
      priceMicro: 'bigint',
      hold: 'bigint',
      holdMicro: 'bigint',
      encryptionKey: 'text',
      agentKey: 'bigint',
      sourceId: 'text',
      intervalMs: 'bigint',
      feePerMille: 'bigint',
      reservedAtMs: 'bigint',
      prepareByMs: 'bigint',
      startsAtMs: 'bigint?',
      endsAtMs: 'bigint?',
      endedAtMs: 'bigint?',
      endReason: 'text?',
      endStatus: 'text?',
      endedBy: 'bigint?',
      settleAtMs: 'bigint?',
      issue: 'bigint',
      descriptor: 'text?',
      descriptorKey: 'text?',
      reissuePending: 'boolean',
      contested: 'text?',
      claimCalls: 'text?',
      claimRows: 'text?',
      claimBytes: 'text?',
      claimServed: 'text?',
      claimUntilMs: 'text?',
      claimTx: 'text?',
    },
  },
  bills: {
    key: ['agreement'],
    columns: {
      agreement: 'bigint',
      priceUnit: 'text',
      priceMicro: 'bigint',
      calls: 'text',
      rows: 'text',
      bytes: 'text',
      intervalMs: 'bigint',
      intervalsServed: 'bigint',
      intervalsDown: 'bigint',
      served: 'text',
      holdMicro: 'bigint',
      chargeMicro: 'bigint',
      feeMicro: 'bigint',
      refundMicro: 'bigint',
      contested: 'boolean',
      tx: 'text?',
      settledAtMs: 'bigint',
    },
  },
  refusals: {
    key: ['application'],
    columns: {
      application: 'bigint',
      customer: 'bigint',
      provider: 'bigint',
      resource: 'bigint',
      strategyVersion: 'bigint',
      purpose: 'text',
      fieldOfBusiness: 'text',
      format: 'text',
      durationMs: 'text',
      failed: 'json',
      refusedAtMs: 'bigint',
      tx: 'text?',
    },
  },
  proposals: {
    key: ['id'],
    columns: {
      id: 'bigint',
      kind: 'text',
      by: 'bigint',
      subject: 'text',
      account: 'bigint',
      value: 'text',
      publicKey: 'text',
      status: 'text',
      electorate: 'bigint?',
      openedAtMs: 'bigint',
      closesAtMs: 'bigint',
      tx: 'text?',
    },
  },
  nodes: {
    key: ['id'],
    columns: {
      id: 'bigint',
      name: 'text',
      operator: 'bigint',
      publicKey: 'text',
      address: 'text',
      class: 'text',
      status: 'text',
      equivocations: 'bigint',
      changedAtMs: 'bigint',
      changesAtMs: 'bigint?',
    },
  },
  votes: {
    key: ['proposal', 'by'],
    columns: {
      proposal: 'bigint',
      by: 'bigint',
      approve: 'boolean',
      timeMs: 'bigint',
      tx: 'text?',
    },
  },
  parameters: {
    key: ['name'],
    columns: {
      name: 'text',
      value: 'text',
      changedAtHeight: 'bigint',
    },
  },
} as const;

/** `?` allows null. Hashes, keys and addresses are lower-case hex text without 0x; unsigned 64-bit figures nothing sorts by are decimal text. */
export type ColumnKind = 'bigint' | 'bigint?' | 'text' | 'text?' | 'integer' | 'integer?' | 'boolean' | 'json';
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type ColumnValue = bigint | Json;

interface ValueOf {
  bigint: bigint;
  'bigint?': bigint | null;
  text: string;
  'text?': string | null;
  integer: number;
  'integer?': number | null;
  boolean: boolean;
  json: Json;
}

export type TableName = keyof typeof tables;
type Columns<T extends TableName> = (typeof tables)[T]['columns'];
export type Row<T extends TableName> = {
  -readonly [C in keyof Columns<T>]: Columns<T>[C] extends ColumnKind ? ValueOf[Columns<T>[C]] : never;
};
type KeyColumn<T extends TableName> = (typeof tables)[T]['key'][number] & keyof Row<T>;
export type Key<T extends TableName> = Pick<Row<T>, KeyColumn<T>>;
type BigintColumn<T extends TableName> = {
  [C in keyof Columns<T>]: Columns<T>[C] extends 'bigint' ? C : never;
}[keyof Columns<T>];

/** One row made, changed or added to. The projector applies changes in order; none of them reads the clock or the database. */
export type RowChange =
  | { [T in TableName]: { readonly op: 'insert'; readonly table: T; readonly row: Row<T> } }[TableName]
  | {
      [T in TableName]: {
        readonly op: 'set';
        readonly table: T;
        readonly key: Key<T>;
        readonly values: Partial<Row<T>>;
      };
    }[TableName]
  /** Adds to whole-number columns; a missing row begins as `begin`. */
  | {
      [T in TableName]: {
        readonly op: 'add';
        readonly table: T;
        readonly key: Key<T>;
        readonly values: { readonly [C in BigintColumn<T>]?: bigint };
        readonly begin?: Row<T>;
      };
    }[TableName]
  /** A line of an account's statement: `balanceMicro` is taken from `balances` after the changes before it. */
  | { readonly op: 'entry'; readonly row: Omit<Row<'token_entries'>, 'balanceMicro'> };

export function insert<T extends TableName>(table: T, row: Row<T>): RowChange {
  return { op: 'insert', table, row } as RowChange;
}

export function set<T extends TableName>(table: T, key: Key<T>, values: Partial<Row<T>>): RowChange {
  return { op: 'set', table, key, values } as RowChange;
}

export function add<T extends TableName>(
  table: T,
  key: Key<T>,
  values: { readonly [C in BigintColumn<T>]?: bigint },
  begin?: Row<T>,
): RowChange {
  return { op: 'add', table, key, values, begin } as RowChange;
}
