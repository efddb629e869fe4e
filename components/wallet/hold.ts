import type { PriceDto } from '#lib/shared/dto.ts';

const MS_PER_HOUR = 3_600_000n;
const BYTES_PER_MEGABYTE = 1_000_000n;

function ceiling(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/**
 * The most that a use can cost, in micro-units, as the agreement contract computes it: it is part of what the customer signs, so the
 * wallet's side works it out for itself. The contract refuses any other figure.
 */
export function holdMicroOf(price: PriceDto, use: { durationMs: number; bytes: string }): bigint {
  const amountMicro = BigInt(price.amountMicro);
  switch (price.unit) {
    case 'hour':
      return ceiling(amountMicro * BigInt(use.durationMs), MS_PER_HOUR);
    case 'megabyte':
      return ceiling(amountMicro * BigInt(use.bytes), BYTES_PER_MEGABYTE);
    case 'use':
      return amountMicro;
  }
}
