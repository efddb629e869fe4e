import type { Clock } from './clock.ts';
import type { Prng } from './prng.ts';

export interface LinkFaults {
  /** Probabilities per packet. */
  readonly loss: number;
  readonly duplicate: number;
  /** Uniform delay: packets overtake each other by themselves. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
}

/** A network without faults, as after healing. */
export const GOOD_LINKS: LinkFaults = { loss: 0, duplicate: 0, delayMsMin: 1, delayMsMax: 20 };

/** Delivers packets (a proposal, a vote, a block…, as bytes) between numbered nodes over faulty links on virtual time. */
export class Links {
  faults: LinkFaults = GOOD_LINKS;
  /** Group of each node while the network is split; packets cross no border. */
  #groups: readonly number[] | undefined;
  readonly #clock: Clock;
  readonly #prng: Prng;
  readonly #deliver: (to: number, from: number, packet: Uint8Array) => void;

  constructor(clock: Clock, prng: Prng, deliver: (to: number, from: number, packet: Uint8Array) => void) {
    this.#clock = clock;
    this.#prng = prng;
    this.#deliver = deliver;
  }

  partition(groups: readonly number[]): void {
    this.#groups = groups;
  }

  heal(): void {
    this.#groups = undefined;
  }

  send(from: number, to: number, packet: Uint8Array): void {
    const { loss, duplicate } = this.faults;
    if (this.#prng.chance(loss)) return;
    this.#schedule(from, to, packet);
    if (this.#prng.chance(duplicate)) this.#schedule(from, to, packet);
  }

  /** A border that rises while a packet is on its way stops it too. */
  #schedule(from: number, to: number, packet: Uint8Array): void {
    const { delayMsMin, delayMsMax } = this.faults;
    this.#clock.after(this.#prng.between(delayMsMin, delayMsMax), () => {
      if (this.#groups === undefined || this.#groups[from] === this.#groups[to]) this.#deliver(to, from, packet);
    });
  }
}
