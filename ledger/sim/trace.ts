const LINES_MAX = 200;

/** The last events of a run, put into words only when a run fails. */
export class Trace {
  readonly #events: (readonly [number, () => string])[] = [];
  #next = 0;

  add(atMs: number, words: () => string): void {
    this.#events[this.#next % LINES_MAX] = [atMs, words];
    this.#next += 1;
  }

  lines(): string[] {
    const from = this.#next % LINES_MAX;
    const isFull = this.#next > LINES_MAX;
    const ordered = isFull ? [...this.#events.slice(from), ...this.#events.slice(0, from)] : this.#events;
    return ordered.map(([atMs, words]) => `${String(atMs).padStart(7)} ms  ${words()}`);
  }
}
