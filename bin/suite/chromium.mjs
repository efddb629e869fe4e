import { spawnSync } from 'node:child_process';
import { isProgram } from '../supervisor/program.mjs';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
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

/** Chromium for the browser tests: CHROMIUM_PATH, a usual place, or, as root on Debian, freshly installed. */
export async function findChromium() {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted)
    return isProgram(wanted)
      ? { path: wanted }
      : { sentence: `CHROMIUM_PATH is ${wanted}, which is no program: correct it.` };
  const found = CANDIDATES.find(isProgram);
  if (found) return { path: found };
  const advice = 'The browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.';
  if (process.getuid?.() !== 0 || !isProgram('/usr/bin/apt-get')) return { sentence: advice };
  console.log('Installing Debian’s chromium (once) …');
  apt('update', '-qq');
  const { status, stderr } = apt('install', '-y', '-qq', '--no-install-recommends', 'chromium');
  if (status === 0 && isProgram(CANDIDATES[0])) return { path: CANDIDATES[0] };
  return { sentence: `${advice} Installing it failed: ${(stderr ?? '').trim().split('\n').slice(-3).join(' ')}` };
}
