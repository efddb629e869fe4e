import { expect, test } from 'vitest';
import { nearest } from './nearest-word.ts';

const WORDS = ['weather', 'seattl', 'seattle', 'daili', 'daily', 'postal', 'codes', 'precipitation', 'rain', 'wind'];

test.each([
  ['weahter', 'weather', 'two letters in each other’s place'],
  ['wether', 'weather', 'one left out'],
  ['weatherr', 'weather', 'one too many'],
  ['postel', 'postal', 'one wrong'],
  ['seatle', 'seattle', 'the whole word before its stem'],
  ['percipitaton', 'precipitation', 'two mistakes in a long word'],
  ['wetahe', 'weather', 'a mistake in half a word'],
])('%s means %s: %s', (typed, meant) => {
  expect(nearest(typed, WORDS)).toBe(meant);
});

test.each([
  ['weath', 'begins a word that there is'],
  ['ran', 'is too short to tell'],
  ['garden', 'is near nothing'],
  ['wetaehr', 'has two mistakes, too many for its length'],
])('%s is left as it is: it %s', (typed) => {
  expect(nearest(typed, WORDS)).toBeUndefined();
});
