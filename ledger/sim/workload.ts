import { utf8 } from '#ledger/core/bytes.ts';
import type { Clock } from './clock.ts';
import type { Prng } from './prng.ts';

const ITEMS_PER_BURST_MAX = 3;
const BURST_MS_MAX = 200;

/** Transactions that clients hand in while the faults last, each to one correct node that is up; that node tells the others. */
export class Workload {
  readonly submitted: Uint8Array[] = [];
  readonly #clock: Clock;
  readonly #prng: Prng;
  readonly #submit: (transactions: readonly Uint8Array[]) => void;

  constructor(clock: Clock, prng: Prng, submit: (transactions: readonly Uint8Array[]) => void) {
    this.#clock = clock;
    this.#prng = prng;
    this.#submit = submit;
  }

  runUntil(untilMs: number): void {
    this.#clock.after(this.#prng.between(1, BURST_MS_MAX), () => {
      if (this.#clock.nowMs >= untilMs) return;
      const count = this.#prng.between(1, ITEMS_PER_BURST_MAX);
      const burst = Array.from({ length: count }, (_, at) => utf8(`transaction ${this.submitted.length + at}`));
      this.submitted.push(...burst);
      this.#submit(burst);
      this.runUntil(untilMs);
    });
  }
}
