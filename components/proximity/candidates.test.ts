import { expect, test } from 'vitest';
import { readDegrees, roundedDegrees } from './candidates.ts';

test.each([
  ['47.6', 'latitude', 476n],
  ['47.64999', 'latitude', 476n],
  ['-33,9', 'latitude', -339n],
  ['122.33 W', 'longitude', -1_223n],
  ['52.52° N', 'latitude', 525n],
  ['180', 'longitude', 1_800n],
  ['90.1', 'latitude', undefined],
  ['12 E', 'latitude', undefined],
  ['-12 W', 'longitude', undefined],
  ['', 'latitude', undefined],
  ['north', 'latitude', undefined],
] as const)('%s as a %s is read in tenths of a degree', (typed, axis, tenths) => {
  expect(readDegrees(typed, axis)).toBe(tenths);
});

test('what a device measures is rounded to a cell', () => {
  expect([47.60621, -122.33207, -0.01, 0.05].map(roundedDegrees)).toEqual(['47.6', '-122.3', '0.0', '0.1']);
});
