/**
 * The server's clock as a page can know it: the server's time as it came with a rendering, moved on by this device's steady clock.
 * Whatever the device's own date says has no effect.
 *
 * Each time that comes was true a moment before it came, or long before when a part of the page is shown again that was rendered once. So
 * the latest of them is the nearest one, and an older one never sets the clock back.
 */
export class ServerClock {
  readonly #steadyMs: () => number;
  readonly #listeners = new Set<() => void>();
  /** Server's time less the steady clock's. */
  #aheadMs = Number.NEGATIVE_INFINITY;
  #shownMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `steadyMs`: milliseconds from any start, that nobody can set. */
  constructor(steadyMs: () => number) {
    this.#steadyMs = steadyMs;
  }

  /** Takes a time that the server has just told, or told before. */
  observe(serverTimeMs: number): void {
    const aheadMs = serverTimeMs - this.#steadyMs();
    if (aheadMs <= this.#aheadMs) return;
    this.#aheadMs = aheadMs;
    this.#show();
  }

  /** The server's time at this moment; −Infinity before any was told. */
  nowMs(): number {
    return this.#aheadMs + this.#steadyMs();
  }

  /** The time that every text of a page is worked out from: it moves for all of them at once, `STEP_MS` apart. */
  shownMs(): number {
    return this.#shownMs;
  }

  /** Calls `listener` whenever `shownMs` has moved, until the answer is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#show(), STEP_MS);
    this.#show();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #show(): void {
    this.#shownMs = this.nowMs();
    for (const listener of this.#listeners) listener();
  }
}

const STEP_MS = 500;

/** The one clock of this page, in the browser. */
export const serverClock = new ServerClock(() => performance.now());
