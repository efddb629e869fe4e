// Where the project stands and which Node runs it. No package may be imported here: this runs before any is installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The Node 24 that comes as a package; before it is installed, the one that runs this. */
export function nodePath() {
  const packaged = join(root, 'node_modules/.bin/node');
  return existsSync(packaged) ? packaged : process.execPath;
}

/** True, after saying so, when the packages are not there. */
export function sayMissingPackages() {
  if (existsSync(join(root, 'node_modules/.bin/node'))) return false;
  console.error('The packages are not installed: run npm ci, or npm start, which does it.');
  return true;
}
