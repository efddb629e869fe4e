/** What of a host's cores stands on the ledger for what, in thousandths. */
export interface HostShares {
  readonly consensusMillicores: number;
  readonly serviceMillicores: number;
}

/** Beside consensus programs of customers get the processor when nothing else wants it: 0 is the usual, 19 the last. */
export const NICENESS_BESIDE_CONSENSUS = 10;

export interface SlotCount {
  /** Programs that may run at the same time. */
  readonly slots: number;
  readonly busy: number;
  /** Those that are ready and wait for a slot. */
  readonly waiting: number;
}

/**
 * How many programs of all orders together run at the same time: the whole cores of the host's share for service, at least one [6.2.2-c, 8.1.1-d].
 * What runs goes on when the share shrinks; what is new waits.
 */
export class HostSlots {
  readonly #shares: () => HostShares | null;
  #busy = 0;
  #waiting: (() => void)[] = [];

  /** `shares`: null while the operator has declared none; then the orders' own slots are the only bound. */
  constructor(shares: () => HostShares | null = () => null) {
    this.#shares = shares;
  }

  get most(): number {
    const shares = this.#shares();
    return shares === null ? Infinity : Math.max(1, Math.floor(shares.serviceMillicores / 1_000));
  }

  get busy(): number {
    return this.#busy;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get niceness(): number {
    return (this.#shares()?.consensusMillicores ?? 0) > 0 ? NICENESS_BESIDE_CONSENSUS : 0;
  }

  /** Does the work when the host has room, or at once when it is given up: then it has to look. */
  async inSlot<Value>(work: () => Promise<Value>, isGivenUp: () => boolean): Promise<Value> {
    while (this.#busy >= this.most && !isGivenUp()) await new Promise<void>((resume) => this.#waiting.push(resume));
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.look();
    }
  }

  /** The shares may have changed, or somebody gave up: those who wait look again, in the order of asking. */
  look(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
