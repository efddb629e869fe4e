import 'server-only';
import type { BillDto } from '#lib/shared/dto.ts';

/** A settled order's facts, from the rows of its bill and its agreement. */
export interface BillFacts {
  priceUnit: string;
  priceMicro: bigint;
  bytes: bigint;
  intervalMs: bigint;
  /** Bitmap, least significant bit first; hex. */
  served: string;
  /** 0 when the window never began. */
  startsAtMs: bigint;
  /** The end that counts: the window's, or an earlier one. */
  untilMs: bigint;
  holdMicro: bigint;
  chargeMicro: bigint;
  feeMicro: bigint;
  refundMicro: bigint;
  contested: boolean;
  tx: string | null;
  settledAtMs: bigint;
}

type Line = BillDto['lines'][number];
type Interval = BillDto['intervals'][number];

const MS_PER_HOUR = 3_600_000n;
const BYTES_PER_MEGABYTE = 1_000_000n;
/** A page shows no more; the rest is in the bill's counts. */
const INTERVALS_SHOWN_MAX = 5_000;

/** Bit of a hex bitmap, least significant bit of the first byte first; beyond its end nothing was served. */
export function bitOf(served: string, index: number): boolean {
  const byte = Number.parseInt(served.slice((index >> 3) * 2, (index >> 3) * 2 + 2), 16);
  return !Number.isNaN(byte) && ((byte >> (index & 7)) & 1) === 1;
}

/** Intervals from the start to the end that counts, the last one cut there. */
export function intervalsOf(facts: Pick<BillFacts, 'startsAtMs' | 'untilMs' | 'intervalMs' | 'served'>): Interval[] {
  const { startsAtMs, untilMs, intervalMs, served } = facts;
  if (startsAtMs === 0n || intervalMs <= 0n || untilMs <= startsAtMs) return [];
  const count = Number((untilMs - startsAtMs + intervalMs - 1n) / intervalMs);
  return Array.from({ length: Math.min(count, INTERVALS_SHOWN_MAX) }, (_, index) => {
    const startMs = startsAtMs + BigInt(index) * intervalMs;
    const endMs = startMs + intervalMs < untilMs ? startMs + intervalMs : untilMs;
    return {
      startMs: Number(startMs),
      endMs: Number(endMs),
      served: bitOf(served, index),
      promised: 'served throughout',
    };
  });
}

function line(what: string, quantity: string, unitPriceMicro: bigint, amountMicro: bigint): Line {
  return { what, quantity, unitPriceMicro: unitPriceMicro.toString(), amountMicro: amountMicro.toString() };
}

function sumMs(intervals: readonly Interval[], isServed: boolean): bigint {
  return intervals.reduce(
    (sum, { startMs, endMs, served }) => (served === isServed ? sum + BigInt(endMs - startMs) : sum),
    0n,
  );
}

/** What the price makes of the usage, line by line, computed anew from the rows: the check of the ledger's own charge. */
function usageLines(facts: BillFacts, intervals: readonly Interval[]): Line[] {
  const { priceUnit, priceMicro, bytes } = facts;
  const servedMs = sumMs(intervals, true);
  const downMs = sumMs(intervals, false);
  const seconds = (ms: bigint): string => `${Number(ms) / 1_000} s`;
  const down = downMs === 0n ? [] : [line('Down: costs nothing', seconds(downMs), 0n, 0n)];
  const servedCount = intervals.filter(({ served }) => served).length;
  if (servedCount === 0) return [line('Not served: costs nothing', seconds(downMs), 0n, 0n)];
  if (priceUnit === 'hour')
    return [line('Time served', seconds(servedMs), priceMicro, (priceMicro * servedMs) / MS_PER_HOUR), ...down];
  if (priceUnit === 'megabyte') {
    return [line('Data delivered', `${bytes} bytes`, priceMicro, (priceMicro * bytes) / BYTES_PER_MEGABYTE), ...down];
  }
  const amount = (priceMicro * BigInt(servedCount)) / BigInt(intervals.length);
  return [
    line(
      'Use, for the part of the window that was served',
      `${servedCount} of ${intervals.length} intervals`,
      priceMicro,
      amount,
    ),
    ...down,
  ];
}

/** The statement of a settled order. `unexplainedMicro` is what its rows leave unexplained: 0 unless something is wrong. */
export function toBill(facts: BillFacts): BillDto {
  const { holdMicro, chargeMicro, feeMicro, refundMicro, contested, tx } = facts;
  const intervals = intervalsOf(facts);
  const lines = usageLines(facts, intervals);
  const owedMicro = lines.reduce((sum, { amountMicro }) => sum + BigInt(amountMicro), 0n);
  if (owedMicro > holdMicro) lines.push(line('Never more than was held', '', 0n, holdMicro - owedMicro));
  const lineSum = owedMicro > holdMicro ? holdMicro : owedMicro;
  const gap = (value: bigint): bigint => (value < 0n ? -value : value);
  const unexplained = gap(holdMicro - chargeMicro - refundMicro) + gap(chargeMicro - lineSum);
  return {
    lines,
    intervals,
    holdMicro: holdMicro.toString(),
    chargeMicro: chargeMicro.toString(),
    feeMicro: feeMicro.toString(),
    refundMicro: refundMicro.toString(),
    contested,
    unexplainedMicro: unexplained.toString(),
    tx,
    settledAtMs: Number(facts.settledAtMs),
  };
}
