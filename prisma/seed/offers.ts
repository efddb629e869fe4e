import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { computingWaysTerms } from '#ledger/contracts/kinds/computing.ts';
import { relayWaysTerms } from '#ledger/contracts/kinds/connection.ts';
import { dataWaysTerms, readDataSet, type Format } from '#ledger/contracts/kinds/data.ts';
import { storeWaysTerms } from '#ledger/contracts/kinds/storage.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import type { SignedTest } from '#agent/registration.ts';
import { DATA_SETS, type SampleDataSet, type SampleSource } from './data-sets.ts';

const HOUR_MS = 3_600_000n;
const MEGABYTE = 1_000_000n;
const GIGABYTE = 1_000_000_000n;
const FORMATS: readonly Format[] = ['csv', 'json', 'parquet'];

type Terms = Omit<StrategyArgs, 'ways'>;

/** What a sample provider offers of one source. */
export interface Offer<Source extends SampleSource = SampleSource> {
  readonly source: Source;
  readonly capacity: Quantity[];
  /** All but the ways. */
  readonly terms: Terms;
  /** What is shared of what the agent's test found. */
  ways(attributes: readonly Term[]): Term[];
}

/** A part of a machine that runs programs; its source's region, this zone and this place are where it stands. */
export interface ComputerOffer extends Offer {
  readonly zone: string;
  /** Latitude and longitude in tenths of a degree. */
  readonly place: string;
}

/** A part of a provider's line; its source's region is where it stands. */
export interface RelayOffer extends Offer {
  /** Of targets, as the config file has them. */
  readonly ports: string;
  /** Latitude and longitude in tenths of a degree; none: the relay states no place. */
  readonly place?: string;
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
export const WEATHER: Offer<SampleDataSet> = {
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
export const BIRDSTRIKES: Offer<SampleDataSet> = {
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
export const ZIPCODES: Offer<SampleDataSet> = {
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

/** Room on a provider's own disk, for a price for each gigabyte and hour. */
function storeOf(source: SampleSource, of: { readonly bytes: bigint } & Pick<Terms, 'prices' | 'promise'>): Offer {
  const { bytes, prices, promise } = of;
  return {
    source,
    capacity: [{ meter: 'storedBytes', amount: bytes }],
    terms: {
      ...OPEN_TO_ALL,
      limits: [
        { meter: 'bytes', amount: 20n * GIGABYTE },
        { meter: 'bytesIn', amount: 20n * GIGABYTE },
        { meter: 'calls', amount: 1_000_000n },
      ],
      prices,
      promise,
      degradedPerMille: promise.length > 0 ? 500n : 0n,
    },
    ways: () => storeWaysTerms(24n * HOUR_MS),
  };
}

/** Two gigabytes, with a promise on the first byte. */
export const STORE = storeOf(
  {
    sourceId: 'edge-store',
    title: 'Edge storage by the S3 protocol',
    summary:
      'Room for objects on the provider’s own disk, a bucket for each order, reached by every S3 tool. What is stored stays for a day after the end.',
    tags: ['storage', 's3', 'edge'],
    region: 'US-WA',
    licence: 'Terms of this order',
    sourceUrl: '',
  },
  {
    bytes: 2n * GIGABYTE,
    prices: [{ meter: 'storedBytes', per: GIGABYTE, perMs: HOUR_MS, amountMicro: 50_000n }],
    promise: [{ meter: 'firstByteMs', amount: 1_000n }],
  },
);

/** One gigabyte, for less, with no promise. */
export const PLAIN_STORE = storeOf(
  {
    sourceId: 'plain-store',
    title: 'Low-cost room for objects, S3',
    summary:
      'A gigabyte on the provider’s own disk, a bucket for each order. Nothing is promised of its speed. What is stored stays for a day after the end.',
    tags: ['storage', 's3', 'low-cost'],
    region: 'US-WA',
    licence: 'Terms of this order',
    sourceUrl: '',
  },
  {
    bytes: GIGABYTE,
    prices: [{ meter: 'storedBytes', per: GIGABYTE, perMs: HOUR_MS, amountMicro: 20_000n }],
    promise: [],
  },
);

interface ComputerPart {
  readonly slots: bigint;
  readonly memoryMiB: bigint;
  readonly zone: string;
  readonly place: string;
  /** Of a second of processor time. */
  readonly secondMicro: bigint;
  readonly promise: Quantity[];
}

/** Slots of a provider's own machine, for a price for each second of processor time. */
function computerOf(
  source: Pick<SampleSource, 'sourceId' | 'title' | 'summary' | 'tags'>,
  { slots, memoryMiB, zone, place, secondMicro, promise }: ComputerPart,
): ComputerOffer {
  return {
    source: { ...source, region: 'US-WA', licence: 'Terms of this order', sourceUrl: '' },
    zone,
    place,
    capacity: [
      { meter: 'memoryMiB', amount: memoryMiB },
      { meter: 'slots', amount: slots },
    ],
    terms: {
      ...OPEN_TO_ALL,
      limits: [
        { meter: 'bytes', amount: GIGABYTE },
        { meter: 'calls', amount: 100_000n },
        { meter: 'cpuMs', amount: HOUR_MS },
        { meter: 'runs', amount: 10_000n },
      ],
      prices: [{ meter: 'cpuMs', per: 1_000n, perMs: 0n, amountMicro: secondMicro }],
      promise,
      degradedPerMille: promise.length > 0 ? 500n : 0n,
    },
    ways: () => computingWaysTerms(5_000n),
  };
}

/** Two slots with a promise on the start of runs. */
export const COMPUTER = computerOf(
  {
    sourceId: 'edge-computer',
    title: 'Edge computing for WASI programs',
    summary:
      'Runs WebAssembly programs (WASI preview 1) on the provider’s own machine, each in a sandbox: single runs over HTTP, and tasks by GA4GH TES 1.1.',
    tags: ['computing', 'wasm', 'edge'],
  },
  {
    slots: 2n,
    memoryMiB: 1_024n,
    zone: 'Seattle 1',
    place: '47.6,-122.3',
    secondMicro: 10_000n,
    promise: [{ meter: 'startMs', amount: 1_000n }],
  },
);

/** The cheapest: two small slots, and nothing promised. */
export const PLAIN_COMPUTER = computerOf(
  {
    sourceId: 'plain-computer',
    title: 'Low-cost computing for WASI programs',
    summary:
      'Two small slots for WebAssembly programs (WASI preview 1) on the provider’s own machine, each run in a sandbox. Runs may wait: nothing is promised of their start.',
    tags: ['computing', 'wasm', 'low-cost'],
  },
  { slots: 2n, memoryMiB: 256n, zone: 'Spokane 1', place: '47.7,-117.4', secondMicro: 6_000n, promise: [] },
);

/** The dearest: as many slots as both others together. */
export const WIDE_COMPUTER = computerOf(
  {
    sourceId: 'wide-computer',
    title: 'Computing for WASI programs, four at a time',
    summary:
      'Four slots for WebAssembly programs (WASI preview 1) on the provider’s own machine, each run in a sandbox, with a promise on the start of runs.',
    tags: ['computing', 'wasm', 'parallel'],
  },
  {
    slots: 4n,
    memoryMiB: 512n,
    zone: 'Yakima 1',
    place: '46.6,-120.5',
    secondMicro: 15_000n,
    promise: [{ meter: 'startMs', amount: 1_000n }],
  },
);

const RELAY_PORTS = '80,443,8080-8089';

/** Eight megabytes a second both ways, for a price for each megabyte, with a promise on round trip and failures. */
export const RELAY: RelayOffer = {
  source: {
    sourceId: 'edge-relay',
    title: 'Internet through a relay, SOCKS5 and HTTP CONNECT',
    summary:
      'A part of the provider’s line to the Internet, used by browsers and programs through a relay. Connections at a time and a rate both ways are the order’s own; bytes are counted both ways.',
    tags: ['connection', 'relay', 'socks5'],
    region: 'US-WA',
    licence: 'Terms of this order',
    sourceUrl: '',
  },
  ports: RELAY_PORTS,
  place: '47.6,-122.3',
  capacity: [
    { meter: 'connections', amount: 256n },
    { meter: 'downBytesPerS', amount: 8n * MEGABYTE },
    { meter: 'upBytesPerS', amount: 8n * MEGABYTE },
  ],
  terms: {
    ...OPEN_TO_ALL,
    limits: [
      { meter: 'bytes', amount: 10n * GIGABYTE },
      { meter: 'bytesIn', amount: 10n * GIGABYTE },
    ],
    prices: [
      { meter: 'bytes', per: MEGABYTE, perMs: 0n, amountMicro: 1_000n },
      { meter: 'downBytesPerS', per: MEGABYTE, perMs: HOUR_MS, amountMicro: 20_000n },
    ],
    promise: [
      { meter: 'failedPerMille', amount: 50n },
      { meter: 'roundTripMs', amount: 1_000n },
    ],
    degradedPerMille: 500n,
  },
  ways: () => relayWaysTerms(RELAY_PORTS),
};

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
