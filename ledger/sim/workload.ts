import type { Clock } from './clock.ts';
import type { SimNode } from './node.ts';
import type { Prng } from './prng.ts';

const ITEMS_PER_BURST_MAX = 3;
const BURST_MS_MAX = 200;

/** Items that clients hand in while the faults last, each to one correct node that is up; that node tells the others. */
export class Workload {
  readonly submitted = new Set<number>();
  readonly #clock: Clock;
  readonly #prng: Prng;
  readonly #submit: (items: readonly number[]) => void;

  constructor(clock: Clock, prng: Prng, submit: (items: readonly number[]) => void) {
    this.#clock = clock;
    this.#prng = prng;
    this.#submit = submit;
  }

  runUntil(untilMs: number): void {
    this.#clock.after(this.#prng.between(1, BURST_MS_MAX), () => {
      if (this.#clock.nowMs >= untilMs) return;
      const count = this.#prng.between(1, ITEMS_PER_BURST_MAX);
      const items = Array.from({ length: count }, (_, index) => this.submitted.size + index);
      for (const item of items) this.submitted.add(item);
      this.#submit(items);
      this.runUntil(untilMs);
    });
  }

  /** Clients that have seen no answer hand their items in again. */
  resubmitMissing(nodes: readonly SimNode[]): void {
    for (const node of nodes) node.submit([...this.submitted].filter((item) => !node.chain.includes(item)));
  }
}
