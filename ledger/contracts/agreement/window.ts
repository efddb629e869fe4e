import { DESCRIPTOR_BYTES_MAX } from './definition.ts';
import type { AgreementRecord } from './record.ts';

/** Most that the window's start may differ from block time. */
const START_SKEW_MS_MAX = 30_000n;

export function isNearStart(startsAtMs: bigint, nowMs: bigint): boolean {
  return startsAtMs + START_SKEW_MS_MAX >= nowMs && startsAtMs <= nowMs + START_SKEW_MS_MAX;
}

/** Its window has begun by now: something can have been served, and stored. */
export function hasBegun({ startsAtMs }: AgreementRecord, nowMs: bigint): boolean {
  return startsAtMs !== 0n && nowMs > startsAtMs;
}

/** Delivered and not over: descriptors can be issued again. */
export function isOpenWindow(record: AgreementRecord, nowMs: bigint): boolean {
  return (record.status === 'prepared' || record.status === 'active') && nowMs < record.endsAtMs;
}

export function isDescriptor(descriptor: Uint8Array): boolean {
  return descriptor.length > 0 && descriptor.length <= DESCRIPTOR_BYTES_MAX;
}
