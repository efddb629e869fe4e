import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Walks docs/operate/consortium.md: the commands of the document, run as they stand there, on "machines" that are folders. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DOCUMENT = join(ROOT, 'docs/operate/consortium.md');
const NODE_HOME = '/var/lib/interpool/node';
const WORDS_KEPT = 8_000;

/** The blocks of the document that have a name, in their order. */
export function stepsOf(document = readFileSync(DOCUMENT, 'utf8')): ReadonlyMap<string, string> {
  const blocks = document.matchAll(/^```sh step=([a-z]+)\n(.*?)^```$/gms);
  return new Map([...blocks].map(([, name = '', text = '']) => [name, text]));
}

export interface Machine {
  /** From 1, as in the document. */
  readonly number: number;
  /** What the document calls /var/lib/interpool/node. */
  readonly home: string;
  /** What the document calls ~. */
  readonly user: string;
  /** Beyond the document: what several nodes on one machine need. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Running {
  readonly child: ChildProcess;
  /** What it printed last, both streams. */
  words(): string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function makeMachine(folder: string, number: number, ports: { p2p: number; rpc: number }): Machine {
  const user = join(folder, `user-${number}`);
  mkdirSync(user, { recursive: true });
  const environment = {
    COMETBFT_P2P_LISTEN: `127.0.0.1:${ports.p2p}`,
    COMETBFT_RPC_LISTEN: `127.0.0.1:${ports.rpc}`,
    COMETBFT_RPC: `http://127.0.0.1:${ports.rpc}`,
    COMETBFT_SHARES_ADDRESS: '1',
  };
  return { number, home: join(folder, `node-${number}`), user, environment };
}

function start(machine: Machine, step: string, extra: Readonly<Record<string, string>>): ChildProcess {
  const text = stepsOf().get(step);
  if (text === undefined) throw new Error(`The document has no step ${step}.`);
  const cometbft = process.env.COMETBFT ?? 'cometbft';
  const lines = text.trim().replaceAll(NODE_HOME, machine.home).split('\n');
  const [, assignments = '', command = ''] = /^((?:[A-Z_]+=\S+ )*)(.*)$/.exec(lines.at(-1) ?? '') ?? [];
  // The machine's own addresses stand after the document's file, which says others; `exec`, so that a signal reaches the program.
  const own = Object.entries({ ...machine.environment, ...extra }).map(([name, value]) => `${name}='${value}'`);
  const words = /^(node_modules\/\.bin\/node|cometbft) /.test(command) ? `exec ${command}` : command;
  const script = ['set -eu', ...lines.slice(0, -1), `export ${assignments}${own.join(' ')}`, words].join('\n');
  const { NODE_COMPILE_CACHE } = process.env;
  const compiled = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
  const PATH = `${join(ROOT, 'node_modules/.bin')}:${dirname(cometbft)}:${process.env.PATH ?? ''}`;
  return spawn('bash', ['-c', script], {
    cwd: ROOT,
    env: { NODE_ENV: 'production', PATH, HOME: machine.user, LANG: 'C.UTF-8', ...compiled },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function collected(child: ChildProcess): { out: () => string; err: () => string } {
  const text = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (text.out = (text.out + chunk.toString()).slice(-WORDS_KEPT)));
  child.stderr?.on('data', (chunk: Buffer) => (text.err = (text.err + chunk.toString()).slice(-WORDS_KEPT)));
  return { out: () => text.out, err: () => text.err };
}

/** Runs a step of the document on a machine to its end. */
export async function run(
  machine: Machine,
  step: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = start(machine, step, extra);
  const { out, err } = collected(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: out(), stderr: err() };
}

/** Starts a step of the document that goes on. */
export function launch(machine: Machine, step: string, extra: Readonly<Record<string, string>> = {}): Running {
  const child = start(machine, step, extra);
  const { out, err } = collected(child);
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null);
  return {
    child,
    words: () => out() + err(),
    ended,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}
