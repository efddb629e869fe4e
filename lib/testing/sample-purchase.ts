import { dataSetTerms, dataWaysTerms } from '#ledger/contracts/kinds/data.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { encodeRuns } from '#ledger/contracts/shared/runs.ts';
import type { Payload, SampleItem } from './sample-block.ts';
import { BACKUP_PROVIDER, BUYER, GENESIS_TIME, PROVIDER, SECOND_PROVIDER, bytes } from './sample-genesis.ts';

/**
 * A purchase of two parts, O-2: the first runs; the second is not delivered, and the backup that was named takes its place as the third
 * part, is sometimes degraded and sometimes down, and is settled. Each part has a provider of its own.
 */

const HOUR_MS = 3_600_000n;
const INTERVAL_MS = 60_000n;
const startsAtMs = GENESIS_TIME + 6_000n;

type Offer = { resource: bigint; owner: bigint; title: string; strategy: Struct<'Strategy'> };

const columns = [
  { name: 'hour', type: 'TIMESTAMP', nulls: 0 },
  { name: 'level', type: 'DOUBLE', nulls: 3 },
];

function strategy(prices: Struct<'Price'>[], format: 'csv' | 'parquet'): Struct<'Strategy'> {
  return {
    accessClass: 'public',
    conditions: [],
    ways: dataWaysTerms({ columns: ['hour', 'level'], formats: [format], rowFilter: '' }),
    opensAtMs: 0n,
    closesAtMs: 0n,
    useMsMax: 24n * HOUR_MS,
    limits: [
      { meter: 'bytes', amount: 10_000_000n },
      { meter: 'calls', amount: 100n },
    ],
    prices,
    promise: [{ meter: 'firstByteMs', amount: 500n }],
    degradedPerMille: 400n,
  };
}

const second: Offer = {
  resource: 2n,
  owner: SECOND_PROVIDER,
  title: 'Harbour tides',
  strategy: strategy([{ meter: 'places', per: 1n, perMs: 0n, amountMicro: 2_000_000n }], 'parquet'),
};
const backup: Offer = {
  resource: 3n,
  owner: BACKUP_PROVIDER,
  title: 'Tide archive',
  strategy: strategy(
    [
      { meter: 'bytes', per: 1_000_000n, perMs: 0n, amountMicro: 600_000n },
      { meter: 'places', per: 1n, perMs: HOUR_MS, amountMicro: 1_200_000n },
    ],
    'csv',
  ),
};

function published({ resource, owner, title, strategy: shared }: Offer): SampleItem {
  const size = { format: 'csv', rows: 8_760, bytes: 200_000 + Number(resource), checksum: 'sha256:01' };
  return {
    events: [
      {
        contract: 'resource',
        type: 'ResourcePublished',
        resource,
        owner,
        kind: 'data',
        title,
        summary: 'Hourly levels',
        tags: ['tides'],
        region: 'eu-north',
        licence: 'CC-BY-4.0',
        sourceUrl: '',
        agentKey: 1n,
        sourceId: 'tides',
        attributes: dataSetTerms({ ...size, columns }),
        capacity: [{ meter: 'places', amount: 1n }],
        testedAtMs: GENESIS_TIME,
        publishedAtMs: GENESIS_TIME + 5_000n,
      },
      {
        contract: 'strategy',
        type: 'StrategyRecorded',
        resource,
        strategyVersion: 1n,
        by: owner,
        strategy: shared,
        recordedAtMs: GENESIS_TIME + 5_000n,
      },
    ],
  };
}

const amounts = [
  { meter: 'bytes', amount: 1_000_000n },
  { meter: 'calls', amount: 10n },
  { meter: 'places', amount: 1n },
];
const instead: Struct<'Backup'> = {
  resource: 3n,
  provider: BACKUP_PROVIDER,
  strategyVersion: 1n,
  choices: [{ name: 'format', value: 'csv' }],
  amounts,
  holdMicro: 1_800_000n,
};

/** What each agreement of the purchase has of its own. */
type Own = {
  agreement: bigint;
  part: bigint;
  replaces: bigint;
  holdMicro: bigint;
  backup: Struct<'Backup'>[];
  format: string;
} & Pick<Offer, 'resource' | 'owner' | 'strategy'>;

function reserved(own: Own): Payload {
  const { agreement, part, replaces, holdMicro, resource, owner, format } = own;
  const { ways, prices, promise, degradedPerMille } = own.strategy;
  return {
    contract: 'agreement',
    type: 'AgreementReserved',
    agreement,
    order: 2n,
    part,
    replaces,
    continues: 0n,
    customer: BUYER,
    identifiedBy: 0n,
    provider: owner,
    resource,
    kind: 'data',
    strategyVersion: 1n,
    purpose: 'planning',
    fieldOfBusiness: 'logistics',
    choices: [{ name: 'format', value: format }],
    ways,
    amounts,
    prices,
    promise,
    degradedPerMille,
    durationMs: HOUR_MS,
    holdMicro,
    backup: own.backup,
    encryptionKey: bytes(32, 0x26),
    agentKey: 1n,
    sourceId: 'tides',
    intervalMs: INTERVAL_MS,
    feePerMille: 10n,
    reservedAtMs: GENESIS_TIME + 5_000n,
    prepareByMs: GENESIS_TIME + 125_000n,
  };
}

function capacity(resource: bigint, all: bigint, inUse: bigint, agreement: bigint): Payload {
  const free = all === inUse ? [] : [{ meter: 'places', amount: all - inUse }];
  return {
    contract: 'resource',
    type: 'CapacityChanged',
    resource,
    capacity: [{ meter: 'places', amount: all }],
    inUse: inUse === 0n ? [] : [{ meter: 'places', amount: inUse }],
    free,
    agreement,
  };
}

function held(agreement: bigint, amountMicro: bigint): Payload {
  return { contract: 'token', type: 'TokensHeld', hold: agreement, account: BUYER, amountMicro, agreement };
}

function bought(first: Struct<'Strategy'>): SampleItem {
  const one = { agreement: 2n, part: 1n, replaces: 0n, holdMicro: 3_600_000n, backup: [], format: 'csv' };
  const two = { agreement: 3n, part: 2n, replaces: 0n, holdMicro: 2_000_000n, backup: [instead], format: 'parquet' };
  const part = (resource: bigint, provider: bigint, { holdMicro, format, backup: named }: typeof one | typeof two) => ({
    resource,
    provider,
    strategyVersion: 1n,
    durationMs: HOUR_MS,
    amounts,
    holdMicro,
    backup: named,
    choices: [{ name: 'format', value: format }],
  });
  return {
    signed: {
      method: 'PlaceOrder',
      account: BUYER,
      args: {
        purpose: 'planning',
        fieldOfBusiness: 'logistics',
        holdMicro: 5_600_000n,
        parts: [part(1n, PROVIDER, one), part(2n, SECOND_PROVIDER, two)],
        encryptionKey: bytes(32, 0x26),
        voucherKey: bytes(20, 0),
      },
    },
    events: [
      reserved({ ...one, resource: 1n, owner: PROVIDER, strategy: first }),
      capacity(1n, 2n, 2n, 2n),
      held(2n, 3_600_000n),
      reserved({ ...two, ...second }),
      capacity(2n, 1n, 1n, 3n),
      held(3n, 2_000_000n),
    ],
  };
}

function prepared(agreement: bigint, by: bigint): SampleItem {
  const endsAtMs = startsAtMs + HOUR_MS;
  return {
    events: [
      {
        contract: 'agreement',
        type: 'AgreementPrepared',
        agreement,
        from: 'reserved',
        to: 'prepared',
        by,
        startsAtMs,
        endsAtMs,
        issue: 1n,
        encryptionKey: bytes(32, 0x26),
        descriptor: bytes(96, 0x56),
      },
      { contract: 'agreement', type: 'AgreementActivated', agreement, from: 'prepared', to: 'active' },
    ],
  };
}

/** The second part was not delivered: its backup takes its place with what its own price makes of the hold. */
const replaced: SampleItem = {
  due: true,
  events: [
    reserved({
      agreement: 4n,
      part: 3n,
      replaces: 3n,
      holdMicro: 1_800_000n,
      backup: [],
      format: 'csv',
      ...backup,
    }),
    capacity(3n, 1n, 1n, 4n),
    {
      contract: 'token',
      type: 'HoldSplit',
      account: BUYER,
      agreement: 3n,
      replacement: 4n,
      amountMicro: 1_800_000n,
    },
    { contract: 'agreement', type: 'AgreementReplaced', agreement: 3n, replacement: 4n, holdMicro: 200_000n },
    {
      contract: 'agreement',
      type: 'AgreementEnded',
      agreement: 3n,
      customer: BUYER,
      provider: SECOND_PROVIDER,
      from: 'reserved',
      to: 'failed',
      by: 0n,
      reason: 'not-delivered',
      endedAtMs: GENESIS_TIME + 5_500n,
      settleAtMs: GENESIS_TIME + 5_500n,
      graceUntilMs: 0n,
    },
    capacity(2n, 1n, 0n, 3n),
    {
      contract: 'token',
      type: 'HoldSettled',
      hold: 3n,
      account: BUYER,
      payee: SECOND_PROVIDER,
      agreement: 3n,
      chargeMicro: 0n,
      feeMicro: 0n,
      refundMicro: 200_000n,
    },
    {
      contract: 'settlement',
      type: 'AgreementSettled',
      agreement: 3n,
      customer: BUYER,
      provider: SECOND_PROVIDER,
      used: [],
      keptMs: 0n,
      degradedMs: 0n,
      downMs: 0n,
      wholeMs: HOUR_MS,
      holdMicro: 200_000n,
      chargeMicro: 0n,
      feeMicro: 0n,
      refundMicro: 200_000n,
      contested: false,
      settledAtMs: GENESIS_TIME + 5_500n,
    },
  ],
};

const MINUTE_MS = 60_000n;

/** The last five of the sixty intervals are claimed by nobody. */
const claims: SampleItem[] = [
  {
    events: [
      {
        contract: 'settlement',
        type: 'UsageClaimed',
        agreement: 4n,
        by: BACKUP_PROVIDER,
        used: [
          { meter: 'bytes', amount: 200_000n },
          { meter: 'calls', amount: 2n },
        ],
        runs: encodeRuns([
          { count: 20, state: 'kept', measured: [100] },
          { count: 5, state: 'degraded', measured: [800] },
          { count: 5, state: 'down', measured: [0] },
        ]),
        fromMs: startsAtMs,
        untilMs: startsAtMs + 30n * MINUTE_MS,
        keptMs: 20n * MINUTE_MS,
        degradedMs: 5n * MINUTE_MS,
        downMs: 5n * MINUTE_MS,
      },
    ],
  },
  {
    events: [
      {
        contract: 'settlement',
        type: 'UsageClaimed',
        agreement: 4n,
        by: BACKUP_PROVIDER,
        used: [
          { meter: 'bytes', amount: 500_000n },
          { meter: 'calls', amount: 5n },
        ],
        runs: encodeRuns([
          { count: 10, state: 'kept', measured: [120] },
          { count: 15, state: 'degraded', measured: [900] },
        ]),
        fromMs: startsAtMs + 30n * MINUTE_MS,
        untilMs: startsAtMs + 55n * MINUTE_MS,
        keptMs: 30n * MINUTE_MS,
        degradedMs: 20n * MINUTE_MS,
        downMs: 5n * MINUTE_MS,
      },
    ],
  },
];

/** 0.76 tokens for the time, 0.228 for the bytes. */
const settled: SampleItem = {
  due: true,
  events: [
    {
      contract: 'agreement',
      type: 'AgreementEnded',
      agreement: 4n,
      customer: BUYER,
      provider: BACKUP_PROVIDER,
      from: 'active',
      to: 'completed',
      by: 0n,
      reason: 'time-up',
      endedAtMs: startsAtMs + HOUR_MS,
      settleAtMs: startsAtMs + HOUR_MS + 10_000n,
      graceUntilMs: 0n,
    },
    capacity(3n, 1n, 0n, 4n),
    {
      contract: 'token',
      type: 'HoldSettled',
      hold: 4n,
      account: BUYER,
      payee: BACKUP_PROVIDER,
      agreement: 4n,
      chargeMicro: 988_000n,
      feeMicro: 9_880n,
      refundMicro: 812_000n,
    },
    {
      contract: 'settlement',
      type: 'AgreementSettled',
      agreement: 4n,
      customer: BUYER,
      provider: BACKUP_PROVIDER,
      used: [
        { meter: 'bytes', amount: 500_000n },
        { meter: 'calls', amount: 5n },
      ],
      keptMs: 30n * MINUTE_MS,
      degradedMs: 20n * MINUTE_MS,
      downMs: 10n * MINUTE_MS,
      wholeMs: HOUR_MS,
      holdMicro: 1_800_000n,
      chargeMicro: 988_000n,
      feeMicro: 9_880n,
      refundMicro: 812_000n,
      contested: false,
      settledAtMs: startsAtMs + HOUR_MS + 10_000n,
    },
  ],
};

/** The purchase by blocks: what is offered and bought, what is delivered and claimed, what is settled. `first`: strategy of resource 1. */
export function samplePurchase(first: Struct<'Strategy'>): [SampleItem[], SampleItem[], SampleItem[]] {
  return [
    [published(second), published(backup), bought(first)],
    [replaced, prepared(2n, PROVIDER), prepared(4n, BACKUP_PROVIDER), ...claims],
    [settled],
  ];
}
