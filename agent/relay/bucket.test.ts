import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './bucket.ts';

/** Moves so many bytes in pieces, each as soon as it may go; how many milliseconds of the clock that took. */
function move(bucket: TokenBucket, clock: { ms: number }, of: { bytes: number; pieceBytes: number }): number {
  const begunMs = clock.ms;
  for (let left = of.bytes; left > 0; left -= of.pieceBytes)
    clock.ms += bucket.take(Math.min(of.pieceBytes, left, bucket.burstBytes));
  return clock.ms - begunMs;
}

test('a bucket lets through what its rate says, within five per cent, whatever the pieces', () => {
  const rate = fc.integer({ min: 20_000, max: 1_000_000_000 });
  fc.assert(
    fc.property(rate, fc.integer({ min: 1_000, max: 65_536 }), (bytesPerS, pieceBytes) => {
      const clock = { ms: 0 };
      const bucket = new TokenBucket(bytesPerS, () => clock.ms);
      const piece = Math.min(pieceBytes, bucket.burstBytes);
      // What was saved up before goes at once, and is no part of the rate.
      while (bucket.take(1) === 0) bucket.take(Math.ceil(bucket.burstBytes / 64));
      const bytes = piece * Math.max(200, Math.ceil(bytesPerS / piece));
      const ms = move(bucket, clock, { bytes, pieceBytes: piece });
      const measured = (bytes * 1_000) / ms;
      expect(measured / bytesPerS).toBeGreaterThan(0.95);
      expect(measured / bytesPerS).toBeLessThan(1.05);
    }),
    { numRuns: 60 },
  );
});

test('what is not used is saved for a quarter of a second and no longer, and a clock that goes back gives nothing', () => {
  const clock = { ms: 1_000 };
  const bucket = new TokenBucket(100_000, () => clock.ms);
  expect(bucket.burstBytes).toBe(25_000);
  clock.ms += 3_600_000;
  expect(bucket.take(25_000)).toBe(0);
  expect(bucket.take(1_000)).toBe(10);
  clock.ms -= 500_000;
  expect(bucket.take(1_000)).toBe(20);
});

test('connections that share a bucket wait in turn: together they have the one rate', () => {
  const clock = { ms: 0 };
  const bucket = new TokenBucket(10_000, () => clock.ms);
  bucket.take(bucket.burstBytes);
  expect([bucket.take(1_000), bucket.take(1_000), bucket.take(1_000)]).toEqual([100, 200, 300]);
});
