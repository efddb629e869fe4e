import { expect, test } from 'vitest';
import { compare, differing } from './comparison.ts';

const KNOWN = { name: 'Imke Tordahl', document: 'KX 482-117', subscriber: '+1 555 0100' };

test('the same in another spelling agrees [I.3-2]', () => {
  const stated = { name: 'imke  TORDAHL', document: 'kx482117', subscriber: '+1(555)01-00' };
  expect(differing(compare(stated, KNOWN))).toEqual([]);
});

test('each field that differs is named, and nothing of its value', () => {
  const stated = { ...KNOWN, name: 'Imke Tordal', document: 'KX 482-118' };
  expect(differing(compare(stated, KNOWN))).toEqual(['name', 'document']);
});

test('of a subscriber that there is none of, only that is said: nobody learns whose name or document stands there', () => {
  expect(differing(compare(KNOWN, undefined))).toEqual(['subscriber']);
});

test('a record without a document agrees with no document', () => {
  expect(differing(compare(KNOWN, { ...KNOWN, document: '' }))).toEqual(['document']);
});
