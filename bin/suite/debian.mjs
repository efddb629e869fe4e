import { spawnSync } from 'node:child_process';
import { isProgram } from '../supervisor/program.mjs';

const APT_TIMEOUT_MS = 10 * 60_000;

function apt(...args) {
  const options = {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: APT_TIMEOUT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  return spawnSync('apt-get', args, options);
}

/** Installs a package of Debian where that can be done, as root; '' when its program is there afterwards, else why it is not. */
export function installPackage(name, program) {
  if (process.getuid?.() !== 0 || !isProgram('/usr/bin/apt-get')) return 'it can be installed by root on Debian only';
  console.log(`Installing Debian’s ${name} (once) …`);
  apt('update', '-qq');
  const { status, stderr } = apt('install', '-y', '-qq', '--no-install-recommends', name);
  if (status === 0 && isProgram(program)) return '';
  return `installing it failed: ${(stderr ?? '').trim().split('\n').slice(-3).join(' ')}`;
}
