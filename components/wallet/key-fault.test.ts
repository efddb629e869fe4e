import { expect, test } from 'vitest';
import { keyFault } from './key-fault.ts';

const WHOLE = { hasCryptography: true, hasStorage: true };

test.each<[string, unknown, Partial<typeof WHOLE>, RegExp]>([
  [
    'IndexedDB is refused',
    new DOMException('A mutation operation was attempted', 'InvalidStateError'),
    {},
    /site data/,
  ],
  ['the disk is full', new DOMException('full', 'QuotaExceededError'), {}, /site data/],
  ['there is no IndexedDB', new ReferenceError('indexedDB is not defined'), { hasStorage: false }, /site data/],
  ['the page came over plain http', new TypeError('reading generateKey'), { hasCryptography: false }, /plain http/],
  [
    'a script does not come',
    Object.assign(new Error('Failed to load chunk /_next/static/x.js'), { name: 'ChunkLoadError' }),
    { hasStorage: false },
    /^A script of this page could not be loaded/,
  ],
  ['nobody knows why', new Error('?'), {}, /^Something else\.$/],
])('why a key cannot be used is said, with a way out, and never blames the key: %s', (_, error, lacking, words) => {
  expect(keyFault(error, 'Something else.', { ...WHOLE, ...lacking })).toMatch(words);
});
