import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Fault } from './fault.mjs';
import { endLeftovers, isAlive, parseProcess, startTicks } from './processes.mjs';
import { requireFreeBytes } from './disk.mjs';
import { root } from './runtime.mjs';

const HOME_BYTES_MIN = 512 * 1024 ** 2;
/** sun_path of a Unix socket holds 108 bytes with its end. */
const SOCKET_PATH_BYTES_MAX = 107;
const ANSWER_WAIT_MS = 5 * 60_000;

/** The data folder, absolute: INTERPOOL_HOME, else .interpool in the project. */
export function homePath() {
  return resolve(root, process.env.INTERPOOL_HOME || '.interpool');
}

/** Makes the data folder, or says why it cannot be used. */
export function openHome(home) {
  const socketBytes = Buffer.byteLength(join(home, 'ledger.sock'));
  if (socketBytes > SOCKET_PATH_BYTES_MAX) {
    throw new Fault(`The path ${home} is too long for a socket: choose a shorter folder with INTERPOOL_HOME.`);
  }
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error.code === 'ENOTDIR' || error.code === 'EEXIST')
      throw new Fault(`${home} is a file, not a folder: choose another with INTERPOOL_HOME.`);
    if (error.code === 'ENOSPC') throw error;
    throw new Fault(
      `The data folder ${home} cannot be written by this user: change its owner, or choose another with INTERPOOL_HOME.`,
    );
  }
  // PostgreSQL never runs as root: as root it gets a user of its own, who has to pass through this folder and can list nothing.
  chmodSync(home, process.getuid?.() === 0 ? 0o711 : 0o700);
  requireFreeBytes(home, HOME_BYTES_MIN, 'the ledger and the database');
}

/** Takes the folder for this process. One at a time: two ledgers on one folder would destroy it. */
export function lockHome(home) {
  const path = join(home, 'supervisor.lock');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(path, `${process.pid} ${startTicks(process.pid) ?? ''}\n`, { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = parseProcess(readFileSync(path, 'utf8'));
      if (holder && isAlive(holder)) {
        throw new Fault(
          `Interpool already runs on ${home} (process ${holder.pid}): stop it, or choose another folder with INTERPOOL_HOME.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  throw new Fault(`The folder ${home} is being taken by another start: try again.`);
}

/** Asks on the terminal, or takes a line from standard input; only “yes” is yes. */
async function isSure(question) {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (
      (await lines.question(question, { signal: AbortSignal.timeout(ANSWER_WAIT_MS) })).trim().toLowerCase() === 'yes'
    );
  } catch {
    return false;
  } finally {
    lines.close();
  }
}

const OURS =
  /^(genesis\.json|genesis-spec\.json|anchor\.json|secrets\.json|sample-people\.json|seeded\.json|seed-progress\.json|proximity-people\.json|proximity-seeded\.json|validator-\d+|node-\d+|ledger\.sock|agent(-[2-9])?|maintainer|keeper|portal-keeper|identity|logs|pids|lock|supervisor\.lock|(operator-)?postgres(\.new|\.password)?)$/;

/** Deletes ledger, database and keys after a yes; never a folder that is not ours, never a file that is not ours. */
export async function startOver(home, { isConfirmed }) {
  if (!existsSync(home)) return;
  const holder = parseProcess(readIfThere(join(home, 'supervisor.lock')));
  if (holder && isAlive(holder)) throw new Fault(`Interpool runs on ${home} (process ${holder.pid}): stop it first.`);
  const names = readdirSync(home);
  if (names.length > 0 && !names.includes('genesis.json') && !names.includes('secrets.json')) {
    throw new Fault(`${home} does not look like a data folder of Interpool: nothing was deleted.`);
  }
  const question = `This deletes the ledger, the database and all keys in ${home}. Type yes to go on: `;
  if (!isConfirmed && !(await isSure(question))) throw new Fault('Nothing was deleted.');
  await endLeftovers(home);
  for (const database of [join(home, 'postgres'), join(home, 'operator-postgres')])
    if (existsSync(database)) rmSync(realpathSync(database), { recursive: true, force: true });
  for (const name of names) if (OURS.test(name)) rmSync(join(home, name), { recursive: true, force: true });
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
