import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';

const TEST_TIMEOUT_MS = 240_000;
// What is there is found at once; a machine with two networks on two cores takes its time to the rest.
const EXPECT_TIMEOUT_MS = 60_000;
const ACTION_TIMEOUT_MS = 60_000;
/** Journeys of five minutes begin first: by themselves files begin by name, and a long one at the end keeps one worker waiting for the other. */
const LONGEST = '**/table-i3.spec.ts';
const PROJECTS = [
  { name: 'longest', testMatch: LONGEST },
  { name: 'others', testIgnore: LONGEST },
];
const hasFaults = process.env.FAULTS === '1';
const CORES_A_NETWORK = 2;

/** One network with its four validators, database and portal fills two cores; each worker has one of its own. JOURNEY_WORKERS says otherwise. */
function workersOf(wanted: string | undefined): number {
  if (wanted === undefined) return Math.max(1, Math.floor(availableParallelism() / CORES_A_NETWORK));
  if (!/^[1-9]$/.test(wanted)) throw new Error(`JOURNEY_WORKERS is “${wanted}”: it is a number from 1 to 9.`);
  return Number(wanted);
}

export default defineConfig({
  testDir: 'e2e',
  // The faults of npm run faults take minutes and stand apart.
  testMatch: hasFaults ? '**/*.faults.ts' : '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  ...(hasFaults ? {} : { projects: PROJECTS }),
  workers: workersOf(process.env.JOURNEY_WORKERS),
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: TEST_TIMEOUT_MS,
  expect: { timeout: EXPECT_TIMEOUT_MS },
  use: {
    actionTimeout: ACTION_TIMEOUT_MS,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
