import { MeterBars } from '#components/ledger/meter-bars.tsx';
import type { KindScreen } from '#components/kinds/kind.ts';
import { ConnectionAccessPanel } from './access-panel.tsx';
import { connectionCompared, connectionFacts, connectionSize, connectionWayFacts } from './facts.tsx';
import { placeOf } from '#components/kinds/shared/place.ts';
import { fitWays, FIRST_WAYS, parseWays, relayOf, waysDraft } from './terms.ts';
import { TestedLine } from './tested-line.tsx';
import { ConnectionWayFields } from './way-fields.tsx';

const MEGABYTE = 1_000_000n;
const GIGABYTE = 1_000_000_000n;
const HOUR_MS = 3_600_000;

const nothing = () => null;

/** A part of a line to the Internet on screens: connections and a rate held for a time, bytes both ways as used. */
export const connectionScreen: KindScreen = {
  // What passes is the customer's own choice: nothing can be told beforehand.
  estimates: () => [],
  countedForEstimate: [],
  facts: connectionFacts,
  size: connectionSize,
  place: placeOf,
  compared: connectionCompared,
  Details: nothing,
  wayFacts: connectionWayFacts,
  choiceFacts: () => [],
  Preview: TestedLine,
  Sample: nothing,
  firstWays: FIRST_WAYS,
  fitWays,
  WayFields: ConnectionWayFields,
  parseWays,
  waysDraft,
  bytesTypedIn: 'Megabytes',
  fixedAmounts: {},
  firstAmounts: {
    bytes: 100n * MEGABYTE,
    bytesIn: 100n * MEGABYTE,
    connections: 16n,
    downBytesPerS: MEGABYTE,
    upBytesPerS: MEGABYTE,
  },
  firstLimits: { bytes: 10n * GIGABYTE, bytesIn: 10n * GIGABYTE },
  capacityOf: (attributes) => {
    const { connections, downBytesPerS, upBytesPerS } = relayOf(attributes);
    return { connections, downBytesPerS, upBytesPerS };
  },
  firstTimes: { longestMs: 24 * HOUR_MS, useMs: HOUR_MS },
  pricings: [
    {
      title: 'Per megabyte sent',
      explains:
        'Each megabyte that your agent sent to the customer costs this much; at most the megabytes that were asked for.',
      meter: 'bytes',
      per: MEGABYTE,
      perMs: 0n,
    },
    {
      title: 'Per megabyte received',
      explains:
        'Each megabyte that your agent took from the customer costs this much; at most the megabytes that were asked for.',
      meter: 'bytesIn',
      per: MEGABYTE,
      perMs: 0n,
    },
    {
      title: 'Per megabyte a second and hour',
      explains:
        'Each megabyte a second to the customer that was asked for costs this much for each hour in which your agent served, whether it is used or not.',
      meter: 'downBytesPerS',
      per: MEGABYTE,
      perMs: BigInt(HOUR_MS),
    },
    {
      title: 'Per connection and hour',
      explains:
        'Each connection at a time that was asked for costs this much for each hour in which your agent served, whether it is open or not.',
      meter: 'connections',
      per: 1n,
      perMs: BigInt(HOUR_MS),
    },
  ],
  choiceValues: {},
  firstChoices: () => ({}),
  ChoiceFields: nothing,
  parseChoices: () => ({ ok: true, terms: [] }),
  AccessPanel: ConnectionAccessPanel,
  probeUrl: ({ url }) => url,
  UsageChart: MeterBars,
};
