import { reasonOf } from '#agent/outcome.ts';
import type { AssignedRange, RangeProgress } from '#agent/resources/kind.ts';
import type { Sandbox } from '#agent/sandbox/sandbox.ts';
import { ResultBatch } from './result-batch.ts';
import { rootsOf } from './result-roots.ts';
import type { ResultStore, StoredRange } from './result-store.ts';
import { asEnded, endOfRun, limitsOf } from './subtask.ts';
import { addSandbox, sandboxName, TaskOpener, type OpenerParts } from './task-opener.ts';
import { runMemoryMiB, type Fault, type TaskPayload } from './task-payload.ts';
import { REFUSED_SENTENCE, RUN_SEED, type Budget } from './workspace.ts';

/** Outputs of one order together. */
const RESULT_BYTES_MAX = 1024 ** 3;

export interface RunnerParts extends OpenerParts {
  readonly store: ResultStore;
  readonly budget: Budget;
  /** What the order's strategy and amounts allow a run. */
  readonly runMsMax: number;
  readonly memoryMiBMax: number;
  /** False outside the order's window. */
  isOpen(): boolean;
  isRefused(algorithm: string): boolean;
  /** Told how long each run had waited for its start. */
  onStarted(waitedMs: number): void;
}

/** A range that is worked on. */
interface Job {
  readonly assigned: AssignedRange;
  /** True while its task is fetched and opened. */
  isOpening: boolean;
  /** Set when it is ready to be run. */
  task: TaskPayload | undefined;
  /** Sub-tasks that have not been begun, the next one last. */
  pending: number[];
  underWay: number;
  /** Sub-tasks that run at this moment. */
  readonly running: Map<Sandbox, { readonly subtask: number; readonly cpuMsMax: number }>;
  /** True once nothing more of it is run here. */
  isOver: boolean;
}

/** Runs the ranges of one order, sub-task by sub-task, in all of its slots; everything that has ended is on the disk, so that a restart goes on. */
export class RangeRunner {
  readonly #parts: RunnerParts;
  readonly #jobs = new Map<number, Job>();
  /** Ranges that are over, as they were told last. */
  readonly #over = new Map<number, { readonly attempt: number; readonly progress: RangeProgress }>();
  readonly #batch: ResultBatch;
  readonly #opener: TaskOpener;
  #workers = 0;
  #isClosed = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#opener = new TaskOpener(parts);
    const onFailed = (error: unknown): void => this.#breakDown(error);
    this.#batch = new ResultBatch({ store: parts.store, budget: parts.budget, onFailed });
  }

  /** See `TaskRuns.run`. */
  want(ranges: readonly AssignedRange[]): ReadonlyMap<number, RangeProgress> {
    const wanted = new Map(ranges.map((assigned) => [assigned.range, assigned]));
    for (const [range, job] of this.#jobs) if (wanted.get(range)?.attempt !== job.assigned.attempt) this.#stop(job);
    const progress = new Map<number, RangeProgress>();
    for (const assigned of wanted.values()) progress.set(assigned.range, this.#progressOf(assigned));
    return progress;
  }

  /** True for a sub-task that runs at this moment. */
  isRunning(subtask: number): boolean {
    return [...this.#jobs.values()].some(({ running }) => [...running.values()].some((run) => run.subtask === subtask));
  }

  /** Ends the ranges whose algorithm the network has refused. */
  stopRefused(): void {
    for (const job of [...this.#jobs.values()]) {
      if (!this.#parts.isRefused(job.assigned.work.algorithm)) continue;
      this.#fail(job, refusedFault());
      this.#parts.pool.forget(sandboxName(job.assigned));
    }
  }

  /** Ends everything that runs; what has ended is kept. */
  close(): void {
    if (this.#isClosed) return;
    for (const job of [...this.#jobs.values()]) this.#stop(job);
    this.#isClosed = true;
  }

  #progressOf(assigned: AssignedRange): RangeProgress {
    const { range, attempt } = assigned;
    const over = this.#over.get(range);
    if (over?.attempt === attempt) return over.progress;
    const known = this.#jobs.get(range);
    if (known?.task !== undefined) return { state: 'running' };
    if (known !== undefined) {
      if (!known.isOpening) this.#open(known);
      return { state: 'waiting' };
    }
    const stored = this.#parts.store.wantRange(assigned);
    const progress = this.#storedProgress(stored);
    if (progress !== null) {
      this.#over.set(range, { attempt, progress });
      return progress;
    }
    const job = newJob(assigned);
    this.#jobs.set(range, job);
    this.#open(job);
    return { state: 'waiting' };
  }

  /** Of a range that is over; null of any other. */
  #storedProgress({ first, count, state, fault, sentence, inputRoot, resultRoot }: StoredRange): RangeProgress | null {
    if (state === 'failed' && fault !== null) return { state, fault, sentence };
    if (state !== 'finished' || inputRoot === null || resultRoot === null) return null;
    const { failed, cpuMs } = this.#parts.store.totals({ from: first, to: first + count });
    return { state, failed, cpuMs, inputRoot, resultRoot };
  }

  /** A payload that cannot be had now is asked for again when the range is wanted again. */
  #open(job: Job): void {
    job.isOpening = true;
    this.#begin(job)
      .catch((error: unknown) => this.#breakDown(error, job))
      .finally(() => {
        job.isOpening = false;
      });
  }

  /** Gets the task, and begins where it was left. */
  async #begin(job: Job): Promise<void> {
    const { assigned } = job;
    const { work, first, count } = assigned;
    if (this.#parts.isRefused(work.algorithm)) return this.#fail(job, refusedFault());
    if (runMemoryMiB(work) > this.#parts.memoryMiBMax)
      return this.#fail(job, {
        fault: 'no-allowance',
        sentence: `A sub-task needs ${runMemoryMiB(work)} MiB, and a slot of this order has ${this.#parts.memoryMiBMax}.`,
      });
    const opened = await this.#opener.taskOf(assigned);
    if (job.isOver || opened === null) return;
    if (!opened.ok) return this.#fail(job, opened);
    if (first + count > opened.value.inputs.length)
      return this.#fail(job, { fault: 'inputs-unreadable', sentence: 'The range is beyond the task’s sub-tasks.' });
    job.pending = this.#parts.store.missing({ from: first, to: first + count }).reverse();
    job.task = opened.value;
    this.#parts.store.setState(assigned.range, 'running');
    this.#parts.log(`Range ${assigned.range} of D-${assigned.demand}: ${job.pending.length} sub-tasks are run.`);
    if (job.pending.length === 0) await this.#finish(job);
    for (let free = this.#parts.pool.slots - this.#workers; free > 0; free -= 1) this.#work();
  }

  /** One worker of as many as there are slots: it ends when there is nothing more to begin. */
  #work(): void {
    this.#workers += 1;
    void (async () => {
      try {
        for (let job = this.#next(); job !== undefined; job = this.#next()) await this.#runNext(job);
      } finally {
        this.#workers -= 1;
      }
    })();
  }

  /** The range that is late first, of those with sub-tasks to begin. */
  #next(): Job | undefined {
    let next: Job | undefined;
    for (const job of this.#jobs.values()) {
      if (job.isOver || job.task === undefined || job.pending.length === 0) continue;
      if (next === undefined || job.assigned.lateAtMs < next.assigned.lateAtMs) next = job;
    }
    return next;
  }

  /** Begins the next sub-task of a range and waits for its end; the last one to end finishes the range. Never throws. */
  async #runNext(job: Job): Promise<void> {
    const subtask = job.pending.pop();
    const { task } = job;
    if (subtask === undefined || task === undefined) return;
    job.underWay += 1;
    try {
      const askedAt = performance.now();
      await this.#parts.pool.inSlot(() => this.#run(job, { task, subtask, askedAt }));
      job.underWay -= 1;
      if (!job.isOver && job.pending.length === 0 && job.underWay === 0) await this.#finish(job);
    } catch (error) {
      this.#breakDown(error, job);
    }
  }

  async #run(job: Job, of: { task: TaskPayload; subtask: number; askedAt: number }): Promise<void> {
    if (job.isOver) return;
    const { pool, onStarted, isOpen, store } = this.#parts;
    const { work } = job.assigned;
    if (!isOpen()) return this.#stop(job);
    if (store.bytes >= RESULT_BYTES_MAX)
      return this.#fail(job, { fault: 'machine-trouble', sentence: `The results take ${RESULT_BYTES_MAX} bytes.` });
    const cpuMsMax = this.#cpuMsMax(job);
    if (cpuMsMax <= 0) return this.#fail(job, usedUpFault());
    const name = sandboxName(job.assigned);
    const { args, inputs } = of.task;
    const sandbox = pool.take(name) ?? addSandbox(pool, of.task, job.assigned);
    job.running.set(sandbox, { subtask: of.subtask, cpuMsMax });
    try {
      const started = await sandbox.start(work.outputBytes);
      if (job.isOver) return;
      if (!started.ok) return this.#fail(job, { fault: 'machine-trouble', sentence: started.sentence });
      onStarted(performance.now() - of.askedAt);
      const input = inputs[of.subtask] ?? new Uint8Array();
      const run = { input, args, seed: RUN_SEED, cpuMsMax, outputBytesMax: work.outputBytes };
      const result = endOfRun(await sandbox.run(run), cpuMsMax);
      pool.putBack(name, sandbox);
      if (job.isOver) return;
      this.#batch.add(asEnded(of.subtask, result));
      // The program may have needed what its task allows it, and was not let: that is no result.
      if (result.outcome === 'timed-out' && cpuMsMax < work.cpuMs) this.#fail(job, usedUpFault());
    } catch (error) {
      pool.drop(name, sandbox);
      if (!job.isOver) throw error;
    } finally {
      job.running.delete(sandbox);
    }
  }

  /** Processor time that the next sub-task may use; 0 when nothing of the order is left. */
  #cpuMsMax({ assigned }: Job): number {
    const { budget, runMsMax } = this.#parts;
    const { uncounted } = this.#batch;
    const begun = [...this.#jobs.values()].flatMap(({ running }) => [...running.values()]);
    const begunMs = begun.reduce((sum, run) => sum + run.cpuMsMax, 0);
    return limitsOf({
      workMs: assigned.work.cpuMs,
      runMsMax,
      leftMs: budget.left('cpuMs') - uncounted.cpuMs - begunMs,
      leftRuns: budget.left('runs') - uncounted.runs - begun.length,
    });
  }

  async #finish(job: Job): Promise<void> {
    const { assigned, task } = job;
    const { range, demand, first, count, attempt } = assigned;
    if (task === undefined) return;
    this.#batch.write();
    const roots = await rootsOf(this.#parts.store, { inputs: task.inputs, first, count });
    if (job.isOver) return;
    this.#parts.store.finish(range, roots);
    const { failed, cpuMs } = this.#parts.store.totals({ from: first, to: first + count });
    this.#over.set(range, { attempt, progress: { state: 'finished', failed, cpuMs, ...roots } });
    this.#let(job);
    this.#parts.log(`Range ${range} of D-${demand} is finished: ${count - failed} of ${count} sub-tasks done.`);
  }

  /** The range cannot be finished here: that is told at once, and what was done of it stays. */
  #fail(job: Job, { fault, sentence }: Fault): void {
    if (job.isOver) return;
    const { range, demand, attempt } = job.assigned;
    this.#let(job);
    this.#over.set(range, { attempt, progress: { state: 'failed', fault, sentence } });
    this.#parts.log(`Range ${range} of D-${demand} cannot be finished here (${fault}): ${sentence}`);
    this.#batch.write();
    this.#parts.store.fail(range, { fault, sentence });
  }

  /** Nothing more of it is begun, what runs is ended; wanted again it goes on with what is missing. */
  #stop(job: Job): void {
    if (job.isOver) return;
    this.#let(job);
    try {
      this.#batch.write();
      this.#parts.store.setState(job.assigned.range, 'stopped');
    } catch (error) {
      this.#parts.log(`Results could not be kept: ${reasonOf(error)}`);
    }
  }

  #let(job: Job): void {
    job.isOver = true;
    job.pending = [];
    this.#jobs.delete(job.assigned.range);
    for (const sandbox of job.running.keys()) this.#parts.pool.drop(sandboxName(job.assigned), sandbox);
    if (this.#jobs.size === 0) this.#opener.forget();
  }

  /** The machine failed, and not the program: the range, or all of them, cannot be finished here. */
  #breakDown(error: unknown, only?: Job): void {
    if (this.#isClosed) return;
    const sentence = 'The provider’s machine failed.';
    this.#parts.log(`A range of sub-tasks failed: ${reasonOf(error)}`);
    for (const job of only === undefined ? [...this.#jobs.values()] : [only])
      try {
        this.#fail(job, { fault: 'machine-trouble', sentence });
      } catch (again) {
        this.#parts.log(`A range’s end could not be kept: ${reasonOf(again)}`);
      }
  }
}

function newJob(assigned: AssignedRange): Job {
  return {
    assigned,
    isOpening: false,
    task: undefined,
    pending: [],
    underWay: 0,
    running: new Map(),
    isOver: false,
  };
}

function refusedFault(): Fault {
  return { fault: 'module-refused', sentence: REFUSED_SENTENCE };
}

function usedUpFault(): Fault {
  return { fault: 'no-allowance', sentence: 'What the order may use is used up: nothing more of it is run.' };
}
