import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from '../supervisor/runtime.mjs';

/** One row of the result: {suite, file, title, status: 'passed' | 'failed' | 'skipped', durationMs, error: first line, of a failure}. */
export function stageTest(suite, title, isPassed) {
  return { suite, file: suite, title, status: isPassed ? 'passed' : 'failed', durationMs: 0 };
}

/** What could not be tried on this machine. */
export function skippedStage(suite, title) {
  return { ...stageTest(suite, title, true), status: 'skipped' };
}

export function countsOf(tests) {
  const count = (status) => tests.filter((test) => test.status === status).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** What a run ends with: for each test that failed a line and, where it is known, the first line of its error; then the counts. */
export function summaryLines(tests) {
  const { passed, failed } = countsOf(tests);
  const failures = tests.filter(({ status }) => status === 'failed');
  const linesOf = ({ file, title, error }) => [`failed: ${file}: ${title}`, ...(error ? [`  ${error}`] : [])];
  return [...failures.flatMap(linesOf), `${passed} passed, ${failed} failed`];
}

export const RESULTS = join(root, 'test-results');

/** Where a part of the suite, 'short', 'long' or 'nightly', leaves what it found. */
export function resultsFile(part, folder = RESULTS) {
  return join(folder, part === 'short' ? 'results.json' : `${part}.json`);
}

/** What a part found; one failure where it left nothing. */
export function partResults(part, folder = RESULTS) {
  const tests = readReport(resultsFile(part, folder))?.tests;
  return tests ?? [stageTest('suite', `the ${part} part leaves its results`, false)];
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A tool that ends with an error although none of its tests failed has found something else: that counts as a failure. */
function withToolFailure(tests, suite, code) {
  if (code === 0 || tests.some(({ status }) => status === 'failed')) return tests;
  return [...tests, stageTest(suite, `${suite} ends without an error (it ended with ${code})`, false)];
}

const firstLine = (message) => stripVTControlCharacters(message ?? '').split('\n')[0] || undefined;

const vitestStatus = { passed: 'passed', failed: 'failed' };

export function vitestTests(file, code) {
  const report = readReport(file);
  const tests = (report?.testResults ?? []).flatMap(({ name, status, assertionResults }) => {
    const path = relative(root, name);
    const rows = assertionResults.map((test) => ({
      suite: 'vitest',
      file: path,
      title: [...test.ancestorTitles, test.title].join(' › '),
      status: vitestStatus[test.status] ?? 'skipped',
      durationMs: Math.round(test.duration ?? 0),
      error: firstLine(test.failureMessages?.[0]),
    }));
    // A file that does not load has no tests to fail.
    const isSilentFailure = status === 'failed' && !rows.some((row) => row.status === 'failed');
    return isSilentFailure
      ? [...rows, { ...stageTest('vitest', 'the file loads and cleans up', false), file: path }]
      : rows;
  });
  return withToolFailure(tests, 'vitest', code);
}

const playwrightStatus = { expected: 'passed', flaky: 'failed', unexpected: 'failed', skipped: 'skipped' };

function specsOf(suite, path = []) {
  const titles = suite.file === suite.title ? path : [...path, suite.title];
  const own = (suite.specs ?? []).map((spec) => ({ spec, titles }));
  return [...own, ...(suite.suites ?? []).flatMap((child) => specsOf(child, titles))];
}

export function playwrightTests(file, code) {
  const report = readReport(file);
  const specs = (report?.suites ?? []).flatMap((suite) => specsOf(suite));
  const tests = specs.flatMap(({ spec, titles }) =>
    spec.tests.map((test) => ({
      suite: 'playwright',
      file: `e2e/${spec.file}`,
      title: [...titles, spec.title].join(' › '),
      status: playwrightStatus[test.status] ?? 'failed',
      durationMs: test.results.reduce((sum, { duration }) => sum + duration, 0),
      error: firstLine(test.results.find(({ error }) => error)?.error.message),
    })),
  );
  return withToolFailure(tests, 'playwright', code);
}
