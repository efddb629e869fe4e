/** Shortest time for which a bucket saves up what was not used: a quarter of a second's bytes go at once. */
const BURST_S = 0.25;
const BURST_BYTES_MIN = 4_096;
const SECOND_MS = 1_000;

/**
 * So many bytes a second, of all that share it. What is taken beyond what is there is owed, and whoever takes waits until it is paid back:
 * each in the order of asking, so that one connection cannot starve another.
 */
export class TokenBucket {
  readonly #bytesPerS: number;
  readonly #nowMs: () => number;
  /** Bytes that go at once, and the largest piece that should be asked for. */
  readonly burstBytes: number;
  #bytes: number;
  #atMs: number;

  constructor(bytesPerS: number, nowMs: () => number = () => performance.now()) {
    this.#bytesPerS = bytesPerS;
    this.#nowMs = nowMs;
    this.burstBytes = Math.max(BURST_BYTES_MIN, Math.floor(bytesPerS * BURST_S));
    this.#bytes = this.burstBytes;
    this.#atMs = nowMs();
  }

  /** Takes bytes; how many milliseconds to wait before they may go. */
  take(bytes: number): number {
    const nowMs = this.#nowMs();
    // A clock that went back gives nothing.
    const earned = (Math.max(0, nowMs - this.#atMs) * this.#bytesPerS) / SECOND_MS;
    this.#bytes = Math.min(this.burstBytes, this.#bytes + earned) - bytes;
    this.#atMs = nowMs;
    return this.#bytes >= 0 ? 0 : (-this.#bytes * SECOND_MS) / this.#bytesPerS;
  }
}
