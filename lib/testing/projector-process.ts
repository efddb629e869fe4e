import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The real projector in a process of its own. */
export interface ProjectorProcess {
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
}): ProjectorProcess {
  const { home, databaseUrl, args = [], program = root } = options;
  const child = spawn(process.execPath, ['--conditions=react-server', 'lib/projector/main.ts', ...args], {
    cwd: program,
    env: { ...process.env, INTERPOOL_HOME: home, LEDGER_SOCKET: undefined, DATABASE_URL_PROJECTOR: databaseUrl },
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
          else reject(new Error(`the projector ended without ${String(matches)}: ${lines.join('\n')}`));
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
