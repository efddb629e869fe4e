import { readComputer, type computing } from '#ledger/contracts/kinds/computing.ts';
import { readRelay, type connection } from '#ledger/contracts/kinds/connection.ts';
import { readDataSet, readDataWays, type data } from '#ledger/contracts/kinds/data.ts';
import { isKind, type KindName } from '#ledger/contracts/kinds/kinds.ts';
import { readStore, type storage } from '#ledger/contracts/kinds/storage.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';

/** What the catalogue finds and sorts resources of one kind by, beyond what every resource has. */
interface KindFacets {
  /** How large a resource is: what the largest stands first by. */
  size(attributes: readonly Term[]): bigint;
  /** Words of its own that a search finds a resource by. */
  words(attributes: readonly Term[]): string;
  /** Where in its region it stands; undefined of a kind that has no zones. */
  zone(attributes: readonly Term[]): string | undefined;
  /** Formats in which it can be had, from a strategy's ways; none for the ways of another kind. */
  formats(ways: readonly Term[]): readonly string[];
  /** How much of each meter makes a usual use: prices are compared by it. One, where nothing is said. */
  readonly usualAmounts: Readonly<Record<string, bigint>>;
}

const facets = {
  computing: {
    size: (attributes) => readComputer(attributes)?.slots ?? 0n,
    words: (attributes) => {
      const computer = readComputer(attributes);
      return computer === undefined ? '' : `wasi wasm tes ${computer.architecture} ${computer.region} ${computer.zone}`;
    },
    zone: (attributes) => readComputer(attributes)?.zone,
    formats: () => [],
    usualAmounts: { cpuMs: 60_000n, memoryMiB: 64n } satisfies {
      readonly [Meter in keyof typeof computing.meters]?: bigint;
    },
  },
  connection: {
    size: (attributes) => readRelay(attributes)?.downBytesPerS ?? 0n,
    words: (attributes) => {
      const relay = readRelay(attributes);
      return relay === undefined ? '' : `relay proxy socks5 connect internet ${relay.region}`;
    },
    zone: () => undefined,
    formats: () => [],
    // Bytes have their usual amount already: it is the same in every kind.
    usualAmounts: { downBytesPerS: 1_000_000n, upBytesPerS: 1_000_000n } satisfies {
      readonly [Meter in keyof typeof connection.meters]?: bigint;
    },
  },
  data: {
    size: (attributes) => BigInt(readDataSet(attributes)?.bytes ?? 0),
    words: (attributes) => (readDataSet(attributes)?.columns ?? []).map(({ name }) => name).join(' '),
    zone: () => undefined,
    formats: (ways) => readDataWays(ways)?.formats ?? [],
    usualAmounts: { bytes: 1_000_000n } satisfies { readonly [Meter in keyof typeof data.meters]?: bigint },
  },
  storage: {
    size: (attributes) => readStore(attributes)?.bytes ?? 0n,
    words: () => 's3 bucket object',
    zone: () => undefined,
    formats: () => [],
    usualAmounts: { storedBytes: 1_000_000_000n } satisfies {
      readonly [Meter in keyof typeof storage.meters]?: bigint;
    },
  },
} as const satisfies Readonly<Record<KindName, KindFacets>>;

const all: readonly KindFacets[] = Object.values(facets);

/** Size, words and zone of a resource; nothing of a kind that this version does not know. */
export function describedBy(
  kind: string,
  attributes: readonly Term[],
): { size: bigint; words: string; zone: string | null } {
  if (!isKind(kind)) return { size: 0n, words: '', zone: null };
  const { size, words, zone }: KindFacets = facets[kind];
  return { size: size(attributes), words: words(attributes), zone: zone(attributes) ?? null };
}

/** Formats in which a strategy shares. Its event does not name the kind; the ways of one kind are those of no other. */
export function formatsOf(ways: readonly Term[]): readonly string[] {
  return all.flatMap(({ formats }) => formats(ways));
}

/** Amount of a meter by which prices are compared; a meter's name means the same in every kind. */
export function usualAmount(meter: string): bigint {
  const known = all.find(({ usualAmounts }) => Object.hasOwn(usualAmounts, meter));
  return known?.usualAmounts[meter] ?? 1n;
}
