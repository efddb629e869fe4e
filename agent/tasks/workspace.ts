import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkAlgorithm, type Checked } from '#agent/sandbox/algorithm.ts';
import type { RunResult, Sandbox } from '#agent/sandbox/sandbox.ts';
import type { SandboxPool } from './sandbox-pool.ts';
import { digestOf, type AskedTask } from './tes.ts';
import { TaskStore, type StoredAlgorithm } from './task-store.ts';

const MIB = 1024 ** 2;
const ALGORITHMS_MAX = 32;
const OPEN_TASKS_MAX = 1_000;
/** Algorithms, inputs and outputs of one order together. */
const STORED_BYTES_MAX = 1024 * MIB;
const OUTPUT_BYTES_MAX = 16 * MIB;
const ERRORS_CHARS_MAX = 4_096;
/** What every run takes for chance: the same input gives the same output. */
export const RUN_SEED = [1, 2, 3, 4] as const;
export const REFUSED_SENTENCE = 'The network’s node providers voted that nobody runs this program; send another one.';

/** What runs may use, counted by whoever gave the order. */
export interface Budget {
  /** What is left of a meter; 0 when the time is over, Infinity where nothing limits it. */
  left(meter: string): number;
  /** Durable when it returns. */
  spend(used: Readonly<Record<string, number>>): void;
}

export interface WorkspaceParts {
  /** The order's own folder; made when it is not there. */
  readonly folder: string;
  /** Of the order: closed with the workspace. */
  readonly pool: SandboxPool;
  /** Of each run. */
  readonly memoryBytes: number;
  /** Of each run, processor time. */
  readonly runMsMax: number;
  readonly budget: Budget;
  /** True for an algorithm (SHA-256, hex) that the network voted to refuse. */
  isRefused(algorithm: string): boolean;
  readonly nowMs: () => number;
  /** Told how long each run had waited for its start. */
  onStarted(waitedMs: number): void;
  log(sentence: string): void;
}

/** Why something cannot be done, for whoever asked. */
export class WorkspaceRefusal extends Error {
  readonly status: 400 | 403 | 404 | 409 | 413 | 422;

  constructor(status: WorkspaceRefusal['status'], sentence: string) {
    super(sentence);
    this.status = status;
  }
}

interface Wanted {
  readonly digest: string;
  readonly args: readonly string[];
  readonly input: Uint8Array;
}

/** The algorithms and tasks of one order, run in its sandboxes. */
export class Workspace {
  readonly #parts: WorkspaceParts;
  readonly #store: TaskStore;
  /** Sandboxes by the digest of their algorithm. */
  readonly #pool: SandboxPool;
  readonly #canceled = new Set<number>();
  #isClosed = false;

  constructor(parts: WorkspaceParts) {
    this.#parts = parts;
    this.#pool = parts.pool;
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
    this.#store = new TaskStore(join(parts.folder, 'tasks.sqlite'));
    for (const task of this.#store.queued) this.#begin(task);
  }

  get store(): TaskStore {
    return this.#store;
  }

  /** Ends everything that runs and closes the file. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pool.close();
    this.#store.close();
  }

  /** Ends what runs of an algorithm that the network has refused. */
  stopRefused(): void {
    for (const { digest } of this.#store.algorithms) if (this.#parts.isRefused(digest)) this.#pool.forget(digest);
  }

  /** Looks at a module, starts it once, and keeps it: a module that cannot be loaded is refused here and not at its first task. */
  async addAlgorithm(bytes: Uint8Array): Promise<StoredAlgorithm> {
    const checked = this.#check(bytes);
    if (!checked.ok) throw new WorkspaceRefusal(422, checked.sentence);
    const { digest } = checked.value;
    if (this.#parts.isRefused(digest)) throw new WorkspaceRefusal(403, REFUSED_SENTENCE);
    const known = this.#store.algorithms;
    if (!known.some((algorithm) => algorithm.digest === digest)) {
      if (known.length >= ALGORITHMS_MAX)
        throw new WorkspaceRefusal(409, `There are ${ALGORITHMS_MAX} algorithms already: delete one.`);
      this.#checkRoom(bytes.length);
      const sandbox = this.#pool.add(digest, checked.value, this.#parts.memoryBytes);
      const loaded = await sandbox.start(OUTPUT_BYTES_MAX);
      if (!loaded.ok) {
        this.#pool.forget(digest);
        throw new WorkspaceRefusal(422, loaded.sentence);
      }
      if (!this.#isClosed) this.#store.keepAlgorithm(digest, bytes, this.#parts.nowMs());
      this.#pool.putBack(digest, sandbox);
    }
    const kept = this.#store.algorithms.find((algorithm) => algorithm.digest === digest);
    if (kept === undefined) throw new WorkspaceRefusal(409, 'The order has ended.');
    return kept;
  }

  dropAlgorithm(digest: string): void {
    if (!this.#store.dropAlgorithm(digest)) throw unknownAlgorithm(digest);
    this.#pool.forget(digest);
  }

  /** Runs once, now or when a slot is free, and waits for it. */
  async invoke(wanted: Wanted): Promise<RunResult> {
    if (!this.#store.hasAlgorithm(wanted.digest)) throw unknownAlgorithm(wanted.digest);
    return this.#run(wanted, () => false);
  }

  /** Puts a task into the queue; its id. */
  addTask(asked: AskedTask, inputs: readonly Uint8Array[]): number {
    const unknown = asked.executors
      .map(({ image }) => digestOf(image))
      .find((digest) => !this.#store.hasAlgorithm(digest));
    if (unknown !== undefined) throw unknownAlgorithm(unknown);
    if (this.#store.openTasks >= OPEN_TASKS_MAX)
      throw new WorkspaceRefusal(409, `${OPEN_TASKS_MAX} tasks wait or run already: wait for one to end.`);
    this.#checkRoom(inputs.reduce((sum, input) => sum + input.length, 0));
    const id = this.#store.addTask(JSON.stringify(asked), inputs, this.#parts.nowMs());
    this.#begin(id);
    return id;
  }

  /** A task that is over stays as it is. */
  cancel(id: number): void {
    const task = this.#store.task(id);
    if (task === undefined) throw unknownTask(id);
    if (task.state !== 'QUEUED' && task.state !== 'RUNNING') return;
    this.#canceled.add(id);
    this.#store.setState(id, 'CANCELED', { sentence: 'It was canceled.', atMs: this.#parts.nowMs() });
  }

  #check(bytes: Uint8Array): Checked {
    return checkAlgorithm(bytes, { memoryBytes: this.#parts.memoryBytes });
  }

  #checkRoom(bytes: number): void {
    if (this.#store.bytes + bytes > STORED_BYTES_MAX)
      throw new WorkspaceRefusal(
        413,
        `Algorithms, inputs and results of an order take at most ${STORED_BYTES_MAX} bytes together.`,
      );
  }

  #begin(task: number): void {
    this.#work(task).catch((error: unknown) => {
      if (this.#isClosed) return;
      this.#parts.log(`A task failed: ${String(error)}`);
      const sentence = 'The provider’s machine failed; nothing more of it is run.';
      this.#store.setState(task, 'SYSTEM_ERROR', { sentence, atMs: this.#parts.nowMs() });
    });
  }

  /** Executors one after the other, as TES wants it; the first that fails ends the task. */
  async #work(id: number): Promise<void> {
    const stored = this.#store.task(id);
    if (stored === undefined) return;
    const { executors } = JSON.parse(stored.asked) as AskedTask;
    for (const run of this.#store.runs(id)) {
      if (run.endedMs !== null) continue;
      const { image = '', command = [] } = executors[run.position] ?? {};
      const result = await this.#run(
        { digest: digestOf(image), args: command, input: this.#store.input(id, run.position) },
        () => this.#canceled.has(id),
        () => {
          this.#store.setState(id, 'RUNNING', { atMs: this.#parts.nowMs() });
          this.#store.beginRun(id, run.position, this.#parts.nowMs());
        },
      );
      if (this.#isClosed || this.#canceled.has(id)) return;
      const endedMs = this.#parts.nowMs();
      const errors = Buffer.from(result.errors).toString('utf8').slice(0, ERRORS_CHARS_MAX);
      const { outcome, sentence, exitCode, cpuMs } = result;
      this.#store.endRun(
        id,
        { position: run.position, outcome, sentence, exitCode, cpuMs, endedMs, errors },
        result.output,
      );
      if (outcome !== 'done') {
        const which = executors.length > 1 ? `Run ${run.position + 1} of ${executors.length}: ` : '';
        this.#store.setState(id, 'EXECUTOR_ERROR', { sentence: `${which}${sentence}`, atMs: endedMs });
        return;
      }
    }
    this.#store.setState(id, 'COMPLETE', { atMs: this.#parts.nowMs() });
  }

  /** Waits for a slot, runs, counts what was used whatever came of it. */
  #run(wanted: Wanted, isGivenUp: () => boolean, onStart: () => void = () => undefined): Promise<RunResult> {
    const askedAt = performance.now();
    return this.#pool.inSlot(async () => {
      if (this.#isClosed) throw new WorkspaceRefusal(409, 'The order has ended.');
      if (isGivenUp()) return refusedRun('It was canceled.');
      if (this.#parts.isRefused(wanted.digest)) return refusedRun(REFUSED_SENTENCE);
      const { budget, runMsMax } = this.#parts;
      const cpuMsMax = Math.min(runMsMax, budget.left('cpuMs'));
      if (cpuMsMax <= 0 || budget.left('runs') <= 0)
        return refusedRun('What the order may use is used up, or its time is over: nothing more is run.');
      const sandbox = this.#pool.take(wanted.digest) ?? this.#newSandbox(wanted.digest);
      if (sandbox === undefined) return refusedRun(unknownAlgorithm(wanted.digest).message);
      onStart();
      this.#parts.onStarted(performance.now() - askedAt);
      const ran = await this.#inSandbox(sandbox, wanted, cpuMsMax);
      // Whole milliseconds are counted, each that was begun.
      const result = { ...ran, cpuMs: Math.ceil(ran.cpuMs) };
      this.#pool.putBack(wanted.digest, sandbox);
      budget.spend({ cpuMs: Math.min(result.cpuMs, budget.left('cpuMs')), runs: 1 });
      return result;
    });
  }

  /** A run whose algorithm the network refuses meanwhile ends at once, as one that failed. */
  async #inSandbox(sandbox: Sandbox, { digest, args, input }: Wanted, cpuMsMax: number): Promise<RunResult> {
    try {
      return await sandbox.run({ input, args, seed: RUN_SEED, cpuMsMax, outputBytesMax: OUTPUT_BYTES_MAX });
    } catch (error) {
      if (this.#isClosed || !this.#parts.isRefused(digest)) throw error;
      return refusedRun(REFUSED_SENTENCE);
    }
  }

  /** Undefined when the algorithm was deleted meanwhile. */
  #newSandbox(digest: string): Sandbox | undefined {
    const module = this.#store.module(digest);
    const checked = module && this.#check(module);
    return checked?.ok === true ? this.#pool.add(digest, checked.value, this.#parts.memoryBytes) : undefined;
  }
}

function refusedRun(sentence: string): RunResult {
  const nothing = new Uint8Array();
  return { outcome: 'failed', exitCode: null, sentence, cpuMs: 0, output: nothing, errors: nothing };
}

export function unknownAlgorithm(digest: string): WorkspaceRefusal {
  return new WorkspaceRefusal(404, `There is no algorithm ${digest.slice(0, 64)} here: send its module first.`);
}

export function unknownTask(id: number | string): WorkspaceRefusal {
  return new WorkspaceRefusal(404, `There is no task ${String(id).slice(0, 20)} here.`);
}
