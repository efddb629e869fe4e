/** As many reasons as a heartbeat may name; those that name a meter are as many as there are meters. */
const REASONS_MAX = 20;

/** Reasons that are counted for good: more than there are. */
const TOTALS_MAX = 100;

/** Counts calls that were refused, by reason, until somebody takes the counts. */
export class RefusalCount {
  #counts: Record<string, number> = {};
  /** Since the process began. */
  readonly totals = new Map<string, number>();

  /** Counts a call, or a connection, that was refused for this reason. */
  add(refusal: string): void {
    if (this.totals.has(refusal) || this.totals.size < TOTALS_MAX)
      this.totals.set(refusal, (this.totals.get(refusal) ?? 0) + 1);
    if (Object.hasOwn(this.#counts, refusal) || Object.keys(this.#counts).length < REASONS_MAX)
      this.#counts[refusal] = (this.#counts[refusal] ?? 0) + 1;
  }

  take(): Readonly<Record<string, number>> {
    const counts = this.#counts;
    this.#counts = {};
    return counts;
  }
}
