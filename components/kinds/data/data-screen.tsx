import { FORMATS } from '#ledger/contracts/kinds/data.ts';
import { MeterBars } from '#components/ledger/meter-bars.tsx';
import type { KindScreen } from '#components/kinds/kind.ts';
import { DataAccessPanel } from './access-panel.tsx';
import { dataEstimates } from './estimate.ts';
import { dataChoiceFacts, dataFacts, dataSize, dataWayFacts, DataDetails } from './facts.tsx';
import { PublicSample, RowPreview } from './row-preview.tsx';
import { firstChoices, FIRST_WAYS, fitWays, parseChoices, parseWays, waysDraft } from './terms.ts';
import { DataChoiceFields, DataWayFields } from './way-fields.tsx';

const HOUR_MS = 3_600_000;

/** Files and tables on screens: columns, formats and rows; a use is one customer who makes calls. */
export const dataScreen: KindScreen = {
  facts: dataFacts,
  size: dataSize,
  place: () => undefined,
  compared: () => [],
  Details: DataDetails,
  wayFacts: dataWayFacts,
  estimates: dataEstimates,
  countedForEstimate: ['sharedRows'],
  choiceFacts: dataChoiceFacts,
  Preview: RowPreview,
  Sample: PublicSample,
  firstWays: FIRST_WAYS,
  fitWays,
  WayFields: DataWayFields,
  parseWays,
  waysDraft,
  bytesTypedIn: 'Megabytes',
  fixedAmounts: { places: 1n },
  firstAmounts: { bytes: 10_000_000n, calls: 100n },
  firstLimits: { bytes: 100_000_000n, calls: 1_000n, places: 10n },
  // How many customers a source bears at the same time nobody can tell by reading it.
  capacityOf: () => ({}),
  firstTimes: { longestMs: 2 * HOUR_MS, useMs: HOUR_MS },
  pricings: [
    {
      title: 'Per use',
      explains: 'Each granted use costs this much once; the part of it in which your agent did not serve is taken off.',
      meter: 'places',
      per: 1n,
      perMs: 0n,
    },
    {
      title: 'Per hour',
      explains: 'Each hour in which your agent served costs this much; intervals that were down cost nothing.',
      meter: 'places',
      per: 1n,
      perMs: BigInt(HOUR_MS),
    },
    {
      title: 'Per megabyte',
      explains: 'Each megabyte that your agent served costs this much; at most the megabytes that were asked for.',
      meter: 'bytes',
      per: 1_000_000n,
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
  choiceValues: { format: FORMATS },
  firstChoices,
  ChoiceFields: DataChoiceFields,
  parseChoices,
  AccessPanel: DataAccessPanel,
  probeUrl: ({ url }) => `${url}?limit=1`,
  UsageChart: MeterBars,
};
