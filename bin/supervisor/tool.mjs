import { spawn } from 'node:child_process';
import { Fault } from './fault.mjs';
import { nodePath, root } from './runtime.mjs';

const OUTPUT_CHARS_MAX = 20_000;
const LINES_SHOWN = 15;
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TERM',
  'NO_COLOR',
  'CI',
  'NODE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
];

/** What a child gets of this process's environment: enough to run, none of the secrets. */
export function plainEnvironment() {
  const present = PASSED_ON.filter((name) => process.env[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, process.env[name]]));
}

/** The sentence for a program whose shared library is not there; undefined when that is not what it says. */
export function missingLibrary(output) {
  const match =
    /error while loading shared libraries: ([^\s:]+)/.exec(output) ??
    /([\w.+-]+\.so[.\d]*): cannot open shared object file/.exec(output);
  return match
    ? new Fault(
        `The system library ${match[1]} is missing: install it (Debian: apt-get install ${debianPackage(match[1])}) and start again.`,
      )
    : undefined;
}

function debianPackage(library) {
  const known = {
    'libstdc++.so.6': 'libstdc++6',
    'libatomic.so.1': 'libatomic1',
    'libgomp.so.1': 'libgomp1',
    'libgcc_s.so.1': 'libgcc-s1',
  };
  return known[library] ?? library.replace(/\.so\.?/, '').toLowerCase();
}

/**
 * Runs one of the project's programs to its end on Node 24. Its output is kept for the sentence when it fails.
 * @param {string[]} args
 * @param {{what: string, timeoutMs: number, env?: object, signal?: AbortSignal}} options
 */
export function runTool(args, { what, timeoutMs, env = {}, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(nodePath(), args, {
      cwd: root,
      env: { ...plainEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      signal,
      // Out of the terminal's reach: an interrupt is for the supervisor, which passes it on.
      detached: true,
    });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-OUTPUT_CHARS_MAX));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      if (code === 0) return resolve(output);
      const lines = output.trim().split('\n').slice(-LINES_SHOWN).join('\n');
      const how = killedBy ? `did not end within ${timeoutMs / 1000} s` : 'failed';
      if (/ENOSPC|No space left on device/.test(output))
        return reject(Object.assign(new Error(output), { code: 'ENOSPC' }));
      reject(missingLibrary(output) ?? new Fault(`${what} ${how}. Its last words:\n${lines}`));
    });
  });
}
