import { expect, test } from 'vitest';
import { epochEndAfter } from './epoch.ts';

test('an epoch that ends now has ended: what comes now is matched at the end of the next', () => {
  expect(epochEndAfter(600_000n, 600_000n)).toBe(1_200_000n);
  expect(epochEndAfter(599_999n, 600_000n)).toBe(600_000n);
});
