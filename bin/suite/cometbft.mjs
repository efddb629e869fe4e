// CometBFT for the tests that need it: the program of this machine, or freshly installed where Go is present.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findCometbft } from '../supervisor/cometbft.mjs';
import { isProgram } from '../supervisor/program.mjs';
import { root } from '../supervisor/runtime.mjs';

const PACKAGE = 'github.com/cometbft/cometbft/cmd/cometbft@v0.40.0';
/** CometBFT's own code as a checker of ours, by the variable that names it to the tests. */
const CHECKERS = {
  COMETBFT_VERIFIER: { folder: 'ledger/vectors/cometbft/verify', name: 'verify-blocks' },
  COMETBFT_PROOFS: { folder: 'ledger/vectors/cometbft/proofs', name: 'verify-proofs' },
};
/** By these the tests learn that CometBFT is there; without them they skip themselves. */
export const COMETBFT_VARIABLES = ['COMETBFT', ...Object.keys(CHECKERS)];
/** The files with tests that need CometBFT. Some of what stands beside these is run a second time: it takes seconds. */
export const COMETBFT_TESTS = [
  'ledger/bin/consortium.test.ts',
  'ledger/engines/cometbft/cometbft-engine.test.ts',
  'ledger/engines/cometbft/faults.test.ts',
  'ledger/engines/cometbft/mixed-releases.test.ts',
  'ledger/engines/cometbft/store-query.test.ts',
  'ledger/engines/cross-engine.test.ts',
];
const INSTALL_TIMEOUT_MS = 10 * 60_000;

function go(args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync('go', args, {
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  return { isDone: status === 0, output: (stdout ?? '').trim(), words: (error?.message ?? stderr ?? '').trim() };
}

function lastWords(words) {
  return words.split('\n').slice(-2).join(' ');
}

/** Needs Go; what cannot be built is said and left out. */
function buildCheckers(tools) {
  const built = Object.entries(CHECKERS).flatMap(([variable, { folder, name }]) => {
    const program = join(tools, name);
    const { isDone, words } = go(['build', '-o', program, '.'], { cwd: join(root, folder) });
    if (isDone) return [[variable, program]];
    console.log(`The checker in ${folder} could not be built, its test is skipped: ${lastWords(words)}`);
    return [];
  });
  return Object.fromEntries(built);
}

/**
 * The environment that tests of CometBFT look for: COMETBFT, and a variable for each checker. Without the program and without Go
 * all are missing, the tests that need them are skipped, and a line says why.
 */
export function cometbftEnvironment() {
  const tools = join(root, 'node_modules/.cache/interpool');
  mkdirSync(tools, { recursive: true });
  const version = go(['version']);
  const own = join(tools, 'cometbft');
  let program = findCometbft() ?? (isProgram(own) ? own : undefined);
  if (!program && !version.isDone) {
    console.log(
      'Tests of CometBFT are skipped: neither it (PATH, COMETBFT) nor Go to install it with is on this machine.',
    );
    return {};
  }
  if (!program) {
    console.log('Installing CometBFT with Go (about a minute, once) …');
    const installed = go(['install', PACKAGE], { env: { ...process.env, GOBIN: tools } });
    if (!installed.isDone) {
      console.log(`Tests of CometBFT are skipped: installing it failed: ${lastWords(installed.words)}`);
      return {};
    }
    program = own;
  }
  return { COMETBFT: program, ...(version.isDone && buildCheckers(tools)) };
}
