// npm run requirements: each requirement of the standard, the tests that name it, and whether they passed in the last run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirementRows } from './requirements/rows.mjs';
import { root } from './supervisor/runtime.mjs';

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch {
    return undefined;
  }
}

function show(rows, run) {
  console.log(`ITU-T Y.2345: ${rows.length} requirements, after the test run of ${run.endedAt}\n`);
  for (const { id, level, state, isClaimed, text, tests } of rows) {
    console.log(`${state.padEnd(8)} ${isClaimed ? '*' : ' '} ${id.padEnd(8)} ${level}  ${text.slice(0, 96)}`);
    for (const { file, title, status } of tests)
      console.log(`             ${status === 'passed' ? '✓' : status === 'failed' ? '✗' : '–'} ${file}: ${title}`);
  }
  const count = (state) => rows.filter((row) => row.state === state).length;
  console.log(
    `\n${count('shown')} shown, ${count('failing')} failing, ${count('open')} open; * claimed: ${rows.filter(({ isClaimed }) => isClaimed).length}`,
  );
}

const table = readJson('docs/requirements.json');
const run = readJson('test-results/results.json');
// Of the other parts where they were run.
const others = ['long', 'nightly'].flatMap((part) => readJson(`test-results/${part}.json`)?.tests ?? []);
if (!table || !run) {
  console.error(
    table ? 'There is no test run to read: run npm test first.' : 'docs/requirements.json is missing or damaged.',
  );
  process.exitCode = 1;
} else {
  const rows = requirementRows(table.requirements, [...run.tests, ...others]);
  if (process.argv.includes('--json'))
    console.log(
      JSON.stringify({ run: { startedAt: run.startedAt, endedAt: run.endedAt }, requirements: rows }, null, 1),
    );
  else show(rows, run);
  const broken = rows.filter(({ isClaimed, state }) => isClaimed && state !== 'shown');
  for (const { id, state } of broken)
    console.error(
      `${id} is claimed, but ${state === 'failing' ? 'a test that names it fails' : 'no test that names it has passed'}.`,
    );
  if (broken.length > 0) process.exitCode = 1;
}
