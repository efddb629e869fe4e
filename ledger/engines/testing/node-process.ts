import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LedgerClient } from '#ledger/client/ledger-client.ts';

const START_TIMEOUT_MS = 60_000;
const NODE = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));

export interface NodeProcess {
  readonly client: LedgerClient;
  readonly pid: number;
  /** Where other clients find it. */
  readonly socket: string;
  /** Where it tells its figures, if it does. */
  readonly metrics: string | undefined;
  /** SIGKILL: nothing is flushed, nothing is told. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function collect(child: ChildProcess): { out: () => string; err: () => string } {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { out: () => out, err: () => err };
}

/** Runs a command of ledger/bin to its end. */
export async function runCommand(name: string, ...args: string[]): Promise<Finished> {
  const child = spawn(NODE, [join(BIN, name), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { out, err } = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: out(), stderr: err() };
}

/** Starts the real ledger process on a home folder and waits until it says that it is ready. */
export async function startNodeProcess(home: string, env: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
  const child = spawn(NODE, [join(BIN, 'node.ts'), '--home', home], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const { out, err } = collect(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The ledger process was not ready in time. ${err()}`)),
      START_TIMEOUT_MS,
    );
    const settle = (settled: () => void): void => {
      clearTimeout(timer);
      settled();
    };
    child.stdout.on('data', () => {
      if (out().includes('"ready":true')) settle(resolve);
    });
    child.on('exit', (code) => settle(() => reject(new Error(`The ledger process ended with ${code}: ${err()}`))));
  });
  const socket = join(home, 'ledger.sock');
  const client = await LedgerClient.connect(socket);
  return {
    client,
    pid: child.pid!,
    socket,
    metrics: /"metrics":"([^"]+)"/.exec(out())?.[1],
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      await client.close();
    },
    stop: async () => {
      await client.close();
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}
