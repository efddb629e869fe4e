import { expect, test } from 'vitest';
import { parseOptions } from './options.mjs';

test('samples that can be added are named, beside every other option, and an unknown one is refused in a sentence', () => {
  expect(parseOptions([])).toMatchObject({ additions: [], isFresh: false });
  const options = parseOptions(['--fresh', '--with', 'proximity', '--yes', '--with', 'proximity']);
  expect(options).toMatchObject({ additions: ['proximity'], isFresh: true, isConfirmed: true });
  expect(() => parseOptions(['--with', 'nonsense'])).toThrow(/“nonsense” is no sample .* one of these: proximity\./);
  expect(() => parseOptions(['--with'])).toThrow('--with takes one of these: proximity.');
  expect(() => parseOptions(['--with', '--yes'])).toThrow(/“--yes” is no sample/);
  expect(() => parseOptions(['proximity'])).toThrow(/“proximity” is not an option/);
});
