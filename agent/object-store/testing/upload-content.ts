import { createHash } from 'node:crypto';

/** The least that a part has which is not the last. */
export const PART_BYTES = 5 * 1024 ** 2;

/** Bytes that follow from a seed: of the length that is asked for, or one up to 200,000 that follows from it too. */
export function contentOf(seed: number, bytes: number = (seed * 7_919) % 200_000): Buffer {
  const line = createHash('sha256').update(`content ${seed}`).digest();
  return Buffer.alloc(bytes, line);
}
