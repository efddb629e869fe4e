import { isProgram } from '../supervisor/program.mjs';
import { installPackage } from './debian.mjs';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
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
  const trouble = installPackage('chromium', CANDIDATES[0]);
  return trouble === '' ? { path: CANDIDATES[0] } : { sentence: `${advice} Here ${trouble}.` };
}
