import type { KindScreen } from '#components/kinds/kind.ts';
import { MeterBars } from '#components/ledger/meter-bars.tsx';
import { ComputingAccessPanel } from './access-panel.tsx';
import { computerCompared, computingFacts, computingSize, computingWayFacts } from './facts.tsx';
import { placeOf } from '#components/kinds/shared/place.ts';
import { computerOf, FIRST_WAYS, parseWays, waysDraft } from './terms.ts';
import { ComputingWayFields } from './way-fields.tsx';

const SECOND_MS = 1_000n;
const HOUR_MS = 3_600_000;
const MEGABYTE = 1_000_000n;

const nothing = () => null;

/** A machine that runs programs on screens: slots and memory held for a time, processor time as used. */
export const computingScreen: KindScreen = {
  // How long a program takes is in the program: nothing can be told beforehand.
  estimates: () => [],
  countedForEstimate: [],
  facts: computingFacts,
  size: computingSize,
  place: placeOf,
  compared: computerCompared,
  Details: nothing,
  wayFacts: computingWayFacts,
  choiceFacts: () => [],
  // A test shows nothing that the description does not say, and a machine has nothing to be looked at.
  Preview: nothing,
  Sample: nothing,
  firstWays: FIRST_WAYS,
  fitWays: (draft) => draft,
  WayFields: ComputingWayFields,
  parseWays,
  waysDraft,
  bytesTypedIn: 'Megabytes',
  fixedAmounts: {},
  firstAmounts: {
    bytes: 100n * MEGABYTE,
    calls: 10_000n,
    cpuMs: 60n * SECOND_MS,
    memoryMiB: 64n,
    runs: 1_000n,
    slots: 1n,
  },
  firstLimits: { bytes: 1_000n * MEGABYTE, calls: 100_000n, cpuMs: 3_600n * SECOND_MS, runs: 10_000n },
  capacityOf: (attributes) => {
    const { memoryMiB, slots } = computerOf(attributes);
    return { memoryMiB, slots };
  },
  firstTimes: { longestMs: 24 * HOUR_MS, useMs: HOUR_MS },
  pricings: [
    {
      title: 'Per processor second',
      explains:
        'Each second of processor time that runs took costs this much, failed ones included; at most the seconds that were asked for.',
      meter: 'cpuMs',
      per: SECOND_MS,
      perMs: 0n,
    },
    {
      title: 'Per slot and hour',
      explains:
        'Each slot that was asked for costs this much for each hour in which your agent served, whether something runs in it or not.',
      meter: 'slots',
      per: 1n,
      perMs: BigInt(HOUR_MS),
    },
    {
      title: 'Per slot and use',
      explains:
        'Each slot that was asked for costs this much once; the part of the use in which your agent did not serve is taken off.',
      meter: 'slots',
      per: 1n,
      perMs: 0n,
    },
    {
      title: 'Per run',
      explains: 'Each run of a program costs this much, failed ones included; at most the runs that were asked for.',
      meter: 'runs',
      per: 1n,
      perMs: 0n,
    },
  ],
  choiceValues: {},
  firstChoices: () => ({}),
  ChoiceFields: nothing,
  parseChoices: () => ({ ok: true, terms: [] }),
  AccessPanel: ComputingAccessPanel,
  probeUrl: ({ url }) => url,
  UsageChart: MeterBars,
};
