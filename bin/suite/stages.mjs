import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPortal } from '../supervisor/build.mjs';
import { sentenceFor } from '../supervisor/fault.mjs';
import { nodePath, root } from '../supervisor/runtime.mjs';
import { findChromium } from './chromium.mjs';
import { COMETBFT_TESTS } from './cometbft.mjs';
import { DATABASE_TESTS, findServer } from './debian-postgres.mjs';
import { faultLayers } from './fault-layers.mjs';
import { RESULTS, playwrightTests, skippedStage, stageTest, vitestTests } from './results.mjs';

const MINUTE_MS = 60_000;
const PROPERTY_FOLDERS = ['agent', 'components', 'ledger', 'lib'];
const SEED_END = 1_000_000_000;
/** What hangs ends; twice of what a stage takes on two cores, at least. */
const STAGE_MINUTES_MAX = {
  check: 10,
  vitest: 20,
  slow: 10,
  postgresql: 10,
  playwright: 60,
  properties: 10,
  cometbft: 25,
  faults: 20,
};

function runStage(name, args, env = {}) {
  console.log(`\n── ${name} ──`);
  const startedMs = Date.now();
  return new Promise((resolve) => {
    const child = spawn(nodePath(), args, {
      cwd: root,
      env: { ...process.env, ...env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: STAGE_MINUTES_MAX[name] * MINUTE_MS,
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    const end = (code) => {
      console.log(`${name} took ${Math.round((Date.now() - startedMs) / 1000)} s`);
      resolve(code);
    };
    child.on('error', () => end(1));
    child.on('close', (code) => end(code ?? 1));
  });
}

async function vitest(name, files, env) {
  const report = join(RESULTS, `${name}.json`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...files, '--reporter=default', '--reporter=json'];
  const code = await runStage(name, [...args, `--outputFile.json=${report}`], env);
  return vitestTests(report, code);
}

export async function runCheck() {
  const code = await runStage('check', ['bin/check.mjs']);
  return [stageTest('check', 'every gate passes', code === 0)];
}

/** Tests that run a hundred thousand programs, try every method with hostile arguments, start whole validators or play seeds of them, compile the project with a thing added to it, or open key files under every derivation: run in the long part. */
export const SLOW_TESTS = [
  'agent/tasks/many-subtasks.test.ts',
  'bin/adding.test.mjs',
  'components/wallet/keystore.test.ts',
  'ledger/abci/hostile-arguments.test.ts',
  'ledger/bin/founding.test.ts',
  'ledger/bin/node.test.ts',
  'ledger/engines/embedded/comeback.test.ts',
  'ledger/engines/embedded/credit-leave.test.ts',
  'ledger/engines/embedded/rebuild.test.ts',
  'ledger/engines/embedded/contract-version.test.ts',
  'ledger/engines/embedded/embedded-engine.test.ts',
  'ledger/engines/embedded/snapshot-join.test.ts',
  'ledger/engines/embedded/troubles.test.ts',
  'ledger/engines/embedded/validator-change.test.ts',
  'ledger/sim/run.test.ts',
  'lib/monitor/takeover.test.ts',
  'lib/projector/takeover.test.ts',
];

export function runVitest() {
  return vitest(
    'vitest',
    SLOW_TESTS.map((file) => `--exclude=${file}`),
  );
}

export function runSlow() {
  return vitest('slow', SLOW_TESTS);
}

/** The database tests once more, on the system's own server: the packaged one is another major version. */
export async function runDebianPostgres() {
  const server = findServer();
  if (!server.programs) {
    console.log(`\n── postgresql ──\nSkipped. ${server.sentence}`);
    return [skippedStage('postgresql', 'the database tests pass on the system’s server')];
  }
  const tests = await vitest('postgresql', DATABASE_TESTS, { TEST_POSTGRES_BIN: server.programs });
  return tests.map((test) => ({ ...test, suite: `postgresql-${server.major}` }));
}

/** The files with properties, by what they import. */
export function propertyTests() {
  const files = PROPERTY_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const isTest = (name) => /\.test\.tsx?$/.test(name);
  return files.filter((name) => isTest(name) && readFileSync(join(root, name), 'utf8').includes("from 'fast-check'"));
}

/** The properties once more, on cases that no run has seen: npm test draws the same ones each time, so that a change is judged by itself. */
export function runProperties() {
  const seed = process.env.TEST_SEED ?? String(Date.now() % SEED_END);
  console.log(`\nThe properties draw from the seed ${seed}; TEST_SEED=${seed} repeats them.`);
  return vitest('properties', propertyTests(), { TEST_SEED: seed });
}

/** The tests that need CometBFT; where it cannot be had, a line has said so already. */
export function runCometbft() {
  if (!process.env.COMETBFT) return [skippedStage('cometbft', 'the tests of CometBFT pass')];
  return vitest('cometbft', COMETBFT_TESTS, {});
}

async function playwright(name, files, env) {
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
  const report = join(RESULTS, `playwright-${name}.json`);
  const args = ['node_modules/@playwright/test/cli.js', 'test', ...files, '--reporter=list,json'];
  const place = { CHROMIUM_PATH: chromium.path, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  return playwrightTests(report, await runStage('playwright', args, { ...env, ...place }));
}

/** Journeys that take minutes, and those of a single trouble of the browser: walked in the long part. */
const LONG_JOURNEYS = [
  'accessibility',
  'admission',
  'consortium',
  'edge-computing',
  'hostile-browser',
  'identity',
  'monitoring',
  'people-in-tabs',
  'readme',
  'table-i3',
];
/** Whole stories whose requirements other tests show as well, and nodes that are silent, killed, full or many for minutes: walked each night. */
const NIGHTLY_JOURNEYS = [
  'allocation',
  'brokers',
  'channel',
  'crash',
  'drill',
  'identity-session',
  'many-nodes',
  'proximity-sample',
  'redundancy',
  'repair',
  'reported-node',
  'rewards',
  'states',
  'storage-end',
  'vouchers',
];
/** What is decided in the browser or before any route is the same on every engine: walked once, in the short part. */
const ENGINE_FREE = [
  'accessibility',
  'catalogue',
  'clocks',
  'first-minute',
  'hostile-bytes',
  'hostile-browser',
  'money',
  'people-in-tabs',
  'public-files',
  'publish-presets',
  'sample-people',
  'translator',
  'two-tabs',
  'wallets',
];
/** What programs and agents do with an order whose life another journey has walked on every engine. */
const AFTER_THE_ORDER = ['computing', 'programs'];
/** What kills processes: on CometBFT the faults do, of every process. */
const STRUCK_BY_FAULTS = ['crash'];
/** It is on CometBFT in the long part, and begins with the very story of the second. */
const CONSORTIUM = ['consortium', 'network-data'];

/** Most journeys wait for a page, a silence or an end: two beside one another need hardly longer than one. */
const TWO_BESIDE = { JOURNEY_WORKERS: '2' };

const patternOf = (journey) => `journeys/${journey}\\.spec`;

/** Patterns of the journeys whose file is not one of these. */
function journeysBut(left) {
  const names = readdirSync(join(root, 'e2e/journeys')).flatMap((file) => /^(.*)\.spec\.ts$/.exec(file)?.[1] ?? []);
  const unknown = left.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`No journey is called so: ${unknown.join(', ')}.`);
  return names.filter((name) => !left.includes(name)).map(patternOf);
}

/** The journeys of the short part, on the embedded engine. */
export function runJourneys() {
  return playwright('embedded', journeysBut([...LONG_JOURNEYS, ...NIGHTLY_JOURNEYS]), {
    LEDGER_ENGINE: 'embedded',
    ...TWO_BESIDE,
  });
}

/** Those that take minutes, on the embedded engine too; the consortium’s brings its CometBFT nodes itself, where they can be had. */
export function runLongJourneys() {
  return playwright('long', LONG_JOURNEYS.map(patternOf), { LEDGER_ENGINE: 'embedded', ...TWO_BESIDE });
}

/** Every journey that an engine could change, on CometBFT; what of the night’s is left then, on the embedded engine. */
export async function runNightlyJourneys() {
  const left = [...ENGINE_FREE, ...AFTER_THE_ORDER, ...STRUCK_BY_FAULTS, ...CONSORTIUM];
  const hasCometbft = process.env.COMETBFT !== undefined;
  const onCometbft = hasCometbft
    ? await playwright('cometbft', journeysBut(left), { LEDGER_ENGINE: 'cometbft', ...TWO_BESIDE })
    : [skippedStage('browser', 'the journeys pass on CometBFT')];
  const embedded = NIGHTLY_JOURNEYS.filter((name) => !hasCometbft || left.includes(name)).map(patternOf);
  const onEmbedded = await playwright('nightly', embedded, { LEDGER_ENGINE: 'embedded', ...TWO_BESIDE });
  return [...onCometbft.map((test) => ({ ...test, suite: 'playwright-cometbft' })), ...onEmbedded];
}

/** npm run faults, a layer at a time. */
export async function runFaults() {
  const tests = [];
  for (const { layer, missing } of faultLayers()) {
    const title = `the faults of the layer “${layer}” are survived`;
    if (missing === undefined) {
      const code = await runStage('faults', ['bin/faults.mjs', layer]);
      tests.push(stageTest('faults', title, code === 0));
      continue;
    }
    console.log(`\n── faults ──\nLeft out: the layer “${layer}”, because ${missing}.`);
    tests.push(skippedStage('faults', title));
  }
  return tests;
}
