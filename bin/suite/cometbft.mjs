// CometBFT for the tests that need it: the program of this machine, or freshly installed where Go is present.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findCometbft } from '../supervisor/cometbft.mjs';
import { isProgram } from '../supervisor/program.mjs';
import { root } from '../supervisor/runtime.mjs';

const PACKAGE = 'github.com/cometbft/cometbft/cmd/cometbft@v0.40.0';
const VERIFIER = 'ledger/vectors/cometbft/verify';
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

/** CometBFT's own code as a checker of the embedded engine's blocks; needs Go. */
function buildVerifier(tools) {
  const program = join(tools, 'verify-blocks');
  const built = go(['build', '-o', program, '.'], { cwd: join(root, VERIFIER) });
  if (built.isDone) return program;
  console.log(
    `The checker of blocks in ${VERIFIER} could not be built, its test is skipped: ${lastWords(built.words)}`,
  );
  return undefined;
}

/**
 * The environment that tests of CometBFT look for: COMETBFT, and COMETBFT_VERIFIER for the checker. Without the program and without Go
 * both are missing, the tests that need them are skipped, and a line says why.
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
  const verifier = version.isDone ? buildVerifier(tools) : undefined;
  return { COMETBFT: program, ...(verifier && { COMETBFT_VERIFIER: verifier }) };
}
