import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { JournalFailure } from '#agent/journal.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import type { AssignedRange, OpenParts, OrderTerms, RangeProgress, TaskRuns } from '#agent/resources/kind.ts';
import { RangeRunner } from '#agent/tasks/range-runner.ts';
import type { TaskCall, TaskReply } from '#agent/tasks/reply.ts';
import { answerResultCall, RESULTS_KEPT_MS } from '#agent/tasks/result-service.ts';
import type { ResultStore } from '#agent/tasks/result-store.ts';
import type { SandboxPool } from '#agent/tasks/sandbox-pool.ts';
import type { Budget } from '#agent/tasks/workspace.ts';

/** What is left of a workspace after its order's end has a name that begins so. */
const RESULTS = 'results.sqlite';

/** What an open order runs in. */
export interface OrderRoom {
  readonly pool: SandboxPool;
  readonly budget: Budget;
  readonly runMsMax: number;
  readonly memoryMiB: number;
  onStarted(waitedMs: number): void;
}

export interface OrderTasksParts extends Pick<OpenParts, 'payloads' | 'spending' | 'isRefused' | 'log'> {
  folderOf(order: OrderTerms): string;
  /** Opens, or makes, the file that the results of an order are kept in. */
  openResults(file: string): ResultStore;
  /** Throws where nothing can be run. */
  roomOf(order: OrderTerms): OrderRoom;
  /** Ends what customers run of refused algorithms beside their tasks. */
  stopRefused(): void;
}

/** The parts of tasks that the computers' orders run, and their results, which outlive the orders for a while. */
export class OrderTasks implements TaskRuns {
  readonly #parts: OrderTasksParts;
  readonly #runners = new Map<number, RangeRunner>();
  readonly #stores = new Map<number, ResultStore>();

  constructor(parts: OrderTasksParts) {
    this.#parts = parts;
  }

  run(order: OrderTerms, ranges: readonly AssignedRange[]): ReadonlyMap<number, RangeProgress> {
    const known = this.#runners.get(order.agreement);
    if (known === undefined && ranges.length === 0) return new Map();
    try {
      return (known ?? this.#begin(order)).want(ranges);
    } catch (error) {
      if (error instanceof JournalFailure) throw error;
      const sentence = `The ranges of O-${order.agreement} cannot be run: ${reasonOf(error)}`;
      this.#parts.log(sentence);
      return new Map(ranges.map(({ range }) => [range, { state: 'failed', fault: 'machine-trouble', sentence }]));
    }
  }

  stopRefused(): void {
    this.#parts.stopRefused();
    for (const runner of this.#runners.values()) runner.stopRefused();
  }

  keptAfterEndMs(order: OrderTerms): number {
    return this.#hasResults(order) ? RESULTS_KEPT_MS : 0;
  }

  forget(order: OrderTerms): Promise<Outcome<null>> {
    try {
      this.end(order);
      this.#stores.get(order.agreement)?.close();
      this.#stores.delete(order.agreement);
      rmSync(this.#parts.folderOf(order), { recursive: true, force: true });
      return Promise.resolve(done(null));
    } catch (error) {
      return Promise.resolve(failed(`the results of O-${order.agreement} cannot be removed: ${reasonOf(error)}`));
    }
  }

  /** Ends everything that runs of an order's ranges; what has ended is kept and counted. */
  end({ agreement }: OrderTerms): void {
    this.#runners.get(agreement)?.close();
    this.#runners.delete(agreement);
  }

  /** Removes what came with an order that has ended: of its folder the results stay. Throws when the disk fails. */
  erase(order: OrderTerms): void {
    const folder = this.#parts.folderOf(order);
    if (!this.#hasResults(order)) {
      rmSync(folder, { recursive: true, force: true });
      return;
    }
    for (const name of readdirSync(folder))
      if (!name.startsWith(RESULTS)) rmSync(join(folder, name), { recursive: true, force: true });
  }

  /** Answers a call for results, of an order that may have ended. */
  answer(order: OrderTerms, call: Pick<TaskCall, 'path' | 'queryString'>): TaskReply {
    if (!this.#hasResults(order)) return answerResultCall(call);
    const store = this.#storeOf(order);
    const runner = this.#runners.get(order.agreement);
    return answerResultCall(call, { store, isRunning: (subtask) => runner?.isRunning(subtask) === true });
  }

  close(): void {
    for (const runner of this.#runners.values()) runner.close();
    for (const store of this.#stores.values()) store.close();
  }

  #hasResults(order: OrderTerms): boolean {
    return existsSync(join(this.#parts.folderOf(order), RESULTS));
  }

  #storeOf(order: OrderTerms): ResultStore {
    const known = this.#stores.get(order.agreement);
    if (known !== undefined) return known;
    const store = this.#parts.openResults(join(this.#parts.folderOf(order), RESULTS));
    this.#stores.set(order.agreement, store);
    return store;
  }

  #begin(order: OrderTerms): RangeRunner {
    const { payloads, spending, isRefused, log, folderOf, roomOf } = this.#parts;
    const { pool, budget, runMsMax, memoryMiB, onStarted } = roomOf(order);
    const runner = new RangeRunner({
      folder: folderOf(order),
      store: this.#storeOf(order),
      pool,
      budget,
      payloads,
      resource: order.resource,
      runMsMax,
      memoryMiBMax: memoryMiB,
      isOpen: () => spending.isOpen(order),
      isRefused,
      nowMs: Date.now,
      onStarted,
      log,
    });
    this.#runners.set(order.agreement, runner);
    return runner;
  }
}
