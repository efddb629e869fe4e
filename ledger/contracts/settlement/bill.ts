import { quotient } from '#ledger/core/integer.ts';
import { firstBits, hasBit, intervalsBetween } from './served-bitmap.ts';

/** Terms and times of an ended agreement; startsAtMs 0 when the window never began. */
export interface BillTerms {
  readonly startsAtMs: bigint;
  readonly endsAtMs: bigint;
  readonly endedAtMs: bigint;
  readonly intervalMs: bigint;
  readonly priceUnit: string;
  readonly priceMicro: bigint;
  readonly holdMicro: bigint;
  readonly feePerMille: bigint;
}

export interface BillAmounts {
  /** The claimed bitmap cut at the real end. */
  readonly served: Uint8Array;
  readonly intervalsServed: bigint;
  readonly intervalsDown: bigint;
  readonly chargeMicro: bigint;
  readonly feeMicro: bigint;
  readonly refundMicro: bigint;
}

const MS_PER_HOUR = 3_600_000n;
const BYTES_PER_MEGABYTE = 1_000_000n;

/** Every interval from the start to the real end is served or down; an interval without a claim is down, and down costs nothing. */
export function bill(terms: BillTerms, claim: { bytes: bigint; served: Uint8Array }): BillAmounts {
  const { startsAtMs, intervalMs, holdMicro } = terms;
  const untilMs = terms.endedAtMs < terms.endsAtMs ? terms.endedAtMs : terms.endsAtMs;
  const intervals = intervalsBetween({ startsAtMs, untilMs, intervalMs });
  const { bits, set } = firstBits(claim.served, intervals);
  const servedMs = servedMsOf({ bits, set, intervals }, { lengthMs: untilMs - startsAtMs, intervalMs });
  const owedMicro = owed(terms, { intervals: BigInt(intervals), served: BigInt(set), servedMs, bytes: claim.bytes });
  const chargeMicro = owedMicro < holdMicro ? owedMicro : holdMicro;
  const feeMicro = quotient(chargeMicro * terms.feePerMille, 1_000n);
  const intervalsServed = BigInt(set);
  const intervalsDown = BigInt(intervals - set);
  return { served: bits, intervalsServed, intervalsDown, chargeMicro, feeMicro, refundMicro: holdMicro - chargeMicro };
}

/** The last interval ends with the window, so it may be shorter than the others. */
function servedMsOf(
  of: { bits: Uint8Array; set: number; intervals: number },
  window: { lengthMs: bigint; intervalMs: bigint },
): bigint {
  const isLastServed = of.intervals > 0 && hasBit(of.bits, of.intervals - 1);
  const missingMs = BigInt(of.intervals) * window.intervalMs - window.lengthMs;
  return BigInt(of.set) * window.intervalMs - (isLastServed ? missingMs : 0n);
}

function owed(terms: BillTerms, usage: { intervals: bigint; served: bigint; servedMs: bigint; bytes: bigint }): bigint {
  if (usage.served === 0n) return 0n;
  if (terms.priceUnit === 'hour') return quotient(terms.priceMicro * usage.servedMs, MS_PER_HOUR);
  if (terms.priceUnit === 'megabyte') return quotient(terms.priceMicro * usage.bytes, BYTES_PER_MEGABYTE);
  return quotient(terms.priceMicro * usage.served, usage.intervals);
}
