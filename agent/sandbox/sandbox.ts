import { spawn, type ChildProcess } from 'node:child_process';
import type { Algorithm } from './algorithm.ts';
import { encodeFrame, FrameReader, type Frame } from './frames.ts';
import { ENVIRONMENT, niced, type Isolation } from './isolation.ts';
import { readAnswer, type FromHost, type ToHost } from './messages.ts';

const PAGE_BYTES = 64 * 1024;
/** Larger modules are compiled as they run: compiling Go's 2.5 MB ahead takes seconds. */
const COMPILED_AHEAD_BYTES_MAX = 512 * 1024;
const READY_MS_MAX = 20_000;
/** A program may wait for a processor as long as it computes, and this much longer. */
const WAIT_MS = 1_000;
/** Times its processor time that a run may take in all; one that stands behind everything else on the host gets more. */
const PATIENCE = 2;
const PATIENCE_NICED = 4;
const STDERR_BYTES_MAX = 64 * 1024;
const HEAD_BYTES_MAX = 64 * 1024;
const TROUBLE_CHARS_MAX = 500;

/** One run of a program: what it is given, and how much of everything it may use. */
export interface Run {
  readonly input: Uint8Array;
  /** Its arguments; the first is the program's name. */
  readonly args: readonly string[];
  /** Four words that decide what the program takes for chance. */
  readonly seed: readonly number[];
  readonly cpuMsMax: number;
  readonly outputBytesMax: number;
}

/** How a run ended. `sentence` says why, for the person whose program it is; '' for a program that exited with 0. */
export interface RunResult {
  readonly outcome: 'done' | 'failed' | 'timed-out' | 'flooded' | 'crashed';
  /** Null unless the program itself exited. */
  readonly exitCode: number | null;
  readonly sentence: string;
  /** The sandbox's own processor time, to the microsecond; the whole time that passed when it had to be killed. */
  readonly cpuMs: number;
  readonly output: Uint8Array;
  /** The first 64 KiB of what it wrote to its error stream. */
  readonly errors: Uint8Array;
}

export type Started =
  { readonly ok: true } | { readonly ok: false; readonly isRefused: boolean; readonly sentence: string };

const NOTHING = new Uint8Array();

type Waiting = { readonly resolve: (frame: Frame) => void; readonly reject: (error: Error) => void };

/** The process ended or broke the rules of its messages. */
class HostGone extends Error {}

/**
 * A process that runs one algorithm, afresh for each input, one after the other. A run that does not end in its time takes the process with
 * it; the next run begins a new one. Nothing that comes out of it is believed beyond its bounds.
 */
export class Sandbox {
  readonly #algorithm: Algorithm;
  readonly #isolation: Isolation;
  readonly #host: string;
  readonly #memoryPagesMax: number;
  /** 0 to 19: how far it stands behind other processes of the host. */
  readonly niceness: number;
  #child: ChildProcess | undefined;
  #waiting: Waiting | undefined;
  #trouble = '';
  #isClosed = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    algorithm: Algorithm,
    of: {
      readonly isolation: Isolation;
      readonly host: string;
      readonly memoryBytes: number;
      readonly niceness?: number;
    },
  ) {
    this.#algorithm = algorithm;
    this.#isolation = of.isolation;
    this.#host = of.host;
    this.niceness = of.niceness ?? 0;
    this.#memoryPagesMax = Math.floor(of.memoryBytes / PAGE_BYTES);
  }

  /**
   * Starts the process and compiles the module; a sentence when that fails: `isRefused` where it is the engine that refuses the module,
   * which it does everywhere. Repeating it changes nothing.
   */
  async start(outputBytesMax: number): Promise<Started> {
    if (this.#child !== undefined) return { ok: true };
    this.#spawn(outputBytesMax);
    try {
      const { head } = await this.#ask({ kind: 'module' }, this.#algorithm.module, READY_MS_MAX);
      const answer = readAnswer(head);
      if (answer?.kind === 'ready') return { ok: true };
      this.#kill();
      const isRefused = answer?.kind === 'refused';
      const reason = isRefused ? answer.reason : 'it answered something else';
      return { ok: false, isRefused, sentence: `The module cannot be loaded: ${reason}` };
    } catch (error) {
      this.#kill();
      return { ok: false, isRefused: false, sentence: `The module cannot be loaded: ${this.#why(error)}` };
    }
  }

  /** Runs once; runs that are asked for meanwhile wait for it. Throws only when the sandbox is closed. */
  run(run: Run): Promise<RunResult> {
    const result = this.#queue.then(() => this.#runNow(run));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Id of the process group that the program runs in; undefined while there is none. */
  get group(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends the process, whatever it does. */
  close(): void {
    this.#isClosed = true;
    this.#kill();
  }

  async #runNow(run: Run): Promise<RunResult> {
    if (this.#isClosed) throw new Error('the sandbox is closed');
    const started = await this.start(run.outputBytesMax);
    if (this.#isClosed) throw new Error('the sandbox is closed');
    if (!started.ok)
      return {
        outcome: 'crashed',
        exitCode: null,
        sentence: started.sentence,
        cpuMs: 0,
        output: NOTHING,
        errors: NOTHING,
      };
    const message: ToHost = {
      kind: 'run',
      args: run.args,
      seed: run.seed,
      stdoutBytesMax: run.outputBytesMax,
      stderrBytesMax: STDERR_BYTES_MAX,
    };
    const begunAt = performance.now();
    try {
      const patience = this.niceness > 0 ? PATIENCE_NICED : PATIENCE;
      const { head, bytes } = await this.#ask(message, run.input, patience * run.cpuMsMax + WAIT_MS);
      return resultOf(readAnswer(head), bytes, run);
    } catch (error) {
      const isClosed = this.#isClosed;
      this.#kill();
      if (isClosed) throw new Error('the sandbox is closed', { cause: error });
      const passedMs = Math.ceil(performance.now() - begunAt);
      const isLate = error instanceof TooLate;
      return {
        outcome: isLate ? 'timed-out' : 'crashed',
        exitCode: null,
        sentence: isLate ? tooLong(run) : `The program was ended by its limits: ${this.#why(error)}`,
        cpuMs: Math.min(passedMs, run.cpuMsMax),
        output: NOTHING,
        errors: NOTHING,
      };
    }
  }

  #spawn(outputBytesMax: number): void {
    const command = this.#isolation.command({
      host: this.#host,
      memoryPagesMax: this.#memoryPagesMax,
      isCompiledAhead: this.#algorithm.module.length <= COMPILED_AHEAD_BYTES_MAX,
    });
    const [program = '', ...args] = niced(command, this.niceness);
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: ENVIRONMENT, detached: true });
    const reader = new FrameReader(outputBytesMax + STDERR_BYTES_MAX + HEAD_BYTES_MAX);
    this.#child = child;
    this.#trouble = '';
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => {
      this.#trouble = (this.#trouble + chunk.toString('utf8')).slice(0, TROUBLE_CHARS_MAX);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) this.#answer(frame);
      } catch (error) {
        this.#fail(child, new HostGone(String(error)));
      }
    });
    child.once('error', (error) => this.#fail(child, new HostGone(error.message)));
    child.once('close', (code, signal) => this.#fail(child, new HostGone(`it ended with ${signal ?? code}`)));
  }

  #answer(frame: Frame): void {
    const waiting = this.#waiting;
    if (waiting === undefined) throw new Error('it spoke without being asked');
    this.#waiting = undefined;
    waiting.resolve(frame);
  }

  #fail(child: ChildProcess, error: HostGone): void {
    if (this.#child !== child) return;
    const waiting = this.#waiting;
    this.#kill();
    waiting?.reject(error);
  }

  #ask(message: ToHost, bytes: Uint8Array, msMax: number): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting = undefined;
        reject(new TooLate());
      }, msMax);
      this.#waiting = {
        resolve: (frame) => {
          clearTimeout(late);
          resolve(frame);
        },
        reject: (error) => {
          clearTimeout(late);
          reject(error);
        },
      };
      this.#child?.stdin?.write(encodeFrame(message, bytes));
    });
  }

  #why(error: unknown): string {
    const own = error instanceof Error ? error.message : String(error);
    return isOutOfMemory(this.#trouble) ? 'it needed more memory than it may have' : own;
  }

  /** The whole group: what stands between the agent and the program must not outlive it. */
  #kill(): void {
    const child = this.#child;
    const waiting = this.#waiting;
    this.#child = undefined;
    this.#waiting = undefined;
    if (child?.pid !== undefined) {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    }
    waiting?.reject(new HostGone('it was ended'));
  }
}

class TooLate extends Error {}

function isOutOfMemory(trouble: string): boolean {
  return /out of memory|Allocation failed|heap limit/i.test(trouble);
}

function tooLong({ cpuMsMax }: Run): string {
  return `The program did not end within ${cpuMsMax} ms of processor time.`;
}

function resultOf(head: FromHost | undefined, bytes: Uint8Array, run: Run): RunResult {
  if (head?.kind !== 'ran') throw new HostGone('it answered something else');
  const { outcome, exitCode, reason, cpuMs, stdoutBytes } = head;
  const output = new Uint8Array(bytes.subarray(0, Math.min(stdoutBytes, run.outputBytesMax)));
  const errors = new Uint8Array(bytes.subarray(stdoutBytes, stdoutBytes + STDERR_BYTES_MAX));
  const common = { exitCode, cpuMs, output, errors };
  if (outcome === 'flooded')
    return {
      ...common,
      outcome,
      sentence: `The program wrote more than the ${run.outputBytesMax} bytes of output that were agreed.`,
    };
  if (cpuMs > run.cpuMsMax) return { ...common, outcome: 'timed-out', sentence: tooLong(run) };
  if (outcome === 'trapped')
    return { ...common, outcome: 'failed', sentence: `The program stopped on a fault: ${reason}` };
  if (exitCode !== 0) return { ...common, outcome: 'failed', sentence: `The program exited with ${exitCode}.` };
  return { ...common, outcome: 'done', sentence: '' };
}
