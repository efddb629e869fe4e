/** A correction of this size is ordinary clock discipline; more means that the time cannot be trusted. */
const STEP_BACK_TOLERATED_MS = 2_000;

/** The agent's clock with a memory: it knows when the machine's time went backwards, also across a restart. */
export class WatchfulClock {
  readonly #now: () => number;
  #highestMs: number;

  /** `highestMs` is the latest time that any durable record names; 0 at the first start. */
  constructor(now: () => number, highestMs: number) {
    this.#now = now;
    this.#highestMs = highestMs;
  }

  /** Milliseconds since the epoch. */
  nowMs(): number {
    const now = this.#now();
    if (now > this.#highestMs) this.#highestMs = now;
    return now;
  }

  /** True while the time lies before a time that was already seen: windows cannot be kept then. */
  isBehindItself(): boolean {
    return this.nowMs() < this.#highestMs - STEP_BACK_TOLERATED_MS;
  }
}
