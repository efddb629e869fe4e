// The whole suite in order: gates, then unit, property and integration tests, those of the database on another server as well, then the browser.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSources, buildPortal } from '../supervisor/build.mjs';
import { ensurePrograms } from '../supervisor/postgres.mjs';
import { sentenceFor } from '../supervisor/fault.mjs';
import { nodePath, root } from '../supervisor/runtime.mjs';
import { findChromium } from './chromium.mjs';
import { cometbftEnvironment } from './cometbft.mjs';
import { DATABASE_TESTS, findServer } from './debian-postgres.mjs';
import { playwrightTests, stageTest, vitestTests } from './results.mjs';

const RESULTS = join(root, 'test-results');
const STAGE_TIMEOUT_MS = { check: 10 * 60_000, vitest: 20 * 60_000, postgresql: 10 * 60_000, playwright: 25 * 60_000 };

function runStage(name, args, env = {}) {
  console.log(`\n── ${name} ──`);
  return new Promise((resolve) => {
    const child = spawn(nodePath(), args, {
      cwd: root,
      env: { ...process.env, ...env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: STAGE_TIMEOUT_MS[name],
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function runCheck() {
  const code = await runStage('check', ['bin/check.mjs']);
  return [stageTest('check', 'every gate passes', code === 0)];
}

async function runVitest() {
  const file = join(RESULTS, 'vitest.json');
  const code = await runStage('vitest', [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  return vitestTests(file, code);
}

/** The database tests once more, on the system's own server: the packaged one is another major version. */
async function runDebianPostgres() {
  const server = findServer();
  if (!server.programs) {
    console.log(`\n── postgresql ──\nSkipped. ${server.sentence}`);
    return [{ ...stageTest('postgresql', 'the database tests pass on the system’s server', true), status: 'skipped' }];
  }
  const file = join(RESULTS, 'postgresql.json');
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...DATABASE_TESTS, '--reporter=default', '--reporter=json'];
  const env = { TEST_POSTGRES_BIN: server.programs };
  const code = await runStage('postgresql', [...args, `--outputFile.json=${file}`], env);
  return vitestTests(file, code).map((test) => ({ ...test, suite: `postgresql-${server.major}` }));
}

async function runPlaywright() {
  if (!existsSync(join(root, 'e2e'))) return [];
  console.log('\n── browser ──');
  const chromium = await findChromium();
  if (!chromium.path) {
    console.log(chromium.sentence);
    return [stageTest('browser', 'a browser is there to test with', false)];
  }
  try {
    await buildPortal({ onStart: () => console.log('Building the portal …') });
  } catch (error) {
    console.log(sentenceFor(error));
    return [stageTest('browser', 'the portal builds', false)];
  }
  const file = join(RESULTS, 'playwright.json');
  const env = { CHROMIUM_PATH: chromium.path, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const code = await runStage(
    'playwright',
    ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
    env,
  );
  return playwrightTests(file, code);
}

/** Runs every stage and gives the exit code. The last line counts what passed and what failed. */
export async function main() {
  const startedAt = new Date().toISOString();
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  const tests = [];
  try {
    await generateSources();
    ensurePrograms();
    Object.assign(process.env, cometbftEnvironment());
    for (const stage of [runCheck, runVitest, runDebianPostgres, runPlaywright]) tests.push(...(await stage()));
  } catch (error) {
    console.log(sentenceFor(error));
    tests.push(stageTest('suite', 'the suite runs to its end', false));
  }
  const count = (status) => tests.filter((test) => test.status === status).length;
  const summary = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  writeFileSync(
    join(RESULTS, 'results.json'),
    `${JSON.stringify({ startedAt, endedAt: new Date().toISOString(), node: process.versions.node, summary, tests }, null, 1)}\n`,
  );
  for (const { file, title } of tests.filter(({ status }) => status === 'failed'))
    console.log(`failed: ${file}: ${title}`);
  if (summary.skipped > 0) console.log(`${summary.skipped} skipped`);
  console.log(`${summary.passed} passed, ${summary.failed} failed`);
  return summary.failed === 0 && summary.passed > 0 ? 0 : 1;
}

// As a child of a bootstrap on an older Node.
if (process.send) process.exit(await main());
