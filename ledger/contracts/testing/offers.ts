import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import type { IndexedOffer } from '#ledger/contracts/plan/offers.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { HOUR_MS, filled, quantities, terms } from './samples.ts';

/** Offers and demands for tests and measurements of the planner, without a chain behind them. */

export const NOW_MS = 1_764_000_000_000n;
export const DEMANDING = 1n;

/** Whole numbers from 0 up to, not including, `below`; the same ones for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function strategyOf(fields: Partial<StrategyArgs>): StrategyArgs {
  return {
    accessClass: 'public',
    conditions: [],
    ways: [],
    opensAtMs: 0n,
    closesAtMs: 0n,
    useMsMax: 31n * 24n * HOUR_MS,
    limits: [],
    prices: [],
    promise: [],
    degradedPerMille: 500n,
    ...fields,
  };
}

export interface OfferFields {
  readonly resource?: bigint;
  readonly provider?: bigint;
  readonly zone?: string;
  readonly slots?: bigint;
  readonly memoryMiB?: bigint;
  readonly score?: bigint;
  /** Of a slot for an hour, and of a million ms of processor time. */
  readonly slotMicro?: bigint;
  readonly cpuMicro?: bigint;
  readonly strategy?: Partial<StrategyArgs>;
}

/** A machine that runs programs, cheap and with room unless a test says otherwise. */
export function computer(fields: OfferFields = {}): IndexedOffer {
  const { resource = 1n, provider = 100n + resource, zone = 'Seattle 1', slots = 8n, score = 500n } = fields;
  const { memoryMiB = slots * 256n, slotMicro = 3_600n, cpuMicro = 0n } = fields;
  const prices = [
    ...(cpuMicro === 0n ? [] : [{ meter: 'cpuMs', per: 1_000_000n, perMs: 0n, amountMicro: cpuMicro }]),
    { meter: 'slots', per: 1n, perMs: HOUR_MS, amountMicro: slotMicro },
  ];
  const limits = quantities({ bytes: 1n << 44n, calls: 1_000_000_000n, cpuMs: 1n << 40n, runs: 1_000_000_000n });
  const attributes = terms({
    architecture: 'x64',
    cores: slots.toString(),
    isolation: 'bubblewrap',
    memoryMiB: memoryMiB.toString(),
    place: '47.6,-122.3',
    region: 'US-WA',
    roundTripMs: '12',
    score: score.toString(),
    slots: slots.toString(),
    zone,
  });
  return {
    resource,
    provider,
    kind: 'computing',
    agentKey: 1n,
    attributes,
    free: quantities({ memoryMiB, slots }),
    strategyVersion: 1n,
    strategy: strategyOf({ limits, prices, ways: terms({ runMs: '600000' }), ...fields.strategy }),
    runMs: 600_000n,
    score: Number(score),
  };
}

/** Room for bytes; `slotMicro` is what a mebibyte costs for an hour. */
export function store(fields: OfferFields = {}): IndexedOffer {
  const { resource = 1n, provider = 100n + resource, memoryMiB = 1_024n, slotMicro = 1n } = fields;
  const prices = [{ meter: 'storedBytes', per: 1_048_576n, perMs: HOUR_MS, amountMicro: slotMicro }];
  const limits = quantities({ bytes: 1n << 44n, bytesIn: 1n << 44n, calls: 1_000_000_000n });
  return {
    resource,
    provider,
    kind: 'storage',
    agentKey: 1n,
    attributes: terms({ bytes: (memoryMiB << 20n).toString(), region: 'us-west' }),
    free: quantities({ storedBytes: memoryMiB << 20n }),
    strategyVersion: 1n,
    strategy: strategyOf({ limits, prices, ways: terms({ graceMs: '0' }), ...fields.strategy }),
    runMs: 0n,
    score: undefined,
  };
}

/** Two hundred sub-tasks of a quarter of a second. */
export function work(fields: Partial<Struct<'Work'>> = {}): Struct<'Work'> {
  return {
    algorithm: filled(1),
    payload: filled(2),
    payloadBytes: 10_000n,
    subtasks: 200n,
    split: 'range',
    cpuMs: 250n,
    memoryMiB: 64n,
    inputBytes: 100n,
    outputBytes: 1_000n,
    copies: 1n,
    ...fields,
  };
}

export function need(fields: Partial<Struct<'Need'>> = {}): Struct<'Need'> {
  return { kind: 'computing', terms: [], choices: [], amounts: [], promise: [], ...fields };
}

/** A hundred mebibytes, written once and read once. */
export function storageNeed(): Struct<'Need'> {
  const amounts = quantities({ bytes: 100n << 20n, bytesIn: 100n << 20n, calls: 1_000n, storedBytes: 100n << 20n });
  return need({ kind: 'storage', amounts });
}

/** Two slots for something else than the work. */
export function slotsNeed(slots = 2n): Struct<'Need'> {
  const amounts = quantities({ bytes: 1_000n, calls: 10n, cpuMs: 1_000n, memoryMiB: slots * 64n, runs: 10n, slots });
  return need({ amounts });
}

/** A work within a minute, for at most a thousand tokens. */
export function demand(fields: Partial<DemandFacts> = {}): DemandFacts {
  return {
    customer: DEMANDING,
    purpose: 'research',
    fieldOfBusiness: 'weather',
    needs: [need()],
    work: [work()],
    durationMs: 60_000n,
    budgetMicro: 1_000_000_000n,
    backup: false,
    ...fields,
  };
}

/** Machines of all sizes and prices: a larger one is not always dearer. */
export function computers(
  count: number,
  of: { seed: number; zones?: number; slotsMax?: number; firstId?: bigint },
): IndexedOffer[] {
  const { seed, zones = 8, slotsMax = 64, firstId = 1n } = of;
  const next = seeded(seed);
  return Array.from({ length: count }, (_, index) =>
    computer({
      resource: firstId + BigInt(index),
      provider: 100n + BigInt(next(Math.ceil(count / 3))),
      zone: `Zone ${next(zones)}`,
      slots: BigInt(1 + next(slotsMax)),
      score: BigInt(100 + next(900)),
      slotMicro: BigInt(100_000 + next(10_000_000)),
      cpuMicro: next(3) === 0 ? 0n : BigInt(next(5_000_000)),
    }),
  );
}

export function stores(count: number, of: { seed: number; firstId?: bigint }): IndexedOffer[] {
  const next = seeded(of.seed);
  return Array.from({ length: count }, (_, index) =>
    store({
      resource: (of.firstId ?? 1n) + BigInt(index),
      provider: 100n + BigInt(next(Math.ceil(count / 3))),
      memoryMiB: BigInt(50 + next(1_000)),
      slotMicro: BigInt(1 + next(1_000)),
    }),
  );
}
