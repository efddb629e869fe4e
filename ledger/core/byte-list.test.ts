import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openByteList } from './byte-list.ts';
import { equal } from './bytes.ts';
import { encode } from './codec.ts';

test('lists of byte strings made item by item are byte for byte what encode makes of them, at every width of a head [8.2.1-a]', () => {
  const length = fc.oneof(fc.nat(40), fc.constantFrom(23, 24, 255, 256, 65_535, 65_536));
  const anyList = fc.array(
    length.map((bytes) => new Uint8Array(bytes).fill(bytes)),
    { maxLength: 40 },
  );
  const check = (lists: readonly Uint8Array[][]): void => {
    const made = openByteList(100);
    for (const list of lists) {
      for (const item of list) made.add(item);
      expect(equal(made.end(), encode(list))).toBe(true);
    }
  };
  fc.assert(fc.property(fc.array(anyList, { maxLength: 8 }), check), { numRuns: 200 });
  const counts = [0, 23, 24, 255, 256, 65_535, 65_536, 1];
  check(counts.map((count) => Array.from({ length: count }, () => Uint8Array.of(7))));
});
