import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { readPlace } from '#ledger/contracts/shared/place.ts';
import { amountOf, hasExactly, termOf, type Term } from '#ledger/contracts/shared/terms.ts';

export const ARCHITECTURES = ['arm64', 'x64'] as const;
/** How the programs of customers are kept apart from the provider's machine; what each means: agent/sandbox/README.md. */
export const ISOLATIONS = ['bubblewrap', 'namespaces'] as const;
/** The least memory of one run: what a compiler's smallest command takes, with room for an input. */
export const RUN_MEMORY_MIB_MIN = 4n;
export const SLOTS_MAX = 1_024n;
export const MEMORY_MIB_MAX = 1n << 22n;
/** Longest run that a provider may allow: 10 minutes of processor time. */
export const RUN_MS_MAX = 600_000n;

/** Longest round trip that is taken for one: a minute. */
const ROUND_TRIP_MS_MAX = 60_000n;

/** A region's or a zone's name. */
const PLACE_NAME = /^[A-Za-z0-9][A-Za-z0-9 .,_-]{0,63}$/;
/** An X25519 public key, lower-case hex. */
const SEALING_KEY = /^[0-9a-f]{64}$/;

/** The attributes of a machine that runs programs, read from its terms in this one place. */
export interface Computer {
  readonly architecture: (typeof ARCHITECTURES)[number];
  readonly cores: bigint;
  readonly isolation: (typeof ISOLATIONS)[number];
  readonly memoryMiB: bigint;
  /** Latitude and longitude of where it stands, as its provider says: `52.5,13.4`, read by `readPlace`. */
  readonly place: string;
  /** Where it stands, in the words of an operator's edge catalogue (CAMARA Edge Application Management: region and zone). */
  readonly region: string;
  readonly zone: string;
  /** Whole ms from its agent to the portal and back, over a connection that stands: the median of several small requests. */
  readonly roundTripMs: bigint;
  /** Runs of the standard program in a second of one processor, in the sandbox. */
  readonly score: bigint;
  /** X25519 key of its agent, 64 lower-case hex digits: keys of tasks' payloads are sealed to it (core/payload.ts). */
  readonly sealingKey: string;
  readonly slots: bigint;
}

function parseCount(text: string | undefined, max: bigint): bigint | undefined {
  const count = text !== undefined && /^[1-9]\d{0,9}$/.test(text) ? BigInt(text) : undefined;
  return count !== undefined && count <= max ? count : undefined;
}

function oneOf<Word extends string>(words: readonly Word[], text: string | undefined): Word | undefined {
  return words.find((word) => word === text);
}

const ATTRIBUTES = [
  'architecture',
  'cores',
  'isolation',
  'memoryMiB',
  'place',
  'region',
  'roundTripMs',
  'score',
  'sealingKey',
  'slots',
  'zone',
] as const;

/** The attributes of a computer; undefined when they are not whole and sound. */
export function readComputer(attributes: readonly Term[]): Computer | undefined {
  const text = (name: (typeof ATTRIBUTES)[number]): string | undefined => termOf(attributes, name);
  const architecture = oneOf(ARCHITECTURES, text('architecture'));
  const isolation = oneOf(ISOLATIONS, text('isolation'));
  const cores = parseCount(text('cores'), 4_096n);
  const memoryMiB = parseCount(text('memoryMiB'), MEMORY_MIB_MAX);
  const slots = parseCount(text('slots'), SLOTS_MAX);
  const score = parseCount(text('score'), 1_000_000n);
  const roundTripMs = parseCount(text('roundTripMs'), ROUND_TRIP_MS_MAX);
  const [region = '', zone = '', place = ''] = [text('region'), text('zone'), text('place')];
  const sealingKey = text('sealingKey') ?? '';
  const names = attributes.map(({ name }) => name);
  if (!hasExactly(names, ATTRIBUTES) || !PLACE_NAME.test(region) || !PLACE_NAME.test(zone)) return undefined;
  if (!SEALING_KEY.test(sealingKey) || readPlace(place) === undefined) return undefined;
  if (architecture === undefined || isolation === undefined || cores === undefined) return undefined;
  if (memoryMiB === undefined || slots === undefined) return undefined;
  if (score === undefined || roundTripMs === undefined) return undefined;
  return { architecture, cores, isolation, memoryMiB, place, region, roundTripMs, score, sealingKey, slots, zone };
}

export function computerTerms(computer: Computer): Term[] {
  return ATTRIBUTES.map((name) => ({ name, value: String(computer[name]) }));
}

/** The longest run in ms of processor time; undefined when the ways are not those of a computer. */
export function readRunMs(ways: readonly Term[]): bigint | undefined {
  const names = ways.map(({ name }) => name);
  return hasExactly(names, ['runMs']) ? parseCount(termOf(ways, 'runMs'), RUN_MS_MAX) : undefined;
}

export function computingWaysTerms(runMs: bigint): Term[] {
  return [{ name: 'runMs', value: String(runMs) }];
}

/**
 * A machine that has become larger or stricter is as it was published; nobody is promised less. Its score and its round trip are not compared: no
 * machine is measured twice alike, and a strategy promises the score where customers rely on it.
 */
function computerChanges(found: readonly Term[], published: readonly Term[]): readonly string[] {
  const [now, then] = [readComputer(found), readComputer(published)];
  if (now === undefined || then === undefined) return ['it runs no programs any more'];
  const changes: string[] = [];
  if (now.architecture !== then.architecture)
    changes.push(`its architecture is ${now.architecture}, published as ${then.architecture}`);
  if (ISOLATIONS.indexOf(now.isolation) > ISOLATIONS.indexOf(then.isolation))
    changes.push(`programs are kept apart by ${now.isolation}, published was ${then.isolation}`);
  if (now.slots < then.slots) changes.push(`it has ${now.slots} slots, published were ${then.slots}`);
  if (now.memoryMiB < then.memoryMiB) changes.push(`it has ${now.memoryMiB} MiB, published were ${then.memoryMiB}`);
  if (now.region !== then.region || now.zone !== then.zone)
    changes.push(`it stands in ${now.region}, ${now.zone}, published as ${then.region}, ${then.zone}`);
  if (now.place !== then.place) changes.push(`it stands at ${now.place}, published as ${then.place}`);
  if (now.sealingKey !== then.sealingKey) changes.push('its agent has another sealing key than was published');
  return changes;
}

/** Programs of customers, run on the provider's machine: slots and memory for a time, processor time as used. */
export const computing = {
  title: 'computing',
  meters: {
    bytes: { unit: 'byte', title: 'Bytes sent', counting: 'counted', max: 1n << 44n },
    calls: { unit: 'call', title: 'Calls', counting: 'counted', max: 1_000_000_000n },
    cpuMs: { unit: 'ms', title: 'Processor time', counting: 'counted', max: 1n << 40n },
    memoryMiB: { unit: 'MiB', title: 'Memory', counting: 'held', max: MEMORY_MIB_MAX },
    runs: { unit: 'run', title: 'Runs', counting: 'counted', max: 1_000_000_000n },
    slots: { unit: 'slot', title: 'Runs at the same time', counting: 'held', max: SLOTS_MAX },
  },
  capacity: ['memoryMiB', 'slots'],
  limits: ['bytes', 'calls', 'cpuMs', 'runs'],
  used: ['bytes', 'calls', 'cpuMs', 'runs'],
  promises: {
    startMs: { unit: 'ms', title: 'Start of 95 of 100 runs', kept: 'atMost', max: 600_000n },
    score: { unit: 'run/s', title: 'Runs of the standard program', kept: 'atLeast', max: 1_000_000n },
  },
  choices: {},
  graceMs: undefined,
  areAttributesSound: (attributes) => readComputer(attributes) !== undefined,
  changes: computerChanges,
  areWaysSound: (ways) => readRunMs(ways) !== undefined,
  areChoicesSound: (choices) => choices.length === 0,
  // Each slot has its share of the memory, and a share too small runs nothing.
  areAmountsSound: (amounts) => amountOf(amounts, 'memoryMiB') >= RUN_MEMORY_MIB_MIN * amountOf(amounts, 'slots'),
  failedChoices: () => [],
} as const satisfies Kind;
