import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { dataWaysTerms, readDataSet, type Format } from '#ledger/contracts/kinds/data.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import type { SignedTest } from '#agent/registration.ts';
import { DATA_SETS, type SampleDataSet } from './data-sets.ts';

const HOUR_MS = 3_600_000n;
const MEGABYTE = 1_000_000n;
const FORMATS: readonly Format[] = ['csv', 'json', 'parquet'];

type Terms = Omit<StrategyArgs, 'ways'>;

/** What the sample provider offers of one data set. */
export interface Offer {
  readonly data: SampleDataSet;
  readonly capacity: Quantity[];
  /** All but the ways: which columns there are is found by the agent's test. */
  readonly terms: Terms;
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

/** Free to all for a price for each use. */
export const WEATHER: Offer = {
  data: DATA_SETS.weather,
  capacity: places(20n),
  terms: {
    accessClass: 'public',
    conditions: [],
    opensAtMs: 0n,
    closesAtMs: 0n,
    useMsMax: 24n * HOUR_MS,
    limits: limits(50n * MEGABYTE, 1_000n),
    prices: [{ meter: 'places', per: 1n, perMs: 0n, amountMicro: 500_000n }],
    promise: [],
    degradedPerMille: 0n,
  },
};

/** Under conditions, for a price for each hour, with a promise: an interval in which it is not kept costs half. */
export const BIRDSTRIKES: Offer = {
  data: DATA_SETS.birdstrikes,
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
  data: DATA_SETS.zipcodes,
  capacity: places(10n),
  terms: {
    accessClass: 'public',
    conditions: [],
    opensAtMs: 0n,
    closesAtMs: 0n,
    useMsMax: 24n * HOUR_MS,
    limits: limits(100n * MEGABYTE, 1_000n),
    prices: [{ meter: 'bytes', per: MEGABYTE, perMs: 0n, amountMicro: 200_000n }],
    promise: [],
    degradedPerMille: 0n,
  },
};

export const OFFERS: readonly Offer[] = [WEATHER, BIRDSTRIKES, ZIPCODES];

/** An offer as it is published: the provider's words, what the agent found, and a strategy that shares every column in every format. */
export function publication(
  { data, capacity, terms }: Offer,
  found: { readonly test: SignedTest; readonly agentKey: number },
): MethodArgs['PublishResource'] {
  const { title, summary, tags, region, licence, sourceUrl, sourceId } = data;
  const { kind, attributes, testedAtMs, testSignature } = found.test;
  const dataSet = readDataSet(attributes);
  if (dataSet === undefined) throw new Error(`What was found of ${sourceId} does not describe a data set.`);
  const columns = dataSet.columns.map(({ name }) => name);
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
    strategy: { ...terms, ways: dataWaysTerms({ columns, formats: FORMATS, rowFilter: '' }) },
  };
}
