import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { DATA_SETS, type SampleDataSet } from './data-sets.ts';

const HOUR_MS = 3_600_000n;
const MEGABYTE = 1_000_000n;

type Terms = Omit<StrategyArgs, 'columns'>;

const COMMON = { formats: ['csv', 'json', 'parquet'], rowFilter: '', opensAtMs: 0n, closesAtMs: 0n } as const;

/** What the sample provider offers: one free to all for a price per use, one under conditions per hour, one per megabyte. */
export const OFFERS: readonly { readonly data: SampleDataSet; readonly terms: Terms }[] = [
  {
    data: DATA_SETS.weather,
    terms: {
      ...COMMON,
      formats: [...COMMON.formats],
      accessClass: 'public',
      conditions: [],
      useMsMax: 24n * HOUR_MS,
      callsMax: 1_000n,
      bytesMax: 50n * MEGABYTE,
      simultaneousMax: 20n,
      price: { unit: 'use', amountMicro: 500_000n },
    },
  },
  {
    data: DATA_SETS.birdstrikes,
    terms: {
      ...COMMON,
      formats: [...COMMON.formats],
      accessClass: 'conditional',
      conditions: [
        { rule: 'use.durationMs <= 7200000', sentence: 'use must be at most 2 hours' },
        {
          rule: 'use.purpose in ["research", "education", "operations", "planning", "public-service"]',
          sentence: 'the purpose must be research, education, operations, planning or public service',
        },
        { rule: 'applicant.brokenOrders == 0', sentence: 'the applicant must not have broken an order' },
      ],
      useMsMax: 24n * HOUR_MS,
      callsMax: 1_000n,
      bytesMax: 100n * MEGABYTE,
      simultaneousMax: 5n,
      price: { unit: 'hour', amountMicro: 2_000_000n },
    },
  },
  {
    data: DATA_SETS.zipcodes,
    terms: {
      ...COMMON,
      formats: [...COMMON.formats],
      accessClass: 'public',
      conditions: [],
      useMsMax: 24n * HOUR_MS,
      callsMax: 1_000n,
      bytesMax: 100n * MEGABYTE,
      simultaneousMax: 10n,
      price: { unit: 'megabyte', amountMicro: 200_000n },
    },
  },
];
