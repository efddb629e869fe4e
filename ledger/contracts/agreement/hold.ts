import { quotient } from '#ledger/core/integer.ts';

const MS_PER_HOUR = 3_600_000n;
const BYTES_PER_MEGABYTE = 1_000_000n;

/** The most that a use can cost, in micro-units, rounded up. */
export function holdMicroOf(
  price: { unit: string; amountMicro: bigint },
  use: { durationMs: bigint; bytesMax: bigint },
): bigint {
  if (price.unit === 'hour') return ceiling(price.amountMicro * use.durationMs, MS_PER_HOUR);
  if (price.unit === 'megabyte') return ceiling(price.amountMicro * use.bytesMax, BYTES_PER_MEGABYTE);
  return price.amountMicro;
}

/** Metering intervals of a window, the last one counted whole. */
export function intervalsOf(durationMs: bigint, intervalMs: bigint): bigint {
  return ceiling(durationMs, intervalMs);
}

function ceiling(dividend: bigint, divisor: bigint): bigint {
  return quotient(dividend + divisor - 1n, divisor);
}
