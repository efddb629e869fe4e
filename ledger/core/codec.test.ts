import { decode as libraryDecode, encode as libraryEncode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equal, fromHex } from './bytes.ts';
import { CBOR_DEPTH_MAX } from './cbor-reader.ts';
import { decode, encode, type CborValue } from './codec.ts';

const anyText = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme' }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => `\ufeff${text}`) },
);
const { value: anyValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 8 },
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -30n, max: 300n }),
    anyText,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(
      anyText.filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 6, noNullPrototype: true },
    ),
  ),
}));

describe('CBOR', () => {
  test('decode(encode(x)) = x [8.2.1-a]', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decode(encode(value))).toEqual({ ok: true, value });
      }),
      { numRuns: 2_000 },
    );
  });

  test('bytes are plain and their own, in and out, also when a Buffer is read', () => {
    const bytes = encode([Uint8Array.of(1, 2), '\ufeffa']);
    for (const input of [bytes, Buffer.from(bytes)]) {
      const decoded = decode(input);
      const item = (decoded.ok ? decoded.value : []) as readonly Uint8Array[];
      expect(Object.getPrototypeOf(item[0])).toBe(Uint8Array.prototype);
      input.fill(0);
      expect(item[0]).toEqual(Uint8Array.of(1, 2));
    }
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  });

  test('maps of more sets of fields than are remembered have the same bytes, at first and again [8.2.1-a]', () => {
    const maps = Array.from({ length: 5_000 }, (_, index) => ({ [`b${index}`]: 1n, é: 2n, a: 3n }));
    for (const map of [...maps, ...maps]) expect(encode(map)).toEqual(new Uint8Array(libraryEncode(map)));
  });

  test('the bytes are those of a general library, and what it refuses or writes otherwise is refused [8.2.1-a]', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(encode(value)).toEqual(new Uint8Array(libraryEncode(value)));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 24 }), mutated()), (bytes) => {
        // It drops a byte-order mark.
        if (!Buffer.from(bytes).includes(MARK)) expect(decode(bytes).ok).toBe(isLibrarys(bytes));
      }),
      { numRuns: 10_000 },
    );
  });

  test('short and long texts and keys, of one byte a letter and of more', () => {
    for (const text of [
      '',
      'a',
      'ä',
      '\u{1f600}',
      'a'.repeat(64),
      'a'.repeat(65),
      `${'a'.repeat(63)}ä`,
      'ä'.repeat(70_000),
    ]) {
      const value = { [text]: text, z: [text] };
      expect(decode(encode(value))).toEqual({ ok: true, value });
      expect(encode(value)).toEqual(new Uint8Array(libraryEncode(value)));
    }
    expect(encode('\ud800')).toEqual(new Uint8Array(libraryEncode('\ud800')));
  });

  test('a value that is refused in the middle leaves nothing behind', () => {
    expect(() => encode([1n, 'before', undefined as unknown as null])).toThrow();
    expect(encode([2n])).toEqual(Uint8Array.of(0x81, 0x02));
  });

  test('the order of insertion does not change the bytes [8.2.1-a]', () => {
    const [a, b, aa] = [1n, 2n, 3n];
    expect(encode({ aa, b, a })).toEqual(encode({ a, b, aa }));
  });

  test('bytes that are read at all are exactly what encode writes [8.2.1-a]', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 24 }), mutated()), (bytes) => {
        const decoded = decode(bytes);
        if (decoded.ok) expect(equal(encode(decoded.value), bytes)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  test.each([
    ['nothing', ''],
    ['two items', '0000'],
    ['a cut-off integer', '19ff'],
    ['a cut-off text', '6261'],
    ['an integer not in its shortest form', '1801'],
    ['a length not in its shortest form', '780161'],
    ['an indefinite array', '9f01ff'],
    ['an indefinite text', '7f6161ff'],
    ['a break alone', 'ff'],
    ['undefined', 'f7'],
    ['a float', 'f93c00'],
    ['a double that is an integer', 'fb3ff0000000000000'],
    ['minus zero', 'f98000'],
    ['a tag', 'c000'],
    ['a big number', 'c249010000000000000000'],
    ['a simple value', 'f820'],
    ['keys out of order', 'a2616201616101'],
    ['a duplicate key', 'a2616101616102'],
    ['a key that is no text', 'a10101'],
    ['text that is not UTF-8', '61ff'],
    ['half of a surrogate pair', '63eda080'],
    ['an inherited name', 'a1695f5f70726f746f5f5f01'],
    ['a count beyond the input', '9b7fffffffffffffff'],
    ['a length beyond the input', '5b7fffffffffffffff'],
    ['a map that lacks its last value', 'a16161'],
  ])('refuses %s', (_what, bytes) => {
    expect(decode(fromHex(bytes)!)).toEqual({ ok: false, code: 1 });
  });

  test('nesting and size have bounds [8.2.1-a]', () => {
    const nested = (depth: number): Uint8Array => Uint8Array.from([...Array<number>(depth - 1).fill(0x81), 0x81, 0]);
    expect(decode(nested(CBOR_DEPTH_MAX)).ok).toBe(true);
    expect(decode(nested(CBOR_DEPTH_MAX + 1))).toEqual({ ok: false, code: 1 });
    expect(decode(nested(16_000))).toEqual({ ok: false, code: 1 });
    expect(decode(encode(new Uint8Array(100)), 50)).toEqual({ ok: false, code: 2 });
  });

  test('a number, a float or undefined given to encode is a defect', () => {
    for (const value of [1, 1.5, Number.NaN, undefined, { a: 1 }, [undefined]]) {
      expect(() => encode(value as unknown as CborValue)).toThrow();
    }
    expect(() => encode(2n ** 64n)).toThrow();
  });
});

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whether the library reads it, without numbers that are no integers, and writes the same bytes again. */
function isLibrarys(bytes: Uint8Array): boolean {
  const isSound = (value: unknown): boolean => {
    if (typeof value === 'number') return Number.isSafeInteger(value);
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value !== undefined;
    return Object.getPrototypeOf(value) !== null && Object.values(value).every(isSound);
  };
  try {
    const options = { strict: true, allowIndefinite: false, allowUndefined: false, rejectDuplicateMapKeys: true };
    const value: unknown = libraryDecode(bytes, options);
    return isSound(value) && equal(new Uint8Array(libraryEncode(value)), bytes);
  } catch {
    return false;
  }
}

/** Encodings with a byte changed, removed or added. */
function mutated(): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(anyValue, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(2))
    .map(([value, position, byte, how]) => {
      const bytes = [...encode(value)];
      const index = position % bytes.length;
      if (how === 0) bytes[index] = byte;
      else if (how === 1) bytes.splice(index, 1);
      else bytes.splice(index, 0, byte);
      return Uint8Array.from(bytes);
    });
}
