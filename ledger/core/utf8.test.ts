import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8 } from './bytes.ts';
import { textOf } from './utf8.ts';

/** What every runtime brings: the peer. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function peer(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

test('bytes are text, or none, as the runtime’s own decoder says', () => {
  const nearText = fc
    .tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.nat(40), fc.integer({ min: 0, max: 255 }))
    .map(([text, at, byte]) => utf8(text).map((each, index) => (index === at ? byte : each)));
  // Sequences at the edges of what is allowed.
  const edges = fc
    .array(fc.constantFrom(0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5))
    .map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 12 }), nearText, edges), (bytes) => {
      expect(textOf(bytes)).toBe(peer(bytes));
    }),
    { numRuns: 20_000 },
  );
});

test('every code point comes back, and a text longer than a piece', () => {
  for (const text of ['', '\u{10ffff}\u{10000}\uffff\ud7ff\ue000', '\ufeffa', 'ä€\u{1f600}'.repeat(3_000)]) {
    expect(textOf(utf8(text))).toBe(text);
  }
});
