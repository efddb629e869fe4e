import type { Socket } from 'node:net';
import { readSockets, type SocketFigures } from './socket-figures.ts';

/** The first look at a connection, and those that follow: what is over sooner is not seen. */
const FIRST_LOOK_MS = 150;
const LOOK_MS = 1_000;
/** Orders of which figures are kept until they are said; the oldest are dropped. */
const ORDERS_MAX = 1_000;
/** A throughput is of what passes in so long. */
const SPAN_MS = 500;
const PER_MILLE = 1_000;

/** How the connections of an order were, in whole numbers, as a session says it. */
export interface LineFigures {
  readonly roundTripMs: number;
  readonly jitterMs: number;
  /** That the relay passed on to the customer in the fastest half second; 0 where nothing passed for so long. */
  readonly bytesPerS: number;
  readonly lossPerMille: number;
}

interface Sums {
  looks: number;
  roundTripMs: number;
  jitterMs: number;
  segments: number;
  sentAgain: number;
}

interface Watched {
  readonly agreement: number;
  last: SocketFigures | undefined;
}

/** What passes of an order, half a second at a time. */
interface Passing {
  sinceMs: number;
  bytes: number;
  /** In a second, of the fastest of them. */
  fastest: number;
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
  readonly #passing = new Map<number, Passing>();
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

  /** So many bytes pass to the customer now. */
  passed(agreement: number, bytes: number): void {
    const nowMs = performance.now();
    const passing = ofOrder(this.#passing, agreement, () => ({ sinceMs: nowMs, bytes: 0, fastest: 0 }));
    passing.bytes += bytes;
    const spanMs = nowMs - passing.sinceMs;
    if (spanMs < SPAN_MS) return;
    // After a pause the span is long, and what passed in it slow: the next one begins with this piece.
    passing.fastest = Math.max(passing.fastest, ((passing.bytes - bytes) * 1_000) / spanMs);
    passing.sinceMs = nowMs;
    passing.bytes = bytes;
  }

  /** undefined where no look saw one of its connections. */
  figuresOf(agreement: number): LineFigures | undefined {
    const sums = this.#sums.get(agreement);
    if (sums === undefined) return undefined;
    const { looks, roundTripMs, jitterMs, segments, sentAgain } = sums;
    return {
      roundTripMs: Math.max(1, Math.round(roundTripMs / looks)),
      jitterMs: Math.round(jitterMs / looks),
      bytesPerS: Math.round(this.#passing.get(agreement)?.fastest ?? 0),
      // Rounded up: what was lost is never nothing.
      lossPerMille: segments === 0 ? 0 : Math.min(PER_MILLE, Math.ceil((sentAgain * PER_MILLE) / segments)),
    };
  }

  forget(agreement: number): void {
    this.#sums.delete(agreement);
    this.#passing.delete(agreement);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watched.clear();
  }

  async #look(): Promise<void> {
    const found = await this.#read(this.#port());
    for (const [port, watched] of this.#watched) {
      const figures = found?.get(port);
      if (figures !== undefined) this.#take(watched, figures);
    }
    this.#timer = undefined;
    if (this.#watched.size > 0 && !this.#isClosed) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  #take(watched: Watched, seen: SocketFigures): void {
    const { last, agreement } = watched;
    watched.last = seen;
    // Nothing has been sent on it yet: its round trip is that of the handshake alone.
    if (seen.segments === 0) return;
    const sums = ofOrder(this.#sums, agreement, () => ({
      looks: 0,
      roundTripMs: 0,
      jitterMs: 0,
      segments: 0,
      sentAgain: 0,
    }));
    sums.looks += 1;
    sums.roundTripMs += seen.roundTripMs;
    sums.jitterMs += seen.jitterMs;
    sums.segments += seen.segments - (last?.segments ?? 0);
    sums.sentAgain += seen.sentAgain - (last?.sentAgain ?? 0);
  }
}

/** What is kept of an order, `fresh` at first; the oldest goes when there are too many. */
function ofOrder<Value>(kept: Map<number, Value>, agreement: number, fresh: () => Value): Value {
  const known = kept.get(agreement);
  if (known !== undefined) return known;
  const value = fresh();
  kept.set(agreement, value);
  const [oldest] = kept.keys();
  if (kept.size > ORDERS_MAX && oldest !== undefined) kept.delete(oldest);
  return value;
}
