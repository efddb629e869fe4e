import { quotient, remainder } from './integer.ts';
import { message, putInt32, putInt64, readFields, readSmall, readVarint } from './proto.ts';

/**
 * Times in headers and votes are nanoseconds since the epoch, as CometBFT has them; everything people and contracts meet is
 * milliseconds. The embedded engine writes whole milliseconds only.
 */

const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;

/** Go's zero time, 0001-01-01T00:00:00Z: what stands in an absent signature. */
export const ZERO_TIME_NS = -62_135_596_800n * NS_PER_SECOND;
/** 9999-12-31T23:59:59Z, where protobuf's Timestamp ends. */
const LAST_SECOND = 253_402_300_799n;
/** Milliseconds beyond which `decodeTimestamp` reads nothing. */
export const TIMESTAMP_MS_MAX = LAST_SECOND * 1_000n + 999n;

export function nanoseconds(timeMs: bigint): bigint {
  return timeMs * NS_PER_MS;
}

/** Milliseconds, rounded down. */
export function milliseconds(timeNs: bigint): bigint {
  return quotient(timeNs, NS_PER_MS);
}

/** google.protobuf.Timestamp. */
export function encodeTimestamp(timeNs: bigint): Uint8Array {
  return message((writer) => {
    putInt64(writer, 1, quotient(timeNs, NS_PER_SECOND));
    putInt32(writer, 2, Number(remainder(timeNs, NS_PER_SECOND)));
  });
}

/** Nanoseconds of a Timestamp within the years 1 to 9999. */
export function decodeTimestamp(bytes: Uint8Array): bigint | undefined {
  let seconds = 0n;
  let nanos = 0;
  const isRead = readFields(bytes, {
    1: readVarint((value) => ((seconds = value), value <= LAST_SECOND && value * NS_PER_SECOND >= ZERO_TIME_NS)),
    2: readSmall((value) => ((nanos = value), value < 1_000_000_000)),
  });
  return isRead ? seconds * NS_PER_SECOND + BigInt(nanos) : undefined;
}
