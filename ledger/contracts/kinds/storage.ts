import { GRACE_MS_MAX, type Kind } from '#ledger/contracts/kinds/kind.ts';
import { hasExactly, termOf, type Term } from '#ledger/contracts/shared/terms.ts';

/** Regions that a store can have. */
export const REGION = /^[a-z][a-z0-9-]{2,31}$/;
export const STORED_BYTES_MAX = 1n << 50n;

/** What signatures name beside the service; any word would do, and tools have to be told one. */
export const STORE_REGION = 'interpool';

/** The bucket of an order; S3 wants names of at least three characters. */
export function bucketNameOf(agreement: number): string {
  return `order-${agreement}`;
}

/** Whether a gateway's word is the name of an order's bucket. It stands in lines that people paste into a shell, where any other text could be a command. */
export function isBucketName(text: string): boolean {
  return /^order-[1-9]\d{0,14}$/.test(text);
}

/** The access key of an issue of an order's link; its secret is the link's token. */
export function accessKeyOf({ agreement, issue }: { readonly agreement: number; readonly issue: number }): string {
  return `order${agreement}link${issue}`;
}

/** The attributes of a store, read from its terms in this one place. */
export interface Store {
  /** Room for all customers together, as the agent found it. */
  readonly bytes: bigint;
  /** What signatures have to name. */
  readonly region: string;
}

function parseAmount(text: string | undefined, max: bigint): bigint | undefined {
  const amount = text !== undefined && /^(0|[1-9]\d{0,15})$/.test(text) ? BigInt(text) : undefined;
  return amount !== undefined && amount <= max ? amount : undefined;
}

/** The attributes of a store; undefined when they are not whole and sound. */
export function readStore(attributes: readonly Term[]): Store | undefined {
  const bytes = parseAmount(termOf(attributes, 'bytes'), STORED_BYTES_MAX);
  const region = termOf(attributes, 'region') ?? '';
  const names = attributes.map(({ name }) => name);
  if (!hasExactly(names, ['bytes', 'region']) || bytes === undefined || bytes === 0n || !REGION.test(region))
    return undefined;
  return { bytes, region };
}

/** How long what was stored stays after the end, in ms; undefined when the ways are not those of a store. */
export function readGraceMs(ways: readonly Term[]): bigint | undefined {
  const names = ways.map(({ name }) => name);
  return hasExactly(names, ['graceMs']) ? parseAmount(termOf(ways, 'graceMs'), GRACE_MS_MAX) : undefined;
}

export function storeTerms({ bytes, region }: Store): Term[] {
  return [
    { name: 'bytes', value: String(bytes) },
    { name: 'region', value: region },
  ];
}

export function storeWaysTerms(graceMs: bigint): Term[] {
  return [{ name: 'graceMs', value: String(graceMs) }];
}

/** A store that has grown is as it was published; nobody is promised less. */
function storeChanges(found: readonly Term[], published: readonly Term[]): readonly string[] {
  const [now, then] = [readStore(found), readStore(published)];
  if (now === undefined || then === undefined) return ['it is no store any more'];
  return [
    ...(now.bytes < then.bytes ? [`room for ${now.bytes} bytes, published were ${then.bytes}`] : []),
    ...(now.region === then.region ? [] : [`its region is ${now.region}, published as ${then.region}`]),
  ];
}

/** Room for bytes, held for a time and used by the S3 protocol: one bucket for each use. */
export const storage = {
  title: 'storage',
  meters: {
    bytes: { unit: 'byte', title: 'Bytes sent', counting: 'counted', max: 1n << 44n },
    bytesIn: { unit: 'byte', title: 'Bytes received', counting: 'counted', max: 1n << 44n },
    calls: { unit: 'call', title: 'Calls', counting: 'counted', max: 1_000_000_000n },
    storedBytes: { unit: 'byte', title: 'Storage', counting: 'held', max: STORED_BYTES_MAX },
  },
  capacity: ['storedBytes'],
  limits: ['bytes', 'bytesIn', 'calls'],
  used: ['bytes', 'bytesIn', 'calls'],
  promises: {
    firstByteMs: { unit: 'ms', title: 'First byte of 95 of 100 calls', kept: 'atMost', max: 600_000n },
    probeBytesPerS: { unit: 'byte/s', title: 'Throughput of a probe', kept: 'atLeast', max: (1n << 32n) - 1n },
  },
  choices: {},
  graceMs: (ways) => readGraceMs(ways) ?? 0n,
  areAttributesSound: (attributes) => readStore(attributes) !== undefined,
  changes: storeChanges,
  areWaysSound: (ways) => readGraceMs(ways) !== undefined,
  areChoicesSound: (choices) => choices.length === 0,
  areAmountsSound: () => true,
  failedChoices: () => [],
} as const satisfies Kind;
