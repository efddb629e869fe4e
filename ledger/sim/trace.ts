const LINES_MAX = 200;

/** The last events of a run, kept as data and put into words only when a run fails. */
export class Trace {
  readonly #events: (readonly [number, string, unknown])[] = [];
  #next = 0;

  add(atMs: number, what: string, about: unknown): void {
    this.#events[this.#next % LINES_MAX] = [atMs, what, about];
    this.#next += 1;
  }

  lines(): string[] {
    const from = this.#next % LINES_MAX;
    const ordered =
      this.#next > LINES_MAX ? [...this.#events.slice(from), ...this.#events.slice(0, from)] : this.#events;
    return ordered.map(
      ([atMs, what, about]) => `${String(atMs).padStart(7)} ms  ${what}  ${JSON.stringify(about, plain)}`,
    );
  }
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return undefined;
  return value;
}
