import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { NEW_WINDOW, NONCE_WINDOW, checkNonce, useNonce } from './nonce-window.ts';

/** The same rule over a set of everything ever used. */
function expected(used: ReadonlySet<bigint>, nonce: bigint): string {
  const next = [...used].reduce((most, one) => (one >= most ? one + 1n : most), 0n);
  if (nonce >= next + NONCE_WINDOW) return 'too-far';
  return used.has(nonce) || nonce + NONCE_WINDOW < next ? 'used' : 'fresh';
}

describe('nonce window', () => {
  test('equals a set of everything used, over jumps of up to and beyond the window', () => {
    const jump = fc.oneof(fc.bigInt(-1_100n, 1_100n), fc.constantFrom(-1_024n, -1_025n, 1_023n, 1_024n, 0n));
    fc.assert(
      fc.property(fc.array(jump, { maxLength: 120 }), (jumps) => {
        let window = NEW_WINDOW;
        const used = new Set<bigint>();
        for (const by of jumps) {
          const nonce = window.next + by < 0n ? 0n : window.next + by;
          const verdict = checkNonce(window, nonce);
          expect(verdict).toBe(expected(used, nonce));
          if (verdict !== 'fresh') continue;
          window = useNonce(window, nonce);
          used.add(nonce);
          expect(checkNonce(window, nonce)).toBe('used');
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a place in the ring is free again when the window has moved past it', () => {
    let window = useNonce(NEW_WINDOW, 5n);
    for (let nonce = 1_000n; nonce < 4_000n; nonce += 1_000n) window = useNonce(window, nonce);
    expect(checkNonce(window, 5n + 2n * NONCE_WINDOW)).toBe('fresh');
    expect(checkNonce(window, 2_000n)).toBe('used');
    expect(NEW_WINDOW.used.every((byte) => byte === 0)).toBe(true);
  });
});
