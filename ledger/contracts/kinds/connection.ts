import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { readPlace } from '#ledger/contracts/shared/place.ts';
import { hasExactly, termOf, type Term } from '#ledger/contracts/shared/terms.ts';

export const CONNECTIONS_MAX = 65_536n;
/** A terabyte in a second: far above any line. */
export const RATE_MAX = 1_000_000_000_000n;
/** Longest round trip that can be told. */
export const ROUND_TRIP_MS_MAX = 600_000n;
/** Largest measured value that a claim can say, 32 bits. */
const MEASURED_MAX = (1n << 32n) - 1n;
const PORT_MAX = 65_535;
/** Ranges that a list of ports may have. */
const PORT_RANGES_MAX = 32;
const PORT_RANGE = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/;
const REGION = /^[A-Za-z0-9][A-Za-z0-9 .,_-]{0,63}$/;

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The attributes of a relay, read from its terms in this one place. */
export interface Relay {
  /** At the same time, of all customers together. */
  readonly connections: bigint;
  /** To customers and from customers, of all together. */
  readonly downBytesPerS: bigint;
  readonly upBytesPerS: bigint;
  /** Latitude and longitude in tenths of a degree, `47.6,-122.3`, where its provider states them: shared/place.ts. */
  readonly place?: string;
  /** Ports of targets that it connects to, as `readPorts` reads them. */
  readonly ports: string;
  /** What a probe took in a second through the relay, when its agent tested it. */
  readonly probeBytesPerS: bigint;
  /** Where it stands, in its provider's words. */
  readonly region: string;
  /** Whole ms to the probe's target through the relay: the median of several connections. */
  readonly roundTripMs: bigint;
}

const ATTRIBUTES = [
  'connections',
  'downBytesPerS',
  'ports',
  'probeBytesPerS',
  'region',
  'roundTripMs',
  'upBytesPerS',
] as const;
/** Those of a relay whose provider states its place: ascending, as every list of terms. */
const WITH_PLACE = [...ATTRIBUTES, 'place' as const].toSorted();

function parseCount(text: string | undefined, max: bigint): bigint | undefined {
  const count = text !== undefined && /^[1-9]\d{0,12}$/.test(text) ? BigInt(text) : undefined;
  return count !== undefined && count <= max ? count : undefined;
}

/** A list of ports, `80,443,8000-8099`: ascending, and written in one way, so that no two that touch stand apart. Undefined for every other text. */
export function readPorts(text: string): readonly PortRange[] | undefined {
  const parts = text.split(',', PORT_RANGES_MAX + 1);
  if (parts.length > PORT_RANGES_MAX) return undefined;
  const ranges: PortRange[] = [];
  for (const part of parts) {
    const [whole, from = '', to] = PORT_RANGE.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to ?? from)];
    const before = ranges.at(-1)?.last ?? -1;
    if (whole === undefined || last > PORT_MAX || first <= before + 1) return undefined;
    if (to !== undefined && first >= last) return undefined;
    ranges.push({ first, last });
  }
  return ranges;
}

export function hasPort(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ first, last }) => port >= first && port <= last);
}

/** Whether each of these ports is one of the others. */
function areWithin(ports: readonly PortRange[], others: readonly PortRange[]): boolean {
  return ports.every(({ first, last }) => others.some((other) => first >= other.first && last <= other.last));
}

/** The attributes of a relay; undefined when they are not whole and sound. */
export function readRelay(attributes: readonly Term[]): Relay | undefined {
  const text = (name: (typeof ATTRIBUTES)[number]): string | undefined => termOf(attributes, name);
  const connections = parseCount(text('connections'), CONNECTIONS_MAX);
  const downBytesPerS = parseCount(text('downBytesPerS'), RATE_MAX);
  const upBytesPerS = parseCount(text('upBytesPerS'), RATE_MAX);
  const probeBytesPerS = parseCount(text('probeBytesPerS'), MEASURED_MAX);
  const roundTripMs = parseCount(text('roundTripMs'), ROUND_TRIP_MS_MAX);
  const [ports = '', region = '', place] = [text('ports'), text('region'), termOf(attributes, 'place')];
  const names = attributes.map(({ name }) => name);
  if (!hasExactly(names, place === undefined ? ATTRIBUTES : WITH_PLACE)) return undefined;
  if (place !== undefined && readPlace(place) === undefined) return undefined;
  if (!REGION.test(region) || readPorts(ports) === undefined) return undefined;
  if (connections === undefined || downBytesPerS === undefined || upBytesPerS === undefined) return undefined;
  if (probeBytesPerS === undefined || roundTripMs === undefined) return undefined;
  const relay = { connections, downBytesPerS, ports, probeBytesPerS, region, roundTripMs, upBytesPerS };
  return place === undefined ? relay : { ...relay, place };
}

export function relayTerms(relay: Relay): Term[] {
  const names = relay.place === undefined ? ATTRIBUTES : WITH_PLACE;
  return names.map((name) => ({ name, value: String(relay[name]) }));
}

/** Ports that a strategy shares; undefined when the ways are not those of a relay. */
export function readRelayWays(ways: readonly Term[]): readonly PortRange[] | undefined {
  const names = ways.map(({ name }) => name);
  return hasExactly(names, ['ports']) ? readPorts(termOf(ways, 'ports') ?? '') : undefined;
}

export function relayWaysTerms(ports: string): Term[] {
  return [{ name: 'ports', value: ports }];
}

/** Whether a gateway's word is an address that a relay can have, `host:port`. It stands in lines that people paste into a shell, where any other text could be a command. */
export function isRelayAddress(text: string): boolean {
  const [, port] = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\]):([1-9]\d{0,4})$/.exec(text) ?? [];
  return port !== undefined && Number(port) <= PORT_MAX;
}

/** The name by which an order is told to the relay; its password is the link's token. */
export function relayUserOf(agreement: number): string {
  return String(agreement);
}

/**
 * A relay that has become wider is as it was published; nobody is promised less. Its round trip and its throughput are not compared: no line
 * is measured twice alike, and a strategy promises them where customers rely on them.
 */
function relayChanges(found: readonly Term[], published: readonly Term[]): readonly string[] {
  const [now, then] = [readRelay(found), readRelay(published)];
  if (now === undefined || then === undefined) return ['it is no relay any more'];
  const changes: string[] = [];
  if (now.connections < then.connections)
    changes.push(`it has ${now.connections} connections at a time, published were ${then.connections}`);
  if (now.downBytesPerS < then.downBytesPerS)
    changes.push(`it gives ${now.downBytesPerS} bytes a second down, published were ${then.downBytesPerS}`);
  if (now.upBytesPerS < then.upBytesPerS)
    changes.push(`it gives ${now.upBytesPerS} bytes a second up, published were ${then.upBytesPerS}`);
  if (!areWithin(readPorts(then.ports) ?? [], readPorts(now.ports) ?? []))
    changes.push(`it connects to the ports ${now.ports}, published were ${then.ports}`);
  if (now.region !== then.region) changes.push(`it stands in ${now.region}, published as ${then.region}`);
  if (now.place !== then.place) changes.push(`it stands ${placeInWords(now)}, published as ${placeInWords(then)}`);
  return changes;
}

function placeInWords({ place }: Relay): string {
  return place === undefined ? 'at no stated place' : `at ${place}`;
}

/** A relay to the Internet: connections at a time and a rate both ways are held, bytes both ways are counted. */
export const connection = {
  title: 'connection',
  meters: {
    bytes: { unit: 'byte', title: 'Bytes sent', counting: 'counted', max: 1n << 44n },
    bytesIn: { unit: 'byte', title: 'Bytes received', counting: 'counted', max: 1n << 44n },
    connections: {
      unit: 'connection',
      title: 'Connections at the same time',
      counting: 'held',
      max: CONNECTIONS_MAX,
    },
    downBytesPerS: { unit: 'byte/s', title: 'Rate to the customer', counting: 'held', max: RATE_MAX },
    upBytesPerS: { unit: 'byte/s', title: 'Rate from the customer', counting: 'held', max: RATE_MAX },
  },
  capacity: ['connections', 'downBytesPerS', 'upBytesPerS'],
  limits: ['bytes', 'bytesIn'],
  used: ['bytes', 'bytesIn'],
  promises: {
    failedPerMille: { unit: '‰', title: 'Connections that the relay failed to open', kept: 'atMost', max: 1_000n },
    probeBytesPerS: { unit: 'byte/s', title: 'Throughput of a probe', kept: 'atLeast', max: MEASURED_MAX },
    roundTripMs: { unit: 'ms', title: 'Round trip of a probe', kept: 'atMost', max: ROUND_TRIP_MS_MAX },
  },
  choices: {},
  graceMs: undefined,
  areAttributesSound: (attributes) => readRelay(attributes) !== undefined,
  changes: relayChanges,
  areWaysSound(ways, attributes) {
    const ports = readRelayWays(ways);
    const relay = readRelay(attributes);
    return ports !== undefined && relay !== undefined && areWithin(ports, readPorts(relay.ports) ?? []);
  },
  areChoicesSound: (choices) => choices.length === 0,
  areAmountsSound: () => true,
  failedChoices: () => [],
} as const satisfies Kind;
