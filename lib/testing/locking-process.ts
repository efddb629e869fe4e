import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** At any free port, which the process says. */
const METRICS = { INTERPOOL_METRICS_LISTEN: '127.0.0.1:0' };

/** Where a process said that it tells its figures. */
export async function metricsOf(running: LockingProcess): Promise<string> {
  return (JSON.parse(await running.said(/^\{"metrics"/)) as { metrics: string }).metrics;
}

/** A real process of ours that follows something and holds a lock. */
export interface LockingProcess {
  readonly pid: number;
  /** Resolves with the first line of its output, past or future, that `matches`; rejects when it ends without one. */
  said(matches: RegExp): Promise<string>;
  /** How often it has said such a line. */
  count(matches: RegExp): number;
  signal(name: NodeJS.Signals): void;
  /** Sends the signal and waits for the end; the exit code. */
  end(name: NodeJS.Signals): Promise<number | null>;
}

/** `program`: folder of another version of the whole program. */
export function startProjector(options: {
  home: string;
  databaseUrl: string;
  args?: string[];
  program?: string;
}): LockingProcess {
  const { home, databaseUrl, args = [], program = root } = options;
  const env = { INTERPOOL_HOME: home, DATABASE_URL_PROJECTOR: databaseUrl, ...METRICS };
  return start(['lib/projector/main.ts', ...args], { program, env });
}

/** The real monitor, which may call what is on this machine. */
export function startMonitor({ home, databaseUrl }: { home: string; databaseUrl: string }): LockingProcess {
  const env = { INTERPOOL_HOME: home, DATABASE_URL_MONITOR: databaseUrl, INTERPOOL_PRIVATE_TARGETS: '1', ...METRICS };
  return start(['lib/monitor/main.ts'], { program: root, env });
}

function start(
  args: readonly string[],
  { program, env }: { program: string; env: Readonly<Record<string, string>> },
): LockingProcess {
  const child = spawn(process.execPath, ['--conditions=react-server', ...args], {
    cwd: program,
    env: { ...process.env, LEDGER_SOCKET: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const hear = (): void => {
    for (const each of waiting) each();
  };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      hear();
    });
  }
  const ended = once(child, 'close') as Promise<[number | null]>;
  let isOver = false;
  void ended.then(() => {
    isOver = true;
    hear();
  });
  const endWithThisProcess = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithThisProcess);
  return {
    pid: child.pid ?? 0,
    count: (matches) => lines.filter((line) => matches.test(line)).length,
    said: (matches) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const line = lines.find((each) => matches.test(each));
          if (line === undefined && !isOver) return;
          waiting.delete(look);
          if (line !== undefined) resolve(line);
          else reject(new Error(`the process ended without ${String(matches)}: ${lines.join('\n')}`));
        };
        waiting.add(look);
        look();
      }),
    signal: (name) => void child.kill(name),
    end: async (name) => {
      process.removeListener('exit', endWithThisProcess);
      if (!isOver) child.kill(name);
      return (await ended)[0];
    },
  };
}
