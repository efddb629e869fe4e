import { amountOf } from '#ledger/contracts/shared/terms.ts';
import type { SampleDataSet } from './data-sets.ts';
import {
  BIRDSTRIKES,
  COMPUTER,
  PLAIN_COMPUTER,
  PLAIN_STORE,
  RELAY,
  STORE,
  WEATHER,
  WIDE_COMPUTER,
  ZIPCODES,
  type ComputerOffer,
  type Offer,
  type RelayOffer,
} from './offers.ts';
import type { SamplePerson } from './sample-people.ts';

/** A sample provider's agent, and what it has to offer. */
export interface SampleAgent {
  readonly provider: SamplePerson['id'];
  /** In the data folder. The supervisor starts an agent for each folder of this form, and calls the process so. */
  readonly folder: 'agent' | `agent-${number}`;
  /** Shown to the owner beside the key's fingerprint. */
  readonly label: string;
  /** Of its gateway, unless somebody else has it. */
  readonly port: number;
  readonly dataSets: readonly Offer<SampleDataSet>[];
  readonly stores: readonly Offer[];
  readonly computers: readonly ComputerOffer[];
  readonly relays: readonly RelayOffer[];
}

/** In the order in which their resources are published. */
export const AGENTS: readonly SampleAgent[] = [
  {
    provider: 'provider',
    folder: 'agent',
    label: 'Larkspur agent',
    port: 4100,
    dataSets: [WEATHER, BIRDSTRIKES, ZIPCODES],
    stores: [STORE],
    computers: [COMPUTER],
    relays: [],
  },
  {
    provider: 'provider-2',
    folder: 'agent-2',
    label: 'Corvale agent',
    port: 4101,
    dataSets: [],
    stores: [PLAIN_STORE],
    computers: [PLAIN_COMPUTER],
    relays: [],
  },
  {
    provider: 'provider-3',
    folder: 'agent-3',
    label: 'Thornmere agent',
    port: 4102,
    dataSets: [],
    stores: [],
    computers: [WIDE_COMPUTER],
    relays: [RELAY],
  },
];

/** The relay's port stands so far after the gateway's. */
const RELAY_PORT_AFTER = 10;
/**
 * What of this machine the sample's customers may reach through the relay: a page that somebody serves at one of these ports, to try it
 * without the Internet. Nothing else of it, and nothing of its network.
 */
const REACHED_HERE = '8080-8089';
/** A file of the portal that a probe fetches again and again. */
const PROBED = '/social.png';

/** The agent's config file, as agent/README.md describes it. A kind of which it offers nothing has no part. */
export function configOf({ label, port, dataSets, stores, computers, relays }: SampleAgent, portal: string): unknown {
  return {
    portal,
    label,
    gateway: { host: '127.0.0.1', port, publicOrigin: `http://localhost:${port}` },
    home: '.',
    anchor: '../anchor.json',
    ...(dataSets.length > 0 && {
      data: {
        folders: ['sources'],
        sources: dataSets.map(({ source: { sourceId, title, format, file } }) => ({
          id: sourceId,
          title,
          format,
          path: `sources/${file}`,
          publishRanges: true,
          publishSample: true,
        })),
      },
    }),
    ...(computers.length > 0 && {
      computing: {
        computers: computers.map(({ source: { sourceId, title, region }, capacity, zone, place }) => ({
          id: sourceId,
          title,
          slots: Number(amountOf(capacity, 'slots')),
          memoryMiB: Number(amountOf(capacity, 'memoryMiB')),
          region,
          zone,
          place,
        })),
      },
    }),
    ...(stores.length > 0 && {
      storage: {
        stores: stores.map(({ source: { sourceId, title }, capacity }) => ({
          id: sourceId,
          title,
          folder: 'store',
          bytes: Number(amountOf(capacity, 'storedBytes')),
        })),
      },
    }),
    ...(relays.length > 0 && {
      connection: {
        listen: { host: '127.0.0.1', port: port + RELAY_PORT_AFTER },
        publicAddress: `127.0.0.1:${port + RELAY_PORT_AFTER}`,
        allow: ['127.0.0.1/32', '::1/128'].map((range) => ({ range, ports: REACHED_HERE })),
        relays: relays.map(({ source: { sourceId, title, region }, capacity, ports, place }) => ({
          id: sourceId,
          title,
          connections: Number(amountOf(capacity, 'connections')),
          downBytesPerS: Number(amountOf(capacity, 'downBytesPerS')),
          upBytesPerS: Number(amountOf(capacity, 'upBytesPerS')),
          ports,
          region,
          ...(place !== undefined && { place }),
          probe: { url: `${portal}${PROBED}` },
        })),
      },
    }),
  };
}
