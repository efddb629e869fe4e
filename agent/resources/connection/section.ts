import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import {
  CONNECTIONS_MAX,
  hasPort,
  isRelayAddress,
  RATE_MAX,
  readPorts,
  type PortRange,
} from '#ledger/contracts/kinds/connection.ts';
import { readPlace } from '#ledger/contracts/shared/place.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { familyOf, type Place } from '#agent/relay/dial.ts';

const RELAYS_MAX = 16;
const EXCEPTIONS_MAX = 64;
const IDLE_MS = 300_000;

const ports = z
  .string()
  .refine((text) => readPorts(text) !== undefined, 'must be ports in ascending order, such as "80,443,8000-8099"');
const range = z
  .string()
  .refine(
    (text) => parseRange(text) !== undefined,
    'must be a range of addresses with its bits, such as "10.1.0.0/16" or "fd00::/8"',
  );
const probeUrl = z
  .string()
  .max(2_048)
  .refine((text) => /^https?:$/.test(parseUrl(text)?.protocol ?? ''), 'must be an address with http or https');

const sectionSchema = z.strictObject({
  listen: z.strictObject({ host: z.string().min(1).max(255), port: z.number().int().min(1).max(65_535) }),
  publicAddress: z.string().max(260).refine(isRelayAddress, 'must be a host and a port, such as "relay.example:1080"'),
  idleMs: z.number().int().min(1_000).max(86_400_000).default(IDLE_MS),
  allow: z.array(z.strictObject({ range, ports })).max(EXCEPTIONS_MAX).default([]),
  refuse: z.array(range).max(EXCEPTIONS_MAX).default([]),
  relays: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be lower-case letters, digits and hyphens, at most 48'),
        title: z.string().min(1).max(120),
        connections: z.number().int().min(1).max(Number(CONNECTIONS_MAX)),
        downBytesPerS: z.number().int().min(1).max(Number(RATE_MAX)),
        upBytesPerS: z.number().int().min(1).max(Number(RATE_MAX)),
        ports,
        region: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9 .,_-]{0,63}$/, 'must be letters, digits, spaces and . , _ -, at most 64'),
        /** Where it stands, for the proximity service: published as it stands here, and to everybody. */
        place: z
          .string()
          .refine(
            (text) => readPlace(text) !== undefined,
            'must be latitude and longitude in degrees with one decimal each, such as "47.6,-122.3"',
          )
          .optional(),
        probe: z.strictObject({ url: probeUrl }),
      }),
    )
    .min(1)
    .max(RELAYS_MAX),
});

type RelayShape = z.infer<typeof sectionSchema>['relays'][number];

/** One relay of the config file: a part of this machine's line. */
export interface RelayConfig extends Omit<RelayShape, 'probe'> {
  /** What a test and probes fetch through the relay. */
  readonly probeUrl: URL;
}

/** The `connection` part of a config file. */
export interface ConnectionConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** `host:port` that customers connect to. */
  readonly publicAddress: string;
  readonly idleMs: number;
  /** Addresses that customers may reach although they are none of the Internet. */
  isAllowed(place: Place): boolean;
  /** Addresses that they may not reach beside those. */
  isRefused(address: string): boolean;
  readonly relays: readonly RelayConfig[];
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** `10.1.0.0/16`; undefined for every other text. */
function parseRange(text: string): { readonly net: string; readonly bits: number } | undefined {
  const [, net = '', bits = ''] = /^([0-9A-Fa-f.:]{2,45})\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const version = isIP(net);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  return { net, bits: Number(bits) };
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of ranges) {
    const parsed = parseRange(text);
    if (parsed !== undefined) list.addSubnet(parsed.net, parsed.bits, familyOf(parsed.net));
  }
  return list;
}

/** Reads the `connection` part of a config file. */
export function readConnectionSection(section: unknown): Outcome<ConnectionConfig> {
  const parsed = sectionSchema.safeParse(section);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return failed(`${['connection', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is not valid'}.`);
  }
  const { listen, publicAddress, idleMs, allow, refuse, relays } = parsed.data;
  const exceptions = allow.map((exception): { list: BlockList; ports: readonly PortRange[] } => ({
    list: listOf([exception.range]),
    ports: readPorts(exception.ports) ?? [],
  }));
  const refused = listOf(refuse);
  return done({
    listen,
    publicAddress,
    idleMs,
    isAllowed: ({ address, port }) =>
      exceptions.some(
        (exception) => hasPort(exception.ports, port) && exception.list.check(address, familyOf(address)),
      ),
    isRefused: (address) => refused.check(address, familyOf(address)),
    relays: relays.map(({ probe, ...relay }) => ({ ...relay, probeUrl: new URL(probe.url) })),
  });
}
