// What runs, by id: written down so that a start after a kill -9 finds and ends what the last one left.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const TERM_WAIT_MS = 15_000;
const KILL_WAIT_MS = 5_000;
const POLL_MS = 50;

/** When the process began, in kernel ticks: a pid that was given to another program later does not match. Undefined: gone, or no /proc. */
export function startTicks(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** True while the very process that was recorded still runs. */
export function isAlive({ pid, ticks }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  const now = startTicks(pid);
  // Without /proc nothing tells two processes of one id apart; then only a lock says who runs.
  return ticks === undefined ? now === undefined : now === ticks;
}

function pidFile(home, name) {
  return join(home, 'pids', `${name}.pid`);
}

/** `<pid> <start ticks>`: the first word is the process id. */
export function recordProcess(home, name, pid) {
  mkdirSync(join(home, 'pids'), { recursive: true, mode: 0o700 });
  writeFileSync(pidFile(home, name), `${pid} ${startTicks(pid) ?? ''}\n`);
}

export function forgetProcess(home, name) {
  rmSync(pidFile(home, name), { force: true });
}

/** Reads `<pid> <start ticks>`; undefined for anything else. */
export function parseProcess(text) {
  const match = /^(\d{1,10})(?: (\d+))?\s*$/.exec(text);
  return match ? { pid: Number(match[1]), ticks: match[2] } : undefined;
}

function recordedProcesses(home) {
  let names;
  try {
    names = readdirSync(join(home, 'pids'));
  } catch {
    return [];
  }
  return names
    .map((file) => ({ file, found: parseProcess(readFileSync(join(home, 'pids', file), 'utf8')) }))
    .filter(({ found }) => found?.ticks !== undefined && isAlive(found))
    .map(({ file, found }) => ({ name: file.replace(/\.pid$/, ''), ...found }));
}

async function gone(processes, waitMs) {
  const untilMs = Date.now() + waitMs;
  while (Date.now() < untilMs) {
    if (!processes.some(isAlive)) return true;
    await delay(POLL_MS);
  }
  return !processes.some(isAlive);
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}

/** Ends what an earlier supervisor left running on this folder, and only that. Gives the names. */
export async function endLeftovers(home) {
  const left = recordedProcesses(home);
  for (const { pid, name } of left) signal(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  if (!(await gone(left, TERM_WAIT_MS))) {
    for (const { pid } of left.filter(isAlive)) signal(pid, 'SIGKILL');
    await gone(left, KILL_WAIT_MS);
  }
  rmSync(join(home, 'pids'), { recursive: true, force: true });
  return left.map(({ name }) => name);
}
