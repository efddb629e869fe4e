import type { EndedSubtask, ResultStore } from './result-store.ts';
import type { Budget } from './workspace.ts';

/** What is held back at most before it is written: small results come by the thousand in a second. */
const RESULTS_MAX = 500;
const BYTES_MAX = 4 * 1024 ** 2;
const WAIT_MS = 250;

/**
 * Results on their way to the disk, written and counted in one step: nobody reads what is not counted. A crash loses at most what is held
 * back here, which is then run again; one in the middle of that step leaves a batch that is never charged.
 */
export class ResultBatch {
  readonly #parts: { readonly store: ResultStore; readonly budget: Budget; onFailed(error: unknown): void };
  #held: EndedSubtask[] = [];
  #bytes = 0;
  #cpuMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: { readonly store: ResultStore; readonly budget: Budget; onFailed(error: unknown): void }) {
    this.#parts = parts;
  }

  /** What was used and is not counted yet. */
  get uncounted(): { readonly cpuMs: number; readonly runs: number } {
    return { cpuMs: this.#cpuMs, runs: this.#held.length };
  }

  add(ended: EndedSubtask): void {
    this.#held.push(ended);
    this.#bytes += ended.output.length;
    this.#cpuMs += ended.cpuMs;
    if (this.#held.length >= RESULTS_MAX || this.#bytes >= BYTES_MAX) this.write();
    else
      this.#timer ??= setTimeout(() => {
        try {
          this.write();
        } catch (error) {
          this.#parts.onFailed(error);
        }
      }, WAIT_MS);
  }

  /** Everything that is held is durable and counted when it returns. Throws when the disk fails: what was held is lost then. */
  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [held, used] = [this.#held, this.uncounted];
    this.#held = [];
    this.#bytes = 0;
    this.#cpuMs = 0;
    if (held.length === 0) return;
    this.#parts.store.addEnded(held);
    this.#parts.budget.spend({ cpuMs: used.cpuMs, runs: used.runs });
  }
}
