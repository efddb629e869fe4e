import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';
import { requireFreeBytes } from './disk.mjs';
import { requireBootstrapNode, root } from './runtime.mjs';

const INSTALL_TIMEOUT_MS = 20 * 60_000;
const INSTALL_BYTES_MIN = 2 * 1024 ** 3;
const PULSE_MS = 10_000;

/** True when what stands in node_modules is what the lockfile names. Packages of other platforms may be missing. */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.bin/node'))) return false;
  const installed = readPackages('node_modules/.package-lock.json');
  const locked = readPackages('package-lock.json');
  if (!installed || !locked) return false;
  return Object.entries(locked).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function runNpm(args) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_TIMEOUT_MS });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) =>
      reject(
        error.code === 'ENOENT'
          ? new Fault('npm is missing: install it (Debian: apt-get install npm) and start again.')
          : error,
      ),
    );
    child.on('close', (code) => resolve({ code, output }));
  });
}

function whyNpmFailed(output) {
  if (/ENOSPC/.test(output)) return 'The disk is full: free some space and start again.';
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET/.test(output))
    return 'The packages could not be fetched because the package registry cannot be reached: check the network and start again.';
  const words = output
    .split('\n')
    .filter((line) => line.includes('npm error'))
    .slice(0, 8)
    .join('\n');
  return `The packages could not be installed. npm says:\n${words || output.slice(-2000)}`;
}

/** Installs what the lockfile names when it is not there. Says what it does; a package that is there costs nothing. */
export async function ensurePackages() {
  requireBootstrapNode();
  if (isInstalled()) return;
  try {
    accessSync(root, constants.W_OK);
  } catch {
    throw new Fault(
      `The packages cannot be installed: this user may not write in ${root}. Change its owner, or clone the project elsewhere.`,
    );
  }
  requireFreeBytes(root, INSTALL_BYTES_MIN, 'the packages');
  const startedMs = Date.now();
  const seconds = () => Math.round((Date.now() - startedMs) / 1000);
  process.stdout.write('Installing packages (about a minute, once) …\n');
  const pulse = setInterval(() => process.stdout.write(`  still installing, ${seconds()} s\n`), PULSE_MS);
  try {
    const isBare = !existsSync(join(root, 'node_modules/.package-lock.json'));
    let { code, output } = await runNpm([isBare ? 'ci' : 'install', '--no-audit', '--no-fund']);
    // A registry that keeps only this platform's packages makes npm ci call the lockfile incomplete; npm install does not.
    if (code !== 0 && /can only install packages when/.test(output))
      ({ code, output } = await runNpm(['install', '--no-save', '--no-audit', '--no-fund']));
    if (code !== 0) throw new Fault(whyNpmFailed(output));
  } finally {
    clearInterval(pulse);
  }
  process.stdout.write(`Packages installed in ${seconds()} s.\n`);
}
