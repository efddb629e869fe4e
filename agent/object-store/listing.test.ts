import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys, listNames, type ListQuery } from './listing.ts';

/** Characters on both sides of every border that matters: delimiters, UTF-8 lengths, surrogates, whose order in UTF-16 is another. */
const key = fc.stringMatching(/^[a/\u007f\u00fc\uffee\u{1f600}]{1,6}$/u);
const text = fc.oneof(fc.constant(''), key);
const delimiter = fc.constantFrom('', '/', 'a', '//', '\u{1f600}');

/** What a listing is, said without any thought of speed. */
function namesOf(keys: readonly string[], { prefix, delimiter, after }: Omit<ListQuery, 'countMax'>): string[] {
  const names = keys
    .filter((name) => name.startsWith(prefix))
    .map((name) => {
      const at = delimiter === '' ? -1 : name.slice(prefix.length).indexOf(delimiter);
      return at < 0 ? name : name.slice(0, prefix.length + at + delimiter.length);
    });
  return [...new Set(names)].filter((name) => compareKeys(name, after) > 0).toSorted(compareKeys);
}

describe('a listing', () => {
  test('by pages = all names at once, each once, in the order of their bytes', () => {
    const query = fc.record({ prefix: text, delimiter, after: text, countMax: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 40 }), query, (keys, { countMax, ...asked }) => {
        const sorted = keys.toSorted(compareKeys);
        let rowsRead = 0;
        function* itemsFrom(from: Uint8Array): Generator<{ key: string }> {
          for (const name of sorted) {
            if (Buffer.compare(Buffer.from(name), from) < 0) continue;
            rowsRead += 1;
            yield { key: name };
          }
        }
        const names: string[] = [];
        let { after } = asked;
        for (;;) {
          rowsRead = 0;
          const page = listNames(itemsFrom, { ...asked, after, countMax });
          const onPage = [...page.items.map((item) => item.key), ...page.prefixes].toSorted(compareKeys);
          expect(onPage.length).toBeLessThanOrEqual(countMax);
          // One row a name, one that is at the marker or below it, one that tells whether there is more.
          expect(rowsRead).toBeLessThanOrEqual(countMax + 3);
          names.push(...onPage);
          if (page.next === null) break;
          expect(page.next).toBe(onPage.at(-1));
          after = page.next;
        }
        expect(names).toEqual(namesOf(keys, asked));
      }),
      { numRuns: 2_000 },
    );
  });
});
