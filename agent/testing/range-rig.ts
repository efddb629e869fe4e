import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssignedRange, RangeProgress } from '#agent/resources/kind.ts';
import { installHost } from '#agent/sandbox/host-program.ts';
import { findIsolation, type Isolation } from '#agent/sandbox/isolation.ts';
import { RangeRunner } from '#agent/tasks/range-runner.ts';
import { answerResultCall } from '#agent/tasks/result-service.ts';
import { ResultStore } from '#agent/tasks/result-store.ts';
import { SandboxPool } from '#agent/tasks/sandbox-pool.ts';
import { PayloadShelf, type ToldResult } from './sample-task.ts';

/** The ranges of one order in real sandboxes, with an allowance, a clock and a window that tests move. */
export class RangeRig {
  readonly #root = mkdtempSync(join(tmpdir(), 'ranges-'));
  readonly #host = installHost(this.#root);
  readonly #isolation: Isolation;
  readonly shelf = new PayloadShelf();
  readonly refused = new Set<string>();
  readonly said: string[] = [];
  left: Record<string, number> = { cpuMs: 1e9, runs: 1e9 };
  spent = { cpuMs: 0, runs: 0 };
  nowMs = 1_000_000;
  isOpen = true;
  /** The order's own folder. */
  home = join(this.#root, 'order');
  store!: ResultStore;
  pool!: SandboxPool;
  runner!: RangeRunner;

  constructor() {
    const found = findIsolation(this.#host);
    if (!found.ok) throw new Error(found.sentence);
    this.#isolation = found.value;
    this.open();
  }

  open(slots = 2): void {
    mkdirSync(this.home, { recursive: true });
    this.store = new ResultStore(join(this.home, 'results.sqlite'));
    this.pool = new SandboxPool({ isolation: this.#isolation, host: this.#host, slots });
    this.runner = new RangeRunner({
      folder: this.home,
      store: this.store,
      pool: this.pool,
      budget: { left: (meter) => this.left[meter] ?? Infinity, spend: (used) => this.#spend(used) },
      payloads: this.shelf.payloads(),
      resource: 1,
      runMsMax: 10_000,
      memoryMiBMax: 16,
      isOpen: () => this.isOpen,
      isRefused: (algorithm) => this.refused.has(algorithm),
      nowMs: () => this.nowMs,
      onStarted: () => undefined,
      log: (sentence) => this.said.push(sentence),
    });
  }

  /** Ends what runs; what has ended stays. */
  close(): void {
    this.runner.close();
    this.pool.close();
    this.store.close();
  }

  /** Another order, of which nothing has been done yet. */
  anew(): void {
    this.close();
    this.home = mkdtempSync(join(this.#root, 'order-'));
    this.open();
  }

  remove(): void {
    this.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Wants the ranges, and answers how far they are once each is over; undefined before. */
  over(ranges: readonly AssignedRange[]): RangeProgress[] | undefined {
    const all = [...this.runner.want(ranges).values()];
    return all.every(({ state }) => state === 'finished' || state === 'failed') ? all : undefined;
  }

  /** What a call for results answers. */
  get(address: string): Record<string, unknown> {
    const [path = '', queryString = ''] = address.split('?');
    const results = { store: this.store, isRunning: (subtask: number) => this.runner.isRunning(subtask) };
    const { bytes } = answerResultCall({ path, queryString }, results);
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
  }

  /** All results of a range, page by page. */
  resultsOf(range: number): ToldResult[] {
    const results: ToldResult[] = [];
    for (let from: number | null = 0; from !== null;) {
      const page = this.get(`/ranges/${range}/results?from=${from}`) as { results: ToldResult[]; next: number | null };
      results.push(...page.results);
      from = page.next;
    }
    return results;
  }

  #spend({ cpuMs = 0, runs = 0 }: Readonly<Record<string, number>>): void {
    this.spent = { cpuMs: this.spent.cpuMs + cpuMs, runs: this.spent.runs + runs };
    this.left = { cpuMs: (this.left['cpuMs'] ?? 0) - cpuMs, runs: (this.left['runs'] ?? 0) - runs };
  }
}
