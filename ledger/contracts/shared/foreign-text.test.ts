import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isolatedText, visibleText } from './foreign-text.ts';

const strings = `${process.env.VECTORS_DIR ?? '../shared/vectors'}/naughty-strings/blns.json`;
const naughty: string[] = existsSync(strings) ? (JSON.parse(readFileSync(strings, 'utf8')) as string[]) : [];
if (naughty.length === 0) process.stdout.write(`The hostile strings are not at ${strings}: their test is skipped.\n`);

describe('text that somebody else wrote', () => {
  test('shows where a character turns its direction or hides in it [8.4.2-b]', () => {
    const hidden = [
      '\u202E',
      '\u202A',
      '\u2066',
      '\u2069',
      '\u200E',
      '\u061C',
      '\u200B',
      '\uFEFF',
      '\u2060',
      '\u00AD',
      '\0',
      '\u0007',
    ];
    for (const character of hidden)
      expect([character, visibleText(`Interpool${character}bank`)]).toEqual([character, 'Interpool\uFFFDbank']);
    expect(visibleText('bank\u200D')).toBe('bank\uFFFD');
    expect(visibleText('ba\u200Cnk')).toBe('ba\uFFFDnk');
    expect(visibleText('b\u200Cank\u200Dи')).toBe('b\uFFFDank\uFFFDи');
  });

  test('leaves every script, emoji and line as it is [8.4.2-b]', () => {
    const texts = ['مرحبا بالعالم', 'می‌خواهم', 'नमस्ते', '👩‍👩‍👧 family', '日本語', 'Zürich\nGenève', 'שלום', 'naïve'];
    for (const text of texts) expect(visibleText(text)).toBe(text);
  });

  test.skipIf(naughty.length === 0)('no hostile string gets out of its isolation in a sentence [8.4.2-b]', () => {
    for (const text of naughty) {
      const inner = isolatedText(text).slice(1, -1);
      expect([text, /[\u202A-\u202E\u2066-\u2069]/.test(inner)]).toEqual([text, false]);
      expect(isolatedText(text)).toBe(`\u2068${inner}\u2069`);
    }
  });
});
