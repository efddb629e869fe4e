interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** Virtual time: events in order of time, then of scheduling. Nothing else moves the clock. */
export class Clock {
  nowMs = 0;
  #sequence = 0;
  readonly #heap: Event[] = [];

  after(delayMs: number, run: () => void): void {
    this.#sequence += 1;
    const heap = this.#heap;
    heap.push({ atMs: this.nowMs + delayMs, sequence: this.#sequence, run });
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfEarlier(child, parent)) break;
      child = parent;
    }
  }

  /** Runs the next event that is due by `untilMs`; false when there is none, and then it is `untilMs`. */
  tick(untilMs: number): boolean {
    const next = this.#heap[0];
    if (next === undefined || next.atMs > untilMs) {
      this.nowMs = untilMs;
      return false;
    }
    this.#removeFirst();
    this.nowMs = next.atMs;
    next.run();
    return true;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    let parent = 0;
    for (;;) {
      const left = parent * 2 + 1;
      const child = left + 1 < heap.length && this.#isEarlier(left + 1, left) ? left + 1 : left;
      if (child >= heap.length || !this.#swapIfEarlier(child, parent)) return;
      parent = child;
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const one = this.#heap[a];
    const other = this.#heap[b];
    if (one === undefined || other === undefined) return false;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.sequence < other.sequence);
  }

  #swapIfEarlier(a: number, b: number): boolean {
    const heap = this.#heap;
    const one = heap[a];
    const other = heap[b];
    if (one === undefined || other === undefined || !this.#isEarlier(a, b)) return false;
    heap[a] = other;
    heap[b] = one;
    return true;
  }
}
