// Where the project stands and which Node runs it. No package may be imported here: this runs before any is installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Fault } from './fault.mjs';

const NODE_MAJOR = 24;
const BOOTSTRAP_NODE_MAJOR_MIN = 20;

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const packagedNode = join(root, 'node_modules/.bin/node');
/** Where Node keeps what it compiled: a program that is started again, after a crash for one, is there in half the processor time. */
const COMPILE_CACHE = join(root, 'node_modules/.cache/interpool/compiled');

/** The Node 24 that comes as a package; before it is installed, the one that runs this. */
export function nodePath() {
  return existsSync(packagedNode) ? packagedNode : process.execPath;
}

/** True, after saying so, when the packages are not there. */
export function sayMissingPackages() {
  if (existsSync(packagedNode)) return false;
  process.stderr.write('The packages are not installed: run npm ci, or npm start, which does it.\n');
  return true;
}

/** Throws the sentence for a Node that cannot even bring the packages. */
export function requireBootstrapNode() {
  if (Number(process.versions.node.split('.')[0]) >= BOOTSTRAP_NODE_MAJOR_MIN) return;
  throw new Fault(
    `This is Node ${process.versions.node}; Interpool starts on Node ${BOOTSTRAP_NODE_MAJOR_MIN} or newer: install it (Debian: apt-get install nodejs npm) and start again.`,
  );
}

/**
 * Runs a module of this project on Node 24 and gives its exit code: in this process when it already is that Node. Otherwise
 * a child that hears of this process's death by its closed channel, and gets the signals that this process gets.
 */
export async function runOnPackagedNode(module, args) {
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) {
    const { main } = await import(pathToFileURL(join(root, module)).href);
    return main(args);
  }
  const child = spawn(nodePath(), [join(root, module), ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // A terminal sends its interrupt to both; the child decides what it means.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
