import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberProblem, readNumber, writeNumber } from './number.ts';

const MICRO = { decimals: 6 };
const WHOLE = { decimals: 0 };

/** `typed -> amount in micro-units, or refused`: what people typed and what it must become. */
const TYPED = readFileSync(path.join(import.meta.dirname, 'testing', 'typed-amounts.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' -> ') as [string, string]);

test('a typed amount becomes what the person means, or is refused in words that show how to write it', () => {
  expect(TYPED.length).toBeGreaterThan(20);
  for (const [typed, meant] of TYPED) {
    const reading = readNumber(typed, MICRO);
    expect([typed, reading.ok ? reading.value.toString() : 'refused']).toEqual([typed, meant]);
    if (!reading.ok) expect(reading.why, typed).toMatch(/Write .*\d/);
  }
});

/** How cultures write the same number: sign before the decimals, sign between groups. */
const NOTATIONS = [
  ['.', ''],
  ['.', ','],
  [',', ''],
  [',', '.'],
  [',', ' '],
  [',', '\u00a0'],
  ['.', '\u202f'],
  ['.', '’'],
  ['.', "'"],
] as const;

test('no notation of any culture turns an amount into another: read(notation(x)) = x or is refused', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 10n ** 19n),
      fc.constantFrom(...NOTATIONS),
      fc.integer({ min: 0, max: 6 }),
      (amount, [decimalSign, groupSign], decimalsMin) => {
        const [whole = '', fraction = ''] = writeNumber(amount, { ...MICRO, decimalsMin }).split('.');
        // As a person of that culture writes it, three decimals included.
        const shown = fraction.length === 4 && fraction.endsWith('0') ? fraction.slice(0, 3) : fraction;
        const text = whole.replaceAll(/\B(?=(\d{3})+$)/g, groupSign) + (shown === '' ? '' : decimalSign + shown);
        const reading = readNumber(text, MICRO);
        if (reading.ok) expect([text, reading.value]).toEqual([text, amount]);
        else expect(reading.why).toContain('can be read as');
      },
    ),
  );
});

test('what a field is given it reads back: read(write(x)) = x', () => {
  for (const decimals of [0, 1, 3, 6]) {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n), fc.constantFrom(0, 2), (amount, decimalsMin) => {
        const of = { decimals, decimalsMin: Math.min(decimals, decimalsMin) };
        expect(readNumber(writeNumber(amount, of), of)).toEqual({ ok: true, value: amount });
      }),
    );
  }
});

test('thousandths are written as four decimals, which is the one longer text that is read; three alone could be thousands', () => {
  expect(writeNumber(1_234n, { decimals: 3 })).toBe('1.2340');
  expect(readNumber('1.2341', { decimals: 3 }).ok).toBe(false);
  expect(numberProblem('1.234', { decimals: 3 })).toBe(
    '“1.234” can be read as 1234 or as 1.234. Write 1234, or 1.2340.',
  );
});

test('no text is read that holds anything but digits and the signs between them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (text) => {
      if (readNumber(text, MICRO).ok) expect(text.trim()).toMatch(/^\d[\d.,\s'’]*$/);
    }),
  );
});

test('where no decimals are read a thousand is read as every culture writes it, and decimals stay refused', () => {
  for (const typed of ['1,500', '1.500', '1 500', "1'500", '1’500', '1\u202f500'])
    expect([typed, readNumber(typed, WHOLE)]).toEqual([typed, { ok: true, value: 1_500n }]);
  for (const typed of ['1,00', '1.50', '0,500', '1,0000', '1,500.0', '15,00', '1,500.000'])
    expect([typed, numberProblem(typed, WHOLE) === undefined]).toEqual([typed, false]);
  expect(numberProblem('1,500', MICRO)).toContain('can be read as 1500 or as 1.500');
  expect(numberProblem('-1', WHOLE)).toBe('“-1” must not be negative. Write a number such as 1250.');
  expect(numberProblem('1.5', WHOLE)).toBe('“1.5” is no whole number. Write a number such as 1250.');
  expect(readNumber('86,400,000', WHOLE)).toEqual({ ok: true, value: 86_400_000n });
  expect(numberProblem('', WHOLE)).toBeUndefined();
});
