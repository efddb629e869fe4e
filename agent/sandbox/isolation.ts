import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** How strictly programs of other people are kept apart from this machine, the strictest first. */
export const ISOLATIONS = ['bubblewrap', 'namespaces'] as const;
export type IsolationName = (typeof ISOLATIONS)[number];

export interface Isolation {
  readonly name: IsolationName;
  /** The command line that starts the host program in the sandbox. */
  command(of: HostOptions): readonly string[];
}

export interface HostOptions {
  /** Where the host program is installed (host-program.ts): all that it may read. */
  readonly host: string;
  /** Pages of 64 KiB that a module's memory may have. */
  readonly memoryPagesMax: number;
  /** A small module is compiled whole by the optimising compiler before it runs; of a large one that takes seconds. */
  readonly isCompiledAhead: boolean;
}

const LIBRARY_FOLDERS = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local/lib', '/nix'];
const PROGRAMS = {
  bubblewrap: '/usr/bin/bwrap',
  limits: '/usr/bin/prlimit',
  namespaces: '/usr/bin/unshare',
  parentDeath: '/usr/bin/setpriv',
  niced: '/usr/bin/nice',
} as const;
/** V8 reserves addresses without using them, so data is bounded, not addresses; below 1 GiB it does not start. */
const DATA_BYTES_MIN = 1024 ** 3;
const PAGE_BYTES = 64 * 1024;
const TRY_MS_MAX = 20_000;
/** All that a process in a sandbox finds in its environment. */
export const ENVIRONMENT = { NODE_ENV: 'production' } as const;

/** The same command behind other processes of the host: everything that it starts inherits that, and nothing in the sandbox can undo it. */
export function niced(command: readonly string[], niceness: number): readonly string[] {
  return niceness === 0 ? command : [PROGRAMS.niced, '-n', String(niceness), ...command];
}

/** Limits of the kernel on the whole process: no file is written, none dumped, few are open. */
function limited(memoryPagesMax: number): string[] {
  const dataBytes = DATA_BYTES_MIN + 2 * memoryPagesMax * PAGE_BYTES;
  return [PROGRAMS.limits, `--data=${dataBytes}`, '--nofile=64', '--fsize=0', '--core=0', '--'];
}

/** Node itself: what it may read, no add-ons, no other process or thread, a bound on every module's memory. */
function program({ host, memoryPagesMax, isCompiledAhead }: HostOptions): string[] {
  return [
    realpathSync(process.execPath),
    '--permission',
    `--allow-fs-read=${host}/*`,
    '--no-addons',
    '--no-warnings',
    `--wasm-max-mem-pages=${memoryPagesMax}`,
    ...(isCompiledAhead ? ['--no-liftoff', '--no-wasm-lazy-compilation'] : []),
    join(host, 'host.js'),
  ];
}

function bound(path: string): string[] {
  return ['--ro-bind', path, path];
}

const bubblewrap: Isolation = {
  name: 'bubblewrap',
  command: (options) => [
    PROGRAMS.bubblewrap,
    ...['--unshare-all', '--clearenv', '--cap-drop', 'ALL', '--die-with-parent', '--new-session'],
    ...['--hostname', 'sandbox', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--chdir', '/'],
    ...LIBRARY_FOLDERS.filter((path) => existsSync(path)).flatMap(bound),
    ...bound(PROGRAMS.limits),
    ...bound(realpathSync(process.execPath)),
    ...bound(options.host),
    '--',
    ...limited(options.memoryPagesMax),
    ...program(options),
  ],
};

/** Without bubblewrap: the same namespaces, the machine's files behind Node's permissions alone. */
const namespaces: Isolation = {
  name: 'namespaces',
  command: (options) => [
    // As bubblewrap does by itself: what runs must not outlive an agent that was killed.
    ...[PROGRAMS.parentDeath, '--pdeathsig', 'KILL', PROGRAMS.namespaces],
    ...['--user', '--map-root-user', '--net', '--ipc', '--uts', '--pid', '--fork', '--kill-child', '--'],
    ...limited(options.memoryPagesMax),
    ...program(options),
  ],
};

const KNOWN: Readonly<Record<IsolationName, Isolation>> = { bubblewrap, namespaces };

/** The strictest isolation that works on this machine, tried by starting it once; or why there is none, in a sentence for the provider. */
export function findIsolation(
  host: string,
  names: readonly IsolationName[] = ISOLATIONS,
): { readonly ok: true; readonly value: Isolation } | { readonly ok: false; readonly sentence: string } {
  if (!existsSync(PROGRAMS.limits))
    return { ok: false, sentence: `Programs cannot be run here: ${PROGRAMS.limits} is missing (Debian: util-linux).` };
  const troubles: string[] = [];
  for (const name of names) {
    const trouble = troubleOf(KNOWN[name], host);
    if (trouble === null) return { ok: true, value: KNOWN[name] };
    troubles.push(`${name}: ${trouble}`);
  }
  return {
    ok: false,
    sentence: `Programs of other people cannot be kept apart on this machine, so none are run (${troubles.join('; ')}). Install bubblewrap and allow user namespaces.`,
  };
}

/** Starts the host with nothing to do: it ends by itself at the end of its input. */
function troubleOf(isolation: Isolation, host: string): string | null {
  const [program = '', ...args] = isolation.command({ host, memoryPagesMax: 16, isCompiledAhead: false });
  if (!existsSync(program)) return `${program} is missing`;
  try {
    execFileSync(program, args, {
      input: '',
      timeout: TRY_MS_MAX,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: ENVIRONMENT,
    });
    return null;
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString('utf8').trim() ?? '';
    return (said === '' ? String(error) : said).replaceAll(/\s+/g, ' ').slice(0, 200);
  }
}
