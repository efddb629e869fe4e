import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdMicroOf as contractHoldMicroOf } from '#ledger/contracts/agreement/hold.ts';
import { holdMicroOf } from './hold.ts';

test('what the customer signs as held is what the contract computes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('use', 'hour', 'megabyte' as const),
      fc.bigInt(0n, 10n ** 15n),
      fc.integer({ min: 1, max: 366 * 86_400_000 }),
      fc.bigInt(1n, 10n ** 15n),
      (unit, amountMicro, durationMs, bytes) => {
        const price = { unit: unit as 'use' | 'hour' | 'megabyte', amountMicro: amountMicro.toString() };
        expect(holdMicroOf(price, { durationMs, bytes: bytes.toString() })).toBe(
          contractHoldMicroOf({ unit, amountMicro }, { durationMs: BigInt(durationMs), bytesMax: bytes }),
        );
      },
    ),
  );
});
