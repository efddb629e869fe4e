import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unpackEntries } from '#ledger/contracts/credit/digest.ts';
import { digestFiles, readDigest } from './digest-file.ts';
import { measuredOf, type MeasuredNode } from './measured.ts';

const NETWORK = 'ab'.repeat(32);
const LOOKS = [10_000, 20_000, 30_000, 40_000, 50_000];
const head = { network: NETWORK, epoch: 0, fromMs: 0, toMs: 60_000, watchedAtMs: LOOKS };
const node = (of: Partial<MeasuredNode>): MeasuredNode => ({
  node: 1,
  beats: [],
  statuses: [],
  probes: [],
  blocksProposed: null,
  ...of,
});

test('a node is online at the looks shortly before which it was heard; a heartbeat that is a little late counts [8.5.1-d]', () => {
  const every = LOOKS.map((atMs): [number, number] => [atMs - 1_000, 2]);
  expect(measuredOf(node({ beats: every }), LOOKS)).toMatchObject({ online: 1_000, activity: 2 });
  // 13 s without a word, and then twice at once.
  expect(
    measuredOf(
      node({
        beats: [
          [9_000, 0],
          [22_000, 5],
          [23_000, 1],
          [33_000, 0],
          [44_000, 0],
        ],
      }),
      LOOKS,
    ),
  ).toMatchObject({
    online: 1_000,
    activity: 5,
  });
  // Silent from the third look on.
  expect(measuredOf(node({ beats: every.slice(0, 2) }), LOOKS)).toMatchObject({ online: 600 });
  expect(measuredOf(node({ beats: [] }), LOOKS)).toMatchObject({ online: 0, activity: 0, probesFailed: 0 });
});

test('many heartbeats at once make up for no silence', () => {
  const flood = Array.from({ length: 500 }, (_, index): [number, number] => [9_000 + index, 0]);
  expect(measuredOf(node({ beats: flood }), LOOKS)?.online).toBe(400);
});

test('what nobody could hear is nobody’s fault: looks that were not made do not count, and without any nothing is recorded', () => {
  const beats: [number, number][] = [[9_000, 0]];
  expect(measuredOf(node({ beats }), [10_000])).toMatchObject({ online: 1_000 });
  expect(measuredOf(node({ beats }), [])).toBeUndefined();
});

test('a validator is judged by what the monitor took it for and by the blocks that it proposed', () => {
  const statuses: MeasuredNode['statuses'] = [
    [0, 'up'],
    [25_000, 'suspected'],
    [35_000, 'failed'],
  ];
  const validator = node({ beats: null, statuses, blocksProposed: 7 });
  expect(measuredOf(validator, LOOKS)).toMatchObject({ online: 600, activity: 7 });
  expect(measuredOf(node({ beats: null, statuses: [[0, 'unknown']] }), LOOKS)).toBeUndefined();
});

test('a portal is judged by the monitor’s calls: by what it was taken for, and by how often it answered [8.5.1-d]', () => {
  const statuses: MeasuredNode['statuses'] = [
    [0, 'up'],
    [35_000, 'failed'],
  ];
  const probes = [true, true, true, false].map((isOk, index): [number, boolean] => [index * 5_000, isOk]);
  const portal = node({ beats: null, statuses, probes });
  expect(measuredOf(portal, LOOKS)).toMatchObject({ online: 600, activity: 3, probesFailed: 250 });
  expect(measuredOf(node({ beats: null, statuses, probes: [] }), LOOKS)).toMatchObject({ activity: 0 });
  const [text = ''] = digestFiles(head, [portal]);
  const read = readDigest(text);
  expect(read.ok ? read.value.measured : []).toMatchObject([{ node: 1n, activity: 3 }]);
});

test('failed probes count per mille of those that were made', () => {
  const probes: MeasuredNode['probes'] = [
    [1, true],
    [2, false],
    [3, false],
  ];
  expect(measuredOf(node({ probes }), LOOKS)?.probesFailed).toBe(666);
});

test('any nodes come into files of at most 256 in order, each read back to the entries that the contract takes [8.5.1-d]', () => {
  const nodes = fc.uniqueArray(fc.integer({ min: 1, max: 2_000 }), { maxLength: 600 });
  fc.assert(
    fc.property(nodes, (ids) => {
      const files = digestFiles(
        head,
        ids.map((id) => node({ node: id })),
      );
      const read = files.map((text) => readDigest(text));
      const entries = read.flatMap((digest) => (digest.ok ? [unpackEntries(digest.value.entries)] : [undefined]));
      expect(entries.flat().map((entry) => Number(entry?.node))).toEqual(ids.toSorted((one, other) => one - other));
      expect(entries.every((entry) => entry !== undefined && entry.length <= 256)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('a byte changed in any line makes another root, and a file that is none is refused in a sentence', () => {
  const [text = ''] = digestFiles(head, [node({ node: 3, beats: [[9_000, 4]] }), node({ node: 4 })]);
  const whole = readDigest(text);
  const changed = readDigest(text.replace('9000', '9001'));
  expect(whole.ok && changed.ok && Buffer.compare(whole.value.root, changed.value.root)).not.toBe(0);
  const refused = (file: string): string => {
    const digest = readDigest(file);
    return digest.ok ? 'taken' : digest.sentence;
  };
  expect(refused(text.slice(0, -1))).toContain('whole line');
  expect(refused('')).toContain('no digest');
  expect(refused('{}\n')).toContain('no digest');
  expect(refused('\u{0}\n')).toContain('no digest');
  const [first, third, fourth] = text.split('\n');
  expect(refused(`${first}\n`)).toContain('1 to 256 nodes');
  expect(refused(`${first}\n${fourth}\n${third}\n`)).toContain('in order');
  expect(refused(`${first}\n${third}\n${third}\n`)).toContain('in order');
  expect(refused(`${first}\n${third?.replace('9000', '-1')}\n`)).toContain('no digest');
  expect(refused(`${first}\n${third?.replace('9000', '1e400')}\n`)).toContain('no digest');
});
