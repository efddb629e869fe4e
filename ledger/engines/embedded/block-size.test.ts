import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK_TRANSACTION_BYTES_MAX } from '#ledger/engines/block-limits.ts';
import { BLOCK_BYTES_MIN, EXECUTION_MS, FIRST_BLOCK_BYTES, nextBlockBytes } from './block-size.ts';

/** Full blocks one after the other on a machine that needs so long for a KiB. */
function settled(msPerKiB: number, blocks = 20): number {
  let bytes = FIRST_BLOCK_BYTES;
  for (let block = 0; block < blocks; block += 1)
    bytes = nextBlockBytes(bytes, { bytes, tookMs: Math.round((bytes / 1024) * msPerKiB) });
  return bytes;
}

describe('how much a proposer puts into a block [7.2.3-a]', () => {
  test('full blocks come to take what they should, on slow machines and on fast ones', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 1.8, noNaN: true }), (msPerKiB) => {
        const tookMs = (settled(msPerKiB) / 1024) * msPerKiB;
        expect(tookMs).toBeGreaterThan(EXECUTION_MS * 0.9);
        expect(tookMs).toBeLessThan(EXECUTION_MS * 1.1);
      }),
    );
  });

  test('never more than every validator accepts, never so little that heights cost more than what they decide', () => {
    expect(settled(0)).toBe(BLOCK_TRANSACTION_BYTES_MAX);
    expect(settled(1_000)).toBe(BLOCK_BYTES_MIN);
  });

  test('one block that was slow by what else the machine did halves it at the most, and it comes back', () => {
    const full = settled(0);
    const halved = nextBlockBytes(full, { bytes: full, tookMs: 60_000 });
    expect(halved).toBe(full / 2);
    expect(nextBlockBytes(halved, { bytes: halved, tookMs: 20 })).toBe(full);
  });

  test('a block of due work alone, or of a few transactions, changes nothing', () => {
    expect(nextBlockBytes(FIRST_BLOCK_BYTES, { bytes: 400, tookMs: 5_000 })).toBe(FIRST_BLOCK_BYTES);
    expect(nextBlockBytes(FIRST_BLOCK_BYTES, { bytes: 40_000, tookMs: 10 })).toBe(FIRST_BLOCK_BYTES);
  });
});
