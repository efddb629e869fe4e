import { ROUND_TRIP_MS_MAX } from '#ledger/contracts/kinds/connection.ts';
import type { Probed } from '#agent/relay/probe.ts';
import type { Span } from '#agent/resources/kind.ts';

/** A probe that is older than this says nothing about now. */
const FRESH_MS = 60_000;
/** A probe uses the line that customers pay for: there is no more than one in this time. */
const PROBE_EVERY_MS = 10_000;
/** Of one order between two measurements; what is asked for beyond them is not told apart. */
const ATTEMPTS_MAX = 100_000;
const PER_MILLE = 1_000;

/** What a probe that failed says of the line: nothing came back in the longest time that can be told. */
export const FAILED_PROBE: Probed = { roundTripMs: Number(ROUND_TRIP_MS_MAX), bytesPerS: 0 };

/** The newest probe of one relay, made when somebody asks for it. */
export class LineProbes {
  readonly #probe: () => Promise<Probed>;
  readonly #log: (sentence: string) => void;
  readonly #nowMs: () => number;
  #found: { readonly atMs: number; readonly probed: Probed } | undefined;
  #isRunning = false;

  /** `probe` throws where the line gives nothing. */
  constructor(parts: { probe(): Promise<Probed>; log(sentence: string): void; nowMs?: () => number }) {
    this.#probe = () => parts.probe();
    this.#log = (sentence) => parts.log(sentence);
    this.#nowMs = parts.nowMs ?? (() => performance.now());
  }

  /** The newest that is fresh, or what a failed one says; begins another one for the next asking. */
  take(): Probed {
    const found = this.#found;
    if (!this.#isRunning && (found === undefined || this.#nowMs() - found.atMs >= PROBE_EVERY_MS)) void this.warm();
    return found === undefined || this.#nowMs() - found.atMs > FRESH_MS ? FAILED_PROBE : found.probed;
  }

  /** Probes now, so that the first asking has something. */
  async warm(): Promise<void> {
    this.#isRunning = true;
    try {
      const probed = await this.#probe();
      this.#found = { atMs: this.#nowMs(), probed };
    } catch (error) {
      this.#found = { atMs: this.#nowMs(), probed: FAILED_PROBE };
      this.#log(`The relay cannot be probed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#isRunning = false;
    }
  }
}

interface Attempt {
  readonly atMs: number;
  readonly isOwnFailure: boolean;
}

/** Connections that customers asked for, by order, until an interval is measured. */
export class Attempts {
  /** In the order of time. */
  readonly #attempts = new Map<number, Attempt[]>();

  add(agreement: number, attempt: Attempt): void {
    const attempts = this.#attempts.get(agreement) ?? [];
    this.#attempts.set(agreement, attempts);
    if (attempts.length < ATTEMPTS_MAX) attempts.push(attempt);
  }

  /** How many of 1,000 the relay failed to open, rounded up; 0 without any. Forgets those before the interval's end. */
  takeFailed(agreement: number, { fromMs, toMs }: Span): number {
    const attempts = this.#attempts.get(agreement) ?? [];
    const within = attempts.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    const left = attempts.filter(({ atMs }) => atMs >= toMs);
    if (left.length === 0) this.#attempts.delete(agreement);
    else this.#attempts.set(agreement, left);
    const failed = within.filter(({ isOwnFailure }) => isOwnFailure).length;
    return within.length === 0 ? 0 : Math.ceil((failed * PER_MILLE) / within.length);
  }

  forget(agreement: number): void {
    this.#attempts.delete(agreement);
  }
}
