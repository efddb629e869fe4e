import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Between the end of a process and its next start: what a service manager would wait. */
const RESTART_MS = 150;
/** What a process has to end by itself in, once the one that it is bound to has ended. */
const STOP_MS = 10_000;
const WORDS_KEPT = 6_000;
const SETPRIV = '/usr/bin/setpriv';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The kernel ends the child with this process, also when this one is killed. */
function leashed({ program, args }: Command): { program: string; args: readonly string[] } {
  return existsSync(SETPRIV)
    ? { program: SETPRIV, args: ['--pdeathsig', 'KILL', program, ...args] }
    : { program, args };
}

/** A real process that a service manager keeps: whatever ends it, it is started again until it is no longer wanted. */
export class KeptProcess {
  readonly #command: Command;
  readonly #bound: KeptProcess[] = [];
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  #isWanted = false;
  #words = '';
  #starts = 0;

  constructor(command: Command) {
    this.#command = command;
  }

  /** Undefined while it is away; `setpriv` becomes the program that it starts. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get starts(): number {
    return this.#starts;
  }

  /** What it printed last, over all its lives. */
  get words(): string {
    return this.#words;
  }

  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#spawn();
  }

  /** SIGKILL, SIGSTOP, SIGCONT; nothing when it is just away. */
  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Ends it for good by SIGKILL; resolves when it is gone. */
  async end(): Promise<void> {
    this.#isWanted = false;
    this.signal('SIGKILL');
    await this.#gone;
  }

  /** As a unit that is bound to another one: CometBFT ends with its application, and has been seen to hang while it does. */
  bindTo(other: KeptProcess): void {
    other.#bound.push(this);
  }

  #endSoon(): void {
    const child = this.#child;
    const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_MS).unref();
    child?.once('close', () => clearTimeout(timer));
  }

  #spawn(): void {
    const { program, args } = leashed(this.#command);
    const env = { ...process.env, ...this.#command.env };
    const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#starts += 1;
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#words = (this.#words + chunk.toString()).slice(-WORDS_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => keep(Buffer.from(`${error.message}\n`)));
    this.#gone = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        keep(Buffer.from(`[ended by ${signal ?? code}]\n`));
        this.#child = undefined;
        resolve();
        for (const each of this.#bound) each.#endSoon();
        void this.#again();
      });
    });
  }

  async #again(): Promise<void> {
    await delay(RESTART_MS);
    if (this.#isWanted && this.#child === undefined) this.#spawn();
  }
}
