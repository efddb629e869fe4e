import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import type { SampleAgent } from '#prisma/seed/agents.ts';
import { RELAY, type RelayOffer } from '#prisma/seed/offers.ts';

const HOUR_MS = 3_600_000n;
const MEGABYTE = 1_000_000n;

/** Ascending by meter, as the ledger lists amounts. */
function lineOf(of: { connections: bigint; downBytesPerS: bigint; upBytesPerS: bigint }): Quantity[] {
  return [
    { meter: 'connections', amount: of.connections },
    { meter: 'downBytesPerS', amount: of.downBytesPerS },
    { meter: 'upBytesPerS', amount: of.upBytesPerS },
  ];
}

function hotspotOf(
  named: Pick<RelayOffer['source'], 'sourceId' | 'title' | 'summary'>,
  of: { place: string; capacity: Quantity[]; megabyteMicro: bigint },
): RelayOffer {
  return {
    ...RELAY,
    source: { ...RELAY.source, ...named, tags: ['connection', 'relay', 'hotspot'] },
    place: of.place,
    capacity: of.capacity,
    terms: {
      ...RELAY.terms,
      prices: [
        { meter: 'bytes', per: MEGABYTE, perMs: 0n, amountMicro: of.megabyteMicro },
        { meter: 'downBytesPerS', per: MEGABYTE, perMs: HOUR_MS, amountMicro: 10_000n },
      ],
    },
  };
}

/** Four megabytes a second to its customers, one from them. */
export const LAKE = hotspotOf(
  {
    sourceId: 'lake-hotspot',
    title: 'Hotspot at the lake, up to four megabytes a second',
    summary: 'The line of one device, shared through a relay with whoever is near. Bytes are counted both ways.',
  },
  {
    place: '47.7,-122.2',
    capacity: lineOf({ connections: 64n, downBytesPerS: 4n * MEGABYTE, upBytesPerS: MEGABYTE }),
    megabyteMicro: 800n,
  },
);

/** A quarter of that, for less. */
export const HILL = hotspotOf(
  {
    sourceId: 'hill-hotspot',
    title: 'Hotspot on the hill, up to one megabyte a second',
    summary: 'A slower line for less, shared through a relay with whoever is near. Bytes are counted both ways.',
  },
  {
    place: '45.5,-122.7',
    capacity: lineOf({ connections: 16n, downBytesPerS: MEGABYTE, upBytesPerS: MEGABYTE / 4n }),
    megabyteMicro: 400n,
  },
);

function agentOf(agent: Pick<SampleAgent, 'provider' | 'folder' | 'label' | 'port'>, relay: RelayOffer): SampleAgent {
  return { ...agent, dataSets: [], stores: [], computers: [], relays: [relay] };
}

export const SERVICE_NODES: readonly SampleAgent[] = [
  agentOf({ provider: 'service-node-1', folder: 'agent-4', label: 'Lake agent', port: 4103 }, LAKE),
  agentOf({ provider: 'service-node-2', folder: 'agent-5', label: 'Hill agent', port: 4104 }, HILL),
];
