import { expect, test } from 'vitest';
import { bytesInWords } from './amount-words.ts';

test.each([
  [0n, '0 bytes'],
  [1n, '1 byte'],
  [999n, '999 bytes'],
  [1_000n, '1 kB'],
  [3_048n, '3.048 kB'],
  [1_800_000_000n, '1.8 GB'],
  [20_000_000_000n, '20 GB'],
  [1_000_050_000n, '1000.05 MB'],
  [1_000_000_001n, '1000000.001 kB'],
])('%s bytes are “%s”: nothing is rounded away', (bytes, words) => {
  expect(bytesInWords(bytes)).toBe(words);
});
