/** A request that was let in: the way to cut it, and the bytes that its started answer still promises. */
export interface Entry {
  readonly cut: AbortController;
  promisedBytes: number;
}

/** Requests under way, by agreement. */
export class UnderWay {
  readonly #entries = new Map<number, Set<Entry>>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  get agreements(): readonly number[] {
    return [...this.#entries.keys()];
  }

  of(agreement: number): readonly Entry[] {
    return [...(this.#entries.get(agreement) ?? [])];
  }

  /** Bytes that answers with a known length still promise. */
  promisedBytes(agreement: number): number {
    return this.of(agreement).reduce((sum, entry) => sum + entry.promisedBytes, 0);
  }

  enter(agreement: number): Entry {
    const entry = { cut: new AbortController(), promisedBytes: 0 };
    const others = this.#entries.get(agreement) ?? new Set();
    others.add(entry);
    this.#entries.set(agreement, others);
    this.#total += 1;
    return entry;
  }

  /** True when it was the agreement's last one. */
  leave(agreement: number, entry: Entry): boolean {
    const others = this.#entries.get(agreement);
    if (others?.delete(entry) !== true) return false;
    this.#total -= 1;
    if (others.size > 0) return false;
    this.#entries.delete(agreement);
    return true;
  }
}
