import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { computingWaysTerms } from '#ledger/contracts/kinds/computing.ts';
import { dataWaysTerms, readDataSet, type Format } from '#ledger/contracts/kinds/data.ts';
import { storeWaysTerms } from '#ledger/contracts/kinds/storage.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import type { SignedTest } from '#agent/registration.ts';
import { DATA_SETS, type SampleSource } from './data-sets.ts';

const HOUR_MS = 3_600_000n;
const MEGABYTE = 1_000_000n;
const GIGABYTE = 1_000_000_000n;
/** The part of the provider's machine that the sample shares. */
export const COMPUTER_PART = { slots: 2n, memoryMiB: 1_024n, region: 'US-WA', zone: 'Seattle 1' } as const;
/** Room of the sample's store. */
export const STORE_BYTES = 2n * GIGABYTE;
const FORMATS: readonly Format[] = ['csv', 'json', 'parquet'];

type Terms = Omit<StrategyArgs, 'ways'>;

/** What the sample provider offers of one source. */
export interface Offer {
  readonly source: SampleSource;
  readonly capacity: Quantity[];
  /** All but the ways. */
  readonly terms: Terms;
  /** What is shared of what the agent's test found. */
  ways(attributes: readonly Term[]): Term[];
}

/** Every column in every format. */
function allOf(attributes: readonly Term[]): Term[] {
  const dataSet = readDataSet(attributes);
  if (dataSet === undefined) throw new Error('What was found does not describe a data set.');
  const columns = dataSet.columns.map(({ name }) => name);
  return dataWaysTerms({ columns, formats: FORMATS, rowFilter: '' });
}

/** Ascending by meter, as the ledger lists amounts. */
function limits(bytes: bigint, calls: bigint): Quantity[] {
  return [
    { meter: 'bytes', amount: bytes },
    { meter: 'calls', amount: calls },
  ];
}

function places(amount: bigint): Quantity[] {
  return [{ meter: 'places', amount }];
}

/** Of a strategy for everybody, at any time, for a day at most. */
const OPEN_TO_ALL = {
  accessClass: 'public',
  conditions: [],
  opensAtMs: 0n,
  closesAtMs: 0n,
  useMsMax: 24n * HOUR_MS,
} satisfies Partial<Terms>;

/** Free to all for a price for each use. */
export const WEATHER: Offer = {
  source: DATA_SETS.weather,
  ways: allOf,
  capacity: places(20n),
  terms: {
    ...OPEN_TO_ALL,
    limits: limits(50n * MEGABYTE, 1_000n),
    prices: [{ meter: 'places', per: 1n, perMs: 0n, amountMicro: 500_000n }],
    promise: [],
    degradedPerMille: 0n,
  },
};

/** Under conditions, for a price for each hour, with a promise: an interval in which it is not kept costs half. */
export const BIRDSTRIKES: Offer = {
  source: DATA_SETS.birdstrikes,
  ways: allOf,
  capacity: places(5n),
  terms: {
    accessClass: 'conditional',
    conditions: [
      { rule: 'use.durationMs <= 7200000', sentence: 'use must be at most 2 hours' },
      {
        rule: 'use.purpose in ["research", "education", "operations", "planning", "public-service"]',
        sentence: 'the purpose must be research, education, operations, planning or public service',
      },
      { rule: 'applicant.brokenOrders == 0', sentence: 'the applicant must not have broken an order' },
    ],
    opensAtMs: 0n,
    closesAtMs: 0n,
    useMsMax: 24n * HOUR_MS,
    limits: limits(100n * MEGABYTE, 1_000n),
    prices: [{ meter: 'places', per: 1n, perMs: HOUR_MS, amountMicro: 2_000_000n }],
    promise: [{ meter: 'firstByteMs', amount: 1_000n }],
    degradedPerMille: 500n,
  },
};

/** Free to all for a price for each megabyte. */
export const ZIPCODES: Offer = {
  source: DATA_SETS.zipcodes,
  ways: allOf,
  capacity: places(10n),
  terms: {
    ...OPEN_TO_ALL,
    limits: limits(100n * MEGABYTE, 1_000n),
    prices: [{ meter: 'bytes', per: MEGABYTE, perMs: 0n, amountMicro: 200_000n }],
    promise: [],
    degradedPerMille: 0n,
  },
};

/** Two gigabytes of the provider's own disk, for a price for each gigabyte and hour. */
export const STORE: Offer = {
  source: {
    sourceId: 'edge-store',
    title: 'Edge storage by the S3 protocol',
    summary:
      'Room for objects on the provider’s own disk, a bucket for each order, reached by every S3 tool. What is stored stays for a day after the end.',
    tags: ['storage', 's3', 'edge'],
    region: 'US-WA',
    licence: 'Terms of this order',
    sourceUrl: '',
  },
  capacity: [{ meter: 'storedBytes', amount: STORE_BYTES }],
  terms: {
    ...OPEN_TO_ALL,
    limits: [
      { meter: 'bytes', amount: 20n * GIGABYTE },
      { meter: 'bytesIn', amount: 20n * GIGABYTE },
      { meter: 'calls', amount: 1_000_000n },
    ],
    prices: [{ meter: 'storedBytes', per: GIGABYTE, perMs: HOUR_MS, amountMicro: 50_000n }],
    promise: [{ meter: 'firstByteMs', amount: 1_000n }],
    degradedPerMille: 500n,
  },
  ways: () => storeWaysTerms(24n * HOUR_MS),
};

/** Two slots of the provider's own machine, for a price for each second of processor time, with a promise on the start of runs. */
export const COMPUTER: Offer = {
  source: {
    sourceId: 'edge-computer',
    title: 'Edge computing for WASI programs',
    summary:
      'Runs WebAssembly programs (WASI preview 1) on the provider’s own machine, each in a sandbox: single runs over HTTP, and tasks by GA4GH TES 1.1.',
    tags: ['computing', 'wasm', 'edge'],
    region: COMPUTER_PART.region,
    licence: 'Terms of this order',
    sourceUrl: '',
  },
  capacity: [
    { meter: 'memoryMiB', amount: COMPUTER_PART.memoryMiB },
    { meter: 'slots', amount: COMPUTER_PART.slots },
  ],
  terms: {
    ...OPEN_TO_ALL,
    limits: [
      { meter: 'bytes', amount: GIGABYTE },
      { meter: 'calls', amount: 100_000n },
      { meter: 'cpuMs', amount: HOUR_MS },
      { meter: 'runs', amount: 10_000n },
    ],
    prices: [{ meter: 'cpuMs', per: 1_000n, perMs: 0n, amountMicro: 10_000n }],
    promise: [{ meter: 'startMs', amount: 1_000n }],
    degradedPerMille: 500n,
  },
  ways: () => computingWaysTerms(5_000n),
};

export const OFFERS: readonly Offer[] = [WEATHER, BIRDSTRIKES, ZIPCODES, STORE, COMPUTER];

/** An offer as it is published: the provider's words, what the agent found, and the strategy. */
export function publication(
  { source, capacity, terms, ways }: Offer,
  found: { readonly test: SignedTest; readonly agentKey: number },
): MethodArgs['PublishResource'] {
  const { title, summary, tags, region, licence, sourceUrl, sourceId } = source;
  const { kind, attributes, testedAtMs, testSignature } = found.test;
  return {
    kind,
    title,
    summary,
    tags: [...tags],
    region,
    licence,
    sourceUrl,
    sourceId,
    agentKey: BigInt(found.agentKey),
    attributes: [...attributes],
    capacity,
    testedAtMs: BigInt(testedAtMs),
    testSignature: Buffer.from(testSignature, 'hex'),
    strategy: { ...terms, ways: ways(attributes) },
  };
}
