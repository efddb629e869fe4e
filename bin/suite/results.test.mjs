import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requirementRows } from '../requirements/rows.mjs';
import { requirementIds } from '../requirements/titles.mjs';
import { root } from '../supervisor/runtime.mjs';
import {
  countsOf,
  partResults,
  playwrightTests,
  resultsFile,
  skippedStage,
  stageTest,
  summaryLines,
  vitestTests,
} from './results.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ip-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function reportOf(report) {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return file;
}

test('a run ends with what failed and why, then with the counts', () => {
  const testResults = [
    {
      name: join(root, 'ledger/a.test.ts'),
      status: 'failed',
      assertionResults: [
        {
          ancestorTitles: ['token'],
          title: 'supply',
          status: 'failed',
          failureMessages: ['Error: 1 is not 2\n  at a.ts'],
        },
        { ancestorTitles: [], title: 'vectors', status: 'passed' },
      ],
    },
  ];
  const rows = vitestTests(reportOf({ testResults }), 1);
  expect(summaryLines([...rows, stageTest('check', 'every gate passes', false)])).toEqual([
    'failed: ledger/a.test.ts: token › supply',
    '  Error: 1 is not 2',
    'failed: check: every gate passes',
    '1 passed, 2 failed',
  ]);
});

const statuses = (tests) => tests.map(({ status }) => status);

test('unit tests keep their whole title and their outcome; a file that does not load is a failure', () => {
  const assertionResults = [
    { ancestorTitles: ['token'], title: 'supply is conserved [8.2.2-a]', status: 'passed', duration: 1.6 },
    { ancestorTitles: [], title: 'vectors', status: 'skipped' },
  ];
  const file = reportOf({
    testResults: [
      { name: join(root, 'ledger/a.test.ts'), status: 'passed', assertionResults },
      { name: join(root, 'ledger/b.test.ts'), status: 'failed', assertionResults: [] },
    ],
  });
  const tests = vitestTests(file, 1);
  expect(tests[0]).toEqual({
    suite: 'vitest',
    file: 'ledger/a.test.ts',
    title: 'token › supply is conserved [8.2.2-a]',
    status: 'passed',
    durationMs: 2,
  });
  expect(statuses(tests)).toEqual(['passed', 'skipped', 'failed']);
});

test('browser tests count once for each project; one that passed only at its second try has failed', () => {
  const spec = (title, status) => ({
    title,
    file: 'journeys/a.spec.ts',
    tests: [{ status, results: [{ duration: 5 }] }],
  });
  const file = reportOf({
    suites: [
      {
        title: 'journeys/a.spec.ts',
        file: 'journeys/a.spec.ts',
        specs: [spec('one [I.2-1]', 'expected')],
        suites: [{ title: 'deep', specs: [spec('two', 'flaky')] }],
      },
    ],
  });
  expect(playwrightTests(file, 0)).toEqual([
    { suite: 'playwright', file: 'e2e/journeys/a.spec.ts', title: 'one [I.2-1]', status: 'passed', durationMs: 5 },
    { suite: 'playwright', file: 'e2e/journeys/a.spec.ts', title: 'deep › two', status: 'failed', durationMs: 5 },
  ]);
});

test('a tool that ends with an error and names no failed test is a failure, also when it left no report', () => {
  expect(statuses(vitestTests(join(folder, 'missing.json'), 1))).toEqual(['failed']);
  expect(statuses(playwrightTests(reportOf({ suites: [] }), 1))).toEqual(['failed']);
  expect(vitestTests(reportOf({ testResults: [] }), 0)).toEqual([]);
});

test('what both parts found is counted together; a part that left nothing has failed', () => {
  const leave = (part, tests) => writeFileSync(resultsFile(part, folder), JSON.stringify({ tests }));
  const both = () => countsOf(['short', 'long'].flatMap((part) => partResults(part, folder)));
  expect(both()).toEqual({ passed: 0, failed: 2, skipped: 0 });
  leave('short', [stageTest('a', 'one', true), stageTest('a', 'two', false)]);
  expect(both()).toEqual({ passed: 1, failed: 2, skipped: 0 });
  leave('long', [stageTest('b', 'three', true), skippedStage('b', 'four')]);
  expect(both()).toEqual({ passed: 2, failed: 1, skipped: 1 });
});

test.each([
  ['cut off at its end [I.2-6]', ['I.2-6']],
  ['both [8.2.2-a, 8.2.2-b] and [I.1-5a]', ['8.2.2-a', '8.2.2-b', 'I.1-5a']],
  ['a list [1, 2] and a range [8.2.2]', []],
])('ids are read from “%s”', (title, ids) => {
  expect(requirementIds(title)).toEqual(ids);
});

test('a requirement is shown by a passing test, failing as soon as one that names it fails, open when none ran', () => {
  const rows = requirementRows(
    ['I.2-1', 'I.2-2', 'I.2-4', 'I.2-5'].map((id) => ({ id })),
    [
      { title: 'a [I.2-1]', status: 'passed' },
      { title: 'b [I.2-1, I.2-2]', status: 'failed' },
      { title: 'c [I.2-4]', status: 'passed' },
      { title: 'd [I.2-5]', status: 'skipped' },
    ],
  );
  expect(rows.map(({ id, state }) => [id, state])).toEqual([
    ['I.2-1', 'failing'],
    ['I.2-2', 'failing'],
    ['I.2-4', 'shown'],
    ['I.2-5', 'open'],
  ]);
});
