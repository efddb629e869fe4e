import type { Socket } from 'node:net';
import { readSockets, type SocketFigures } from './socket-figures.ts';

/** The first look at a connection, and those that follow: what is over sooner is not seen. */
const FIRST_LOOK_MS = 150;
const LOOK_MS = 1_000;
/** Orders of which figures are kept until they are said; the oldest are dropped. */
const ORDERS_MAX = 1_000;
const PER_MILLE = 1_000;

/** How the connections of an order were, in whole numbers, as a session says it. */
export interface LineFigures {
  readonly roundTripMs: number;
  readonly jitterMs: number;
  /** The fastest between two looks; 0 where nothing was seen to arrive. */
  readonly bytesPerS: number;
  readonly lossPerMille: number;
}

interface Sums {
  looks: number;
  roundTripMs: number;
  jitterMs: number;
  segments: number;
  sentAgain: number;
  bytesPerS: number;
}

interface Watched {
  readonly agreement: number;
  last: (SocketFigures & { readonly atMs: number }) | undefined;
}

/**
 * Looks once a second at the connections that customers have to a relay, while there are any, and sums up what the system counted of each
 * order's. In memory alone: after a crash what was seen before it is not said.
 */
export class LineWatch {
  readonly #port: () => number;
  readonly #read: (port: number) => Promise<Map<number, SocketFigures> | undefined>;
  readonly #watched = new Map<number, Watched>();
  readonly #sums = new Map<number, Sums>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(parts: { port(): number; read?: typeof readSockets }) {
    this.#port = () => parts.port();
    this.#read = parts.read ?? readSockets;
  }

  /** A customer's connection to the relay, from when it is joined to its target. */
  watch(agreement: number, socket: Socket): void {
    const { remotePort } = socket;
    if (remotePort === undefined || this.#isClosed) return;
    const watched: Watched = { agreement, last: undefined };
    this.#watched.set(remotePort, watched);
    socket.once('close', () => {
      if (this.#watched.get(remotePort) === watched) this.#watched.delete(remotePort);
    });
    this.#timer ??= setTimeout(() => void this.#look(), FIRST_LOOK_MS);
  }

  /** undefined where no look saw one of its connections. */
  figuresOf(agreement: number): LineFigures | undefined {
    const sums = this.#sums.get(agreement);
    if (sums === undefined) return undefined;
    const { looks, roundTripMs, jitterMs, segments, sentAgain, bytesPerS } = sums;
    return {
      roundTripMs: Math.max(1, Math.round(roundTripMs / looks)),
      jitterMs: Math.round(jitterMs / looks),
      bytesPerS: Math.round(bytesPerS),
      // Rounded up: what was lost is never nothing.
      lossPerMille: segments === 0 ? 0 : Math.min(PER_MILLE, Math.ceil((sentAgain * PER_MILLE) / segments)),
    };
  }

  forget(agreement: number): void {
    this.#sums.delete(agreement);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watched.clear();
  }

  async #look(): Promise<void> {
    const found = await this.#read(this.#port());
    const atMs = performance.now();
    for (const [port, watched] of this.#watched) {
      const figures = found?.get(port);
      if (figures !== undefined) this.#take(watched, { ...figures, atMs });
    }
    this.#timer = undefined;
    if (this.#watched.size > 0 && !this.#isClosed) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  #take(watched: Watched, seen: SocketFigures & { readonly atMs: number }): void {
    const { last, agreement } = watched;
    watched.last = seen;
    // Nothing has been sent on it yet: its round trip is that of the handshake alone.
    if (seen.segments === 0) return;
    const sums = this.#sumsOf(agreement);
    sums.looks += 1;
    sums.roundTripMs += seen.roundTripMs;
    sums.jitterMs += seen.jitterMs;
    sums.segments += seen.segments - (last?.segments ?? 0);
    sums.sentAgain += seen.sentAgain - (last?.sentAgain ?? 0);
    if (last === undefined || seen.atMs <= last.atMs) return;
    const bytesPerS = ((seen.acknowledged - last.acknowledged) * 1_000) / (seen.atMs - last.atMs);
    sums.bytesPerS = Math.max(sums.bytesPerS, bytesPerS);
  }

  #sumsOf(agreement: number): Sums {
    const known = this.#sums.get(agreement);
    if (known !== undefined) return known;
    const sums: Sums = { looks: 0, roundTripMs: 0, jitterMs: 0, segments: 0, sentAgain: 0, bytesPerS: 0 };
    this.#sums.set(agreement, sums);
    const [oldest] = this.#sums.keys();
    if (this.#sums.size > ORDERS_MAX && oldest !== undefined) this.#sums.delete(oldest);
    return sums;
  }
}
