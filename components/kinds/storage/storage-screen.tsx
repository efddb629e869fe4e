import { MeterBars } from '#components/ledger/meter-bars.tsx';
import type { KindScreen } from '#components/kinds/kind.ts';
import { StorageAccessPanel } from './access-panel.tsx';
import { storageFacts, storageSize, storageWayFacts } from './facts.tsx';
import { FIRST_WAYS, parseWays, storeOf, waysDraft } from './terms.ts';
import { StorageWayFields } from './way-fields.tsx';

const GB = 1_000_000_000n;
const HOUR_MS = 3_600_000;

const nothing = () => null;

/** Room for files on screens: a quota of bytes that is held for a time, used by the S3 protocol. */
export const storageScreen: KindScreen = {
  // What is stored is the customer's own choice: nothing can be told beforehand.
  estimates: () => [],
  countedForEstimate: [],
  facts: storageFacts,
  size: storageSize,
  place: () => undefined,
  compared: () => [],
  Details: nothing,
  wayFacts: storageWayFacts,
  choiceFacts: () => [],
  // A test shows nothing that the description does not say, and an empty store has nothing to be looked at.
  Preview: nothing,
  Sample: nothing,
  firstWays: FIRST_WAYS,
  fitWays: (draft) => draft,
  WayFields: StorageWayFields,
  parseWays,
  waysDraft,
  bytesTypedIn: 'Gigabytes',
  fixedAmounts: {},
  firstAmounts: { storedBytes: GB, bytes: 10n * GB, bytesIn: 10n * GB, calls: 100_000n },
  firstLimits: { bytes: 100n * GB, bytesIn: 100n * GB, calls: 1_000_000n },
  capacityOf: (attributes) => ({ storedBytes: storeOf(attributes).bytes }),
  firstTimes: { longestMs: 30 * 24 * HOUR_MS, useMs: 24 * HOUR_MS },
  pricings: [
    {
      title: 'Per gigabyte and hour',
      explains:
        'Each gigabyte that was asked for costs this much for each hour in which your agent served, whether it is filled or not.',
      meter: 'storedBytes',
      per: GB,
      perMs: BigInt(HOUR_MS),
    },
    {
      title: 'Per gigabyte and use',
      explains:
        'Each gigabyte that was asked for costs this much once; the part of the use in which your agent did not serve is taken off.',
      meter: 'storedBytes',
      per: GB,
      perMs: 0n,
    },
    {
      title: 'Per gigabyte sent',
      explains:
        'Each gigabyte that your agent sent to the customer costs this much; at most the gigabytes that were asked for.',
      meter: 'bytes',
      per: GB,
      perMs: 0n,
    },
    {
      title: 'Per thousand calls',
      explains: 'Each thousand calls that your agent answered cost this much; at most the calls that were asked for.',
      meter: 'calls',
      per: 1_000n,
      perMs: 0n,
    },
  ],
  choiceValues: {},
  firstChoices: () => ({}),
  ChoiceFields: nothing,
  parseChoices: () => ({ ok: true, terms: [] }),
  AccessPanel: StorageAccessPanel,
  probeUrl: ({ url }) => url,
  UsageChart: MeterBars,
};
