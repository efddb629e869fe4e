import { medianOf } from './round-trip.ts';

/** Calls that a median and a share of losses are read from. */
const CALLS_MAX = 30;

export function inTenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** What is known of the way to somebody: the last calls, null where none came back. */
export class Way {
  readonly #calls: (number | null)[] = [];

  add(roundTripMs: number | null): void {
    this.#calls.push(roundTripMs === null ? null : inTenths(roundTripMs));
    if (this.#calls.length > CALLS_MAX) this.#calls.shift();
  }

  /** Absent: nothing was sent, or nothing came back. */
  get roundTripMs(): number | undefined {
    const came = this.#calls.filter((ms) => ms !== null);
    return came.length === 0 ? undefined : medianOf(came);
  }

  get lossPermille(): number | undefined {
    if (this.#calls.length === 0) return undefined;
    return Math.round((this.#calls.filter((ms) => ms === null).length * 1_000) / this.#calls.length);
  }
}

/** How far the own clock is ahead of the portal's. It read its clock somewhere between: the middle is wrong by half the round trip at most. */
export function clockOffsetMs(
  { sentAtMs, roundTripMs }: { readonly sentAtMs: number; readonly roundTripMs: number },
  serverTimeMs: number,
): number {
  return Math.round(sentAtMs + roundTripMs / 2 - serverTimeMs);
}
