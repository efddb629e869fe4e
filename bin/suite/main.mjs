// The suite in three parts. npm test: gates, then unit, property and integration tests, those of the database on another server as well,
// then the browser. npm run test:long: what needs CometBFT or many minutes. npm run test:nightly: properties on cases that no run has seen,
// the journeys once more on CometBFT, those that take longest, and the faults of the ledger.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { generateSources } from '../supervisor/build.mjs';
import { ensurePrograms } from '../supervisor/postgres.mjs';
import { sentenceFor } from '../supervisor/fault.mjs';
import { isProgram } from '../supervisor/program.mjs';
import { COMETBFT_VARIABLES, cometbftEnvironment } from './cometbft.mjs';
import { installPackage } from './debian.mjs';
import { RESULTS, countsOf, resultsFile, stageTest, summaryLines } from './results.mjs';
import {
  runCheck,
  runCometbft,
  runDebianPostgres,
  runFaults,
  runJourneys,
  runLongJourneys,
  runNightlyJourneys,
  runProperties,
  runSlow,
  runVitest,
} from './stages.mjs';

const PARTS = {
  short: [runCheck, runVitest, runDebianPostgres, runJourneys],
  long: [runSlow, runCometbft, runLongJourneys],
  nightly: [runProperties, runNightlyJourneys, runFaults],
};

/** The short part begins a new run; another one adds to the run that is there. */
function prepare(part) {
  if (part === 'short') rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  rmSync(resultsFile(part), { force: true });
}

/** The later parts look for CometBFT, or build it. In the short one its tests skip themselves, also where it is there. */
function setCometbft(part) {
  if (part !== 'short') {
    Object.assign(process.env, cometbftEnvironment());
    return;
  }
  for (const name of COMETBFT_VARIABLES) delete process.env[name];
  console.log('What needs CometBFT or many minutes is left to npm run test:long.');
}

const BUBBLEWRAP = '/usr/bin/bwrap';

/** Programs of others are kept apart by it; without it the tests use namespaces alone. */
function ensureBubblewrap() {
  if (isProgram(BUBBLEWRAP)) return;
  const trouble = installPackage('bubblewrap', BUBBLEWRAP);
  if (trouble !== '')
    console.log(`bubblewrap is not here, and ${trouble}: sandboxes are tested with namespaces alone.`);
}

/** Runs every stage of a part and gives the exit code. The last line counts what passed and what failed. */
export async function main(args) {
  const part = Object.keys(PARTS).find((name) => args.includes(`--${name}`)) ?? 'short';
  const startedAt = new Date().toISOString();
  const tests = [];
  try {
    prepare(part);
    await generateSources();
    ensurePrograms();
    ensureBubblewrap();
    setCometbft(part);
    for (const stage of PARTS[part]) tests.push(...(await stage()));
  } catch (error) {
    console.log(sentenceFor(error));
    tests.push(stageTest('suite', 'the suite runs to its end', false));
  }
  const summary = countsOf(tests);
  writeFileSync(
    resultsFile(part),
    `${JSON.stringify({ startedAt, endedAt: new Date().toISOString(), node: process.versions.node, summary, tests }, null, 1)}\n`,
  );
  if (summary.skipped > 0) console.log(`${summary.skipped} skipped`);
  for (const line of summaryLines(tests)) console.log(line);
  return summary.failed === 0 && summary.passed > 0 ? 0 : 1;
}

// As a child of a bootstrap on an older Node.
if (process.send) process.exit(await main(process.argv.slice(2)));
