import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computerTerms, computing, computingWaysTerms, readComputer, readRunMs, type Computer } from './computing.ts';
import { readPlace } from '#ledger/contracts/shared/place.ts';

const published: Computer = {
  architecture: 'x64',
  cores: 8n,
  isolation: 'bubblewrap',
  memoryMiB: 1_024n,
  place: '47.6,-122.3',
  region: 'US-WA',
  roundTripMs: 12n,
  score: 500n,
  sealingKey: 'ab'.repeat(32),
  slots: 4n,
  zone: 'Seattle 1',
};
const termsWith = (changes: Readonly<Record<string, string>>) =>
  computerTerms(published).map(({ name, value }) => ({ name, value: changes[name] ?? value }));

test('a computer’s terms are read back as they were written [8.1.1-a]', () => {
  expect(readComputer(computerTerms(published))).toEqual(published);
  expect(readRunMs(computingWaysTerms(600_000n))).toBe(600_000n);
});

test.each([
  ['an unknown architecture', { architecture: 'mips' }],
  ['an unknown isolation', { isolation: 'none' }],
  ['no slots', { slots: '0' }],
  ['a number that is not one', { memoryMiB: '1e3' }],
  ['more memory than is bounded', { memoryMiB: '99999999' }],
  ['a place with markup', { zone: '<b>here</b>' }],
  ['a place without a name', { region: '' }],
  ['no round trip', { roundTripMs: '0' }],
  ['a round trip in parts of a ms', { roundTripMs: '0.5' }],
  ['a round trip below zero', { roundTripMs: '-1' }],
  ['a round trip with a zero too many', { roundTripMs: '012' }],
  ['a round trip in another culture’s digits', { roundTripMs: '１２' }],
  ['a round trip of more than a minute', { roundTripMs: '60001' }],
  ['no place', { place: '' }],
  ['a latitude alone', { place: '47.6' }],
  ['a place with a height', { place: '47.6,-122.3,12.0' }],
  ['a place nearer than a tenth of a degree', { place: '47.61,-122.3' }],
  ['a place without tenths', { place: '48,-122' }],
  ['a place with a space', { place: '47.6, -122.3' }],
  ['a place with a plus', { place: '+47.6,-122.3' }],
  ['a place with a minus before zero', { place: '-0.0,13.4' }],
  ['a place with a zero too many', { place: '07.6,-122.3' }],
  ['a place with an exponent', { place: '4e1,-1e2' }],
  ['a place that is no number', { place: 'NaN,Infinity' }],
  ['a place with decimal commas', { place: '47,6,-122,3' }],
  ['a place with a line after it', { place: '47.6,-122.3\n' }],
  ['a latitude beyond the pole', { place: '90.1,0.0' }],
  ['a longitude beyond the date line', { place: '0.0,-180.1' }],
  ['a longitude of four digits', { place: '0.0,1000.0' }],
  ['a sealing key that is cut', { sealingKey: 'ab'.repeat(31) }],
  ['a sealing key in capitals', { sealingKey: 'AB'.repeat(32) }],
])('%s is no computer', (_, changes) => {
  expect(readComputer(termsWith(changes as Record<string, string>))).toBeUndefined();
});

test('a term too many, too few or twice is no computer; ways of another kind are none', () => {
  const whole = computerTerms(published);
  expect(readComputer([...whole, { name: 'gpu', value: '1' }])).toBeUndefined();
  expect(readComputer(whole.slice(1))).toBeUndefined();
  expect(readRunMs([{ name: 'graceMs', value: '1' }])).toBeUndefined();
  expect(readRunMs(computingWaysTerms(600_001n))).toBeUndefined();
});

describe('a place', () => {
  test.each([
    ['52.5,13.4', { latitudeTenths: 525n, longitudeTenths: 134n }],
    ['-33.9,151.2', { latitudeTenths: -339n, longitudeTenths: 1_512n }],
    ['-0.1,-0.9', { latitudeTenths: -1n, longitudeTenths: -9n }],
    ['0.0,0.0', { latitudeTenths: 0n, longitudeTenths: 0n }],
    ['90.0,180.0', { latitudeTenths: 900n, longitudeTenths: 1_800n }],
    ['-90.0,-180.0', { latitudeTenths: -900n, longitudeTenths: -1_800n }],
  ])('%s is read in tenths of a degree', (text, place) => {
    expect(readPlace(text)).toEqual(place);
  });

  test('has one text: two texts that are read are the same place only when they are the same', () => {
    const tenths = (max: number) => fc.integer({ min: -max, max }).map((count) => (count / 10).toFixed(1));
    const place = fc.tuple(tenths(900), tenths(1_800)).map((pair) => pair.join(',').replaceAll('-0.0', '0.0'));
    const near = fc.tuple(place, fc.stringMatching(/^[-+0 .,\n]?$/), fc.nat(12));
    fc.assert(
      fc.property(near, ([text, inserted, at]) => {
        const other = text.slice(0, at) + inserted + text.slice(at);
        const [one, two] = [readPlace(text), readPlace(other)];
        expect(one).toBeDefined();
        if (two?.latitudeTenths === one?.latitudeTenths && two?.longitudeTenths === one?.longitudeTenths)
          expect(other).toBe(text);
      }),
    );
  });
});

describe('what changed of a computer [I.2-7]', () => {
  const changes = (now: Partial<Computer>) =>
    computing.changes(computerTerms({ ...published, ...now }), computerTerms(published));
  test.each<[string, Partial<Computer>, string[]]>([
    [
      'nothing, when it is larger, faster, slower, nearer or further off',
      { cores: 16n, slots: 8n, memoryMiB: 2_048n, score: 1n, roundTripMs: 900n },
      [],
    ],
    ['its slots', { slots: 3n }, ['it has 3 slots, published were 4']],
    ['its memory', { memoryMiB: 512n }, ['it has 512 MiB, published were 1024']],
    ['its place', { zone: 'Seattle 2' }, ['it stands in US-WA, Seattle 2, published as US-WA, Seattle 1']],
    ['where it stands', { place: '47.7,-117.4' }, ['it stands at 47.7,-117.4, published as 47.6,-122.3']],
    [
      'another sealing key, which no payload can be opened with',
      { sealingKey: 'cd'.repeat(32) },
      ['its agent has another sealing key than was published'],
    ],
    [
      'a weaker isolation',
      { isolation: 'namespaces' },
      ['programs are kept apart by namespaces, published was bubblewrap'],
    ],
  ])('%s', (_, now, said) => {
    expect(changes(now)).toEqual(said);
  });
});
