import type { OnReadOpts, Socket } from 'node:net';

/** A connection that is quiet holds a small buffer, one whose reads fill theirs a larger one: each read costs a call of the system. */
const SIZES = [16 * 1024, 64 * 1024, 256 * 1024] as const;
/** Buffers of each size that are kept for later; others are left to the collector. */
const KEPT_MAX = 32;

const kept: readonly Buffer[][] = SIZES.map(() => []);

/**
 * Reads a socket into buffers of its own, as large as its reads are. The bytes come as events `piece` (the bytes, and a function that
 * gives their place back) instead of `data`, and the socket has to be paused until somebody listens.
 */
export class WideReader {
  #size = 0;
  #current: Buffer | undefined;
  #socket: Socket | undefined;

  /** For the socket's making. */
  readonly options: OnReadOpts = {
    buffer: () => this.#next(),
    callback: (bytesRead) => this.#read(bytesRead),
  };

  attach(socket: Socket): void {
    this.#socket = socket;
  }

  #next(): Buffer {
    this.#current = kept[this.#size]?.pop() ?? Buffer.allocUnsafeSlow(SIZES[this.#size] ?? SIZES[0]);
    return this.#current;
  }

  #read(bytesRead: number): boolean {
    const buffer = this.#current;
    if (buffer === undefined) return true;
    if (bytesRead === buffer.length) this.#size = Math.min(this.#size + 1, SIZES.length - 1);
    else if (bytesRead * 4 < buffer.length) this.#size = Math.max(this.#size - 1, 0);
    this.#socket?.emit('piece', buffer.subarray(0, bytesRead), () => keep(buffer));
    return true;
  }
}

function keep(buffer: Buffer): void {
  const others = kept[SIZES.findIndex((size) => size === buffer.length)];
  if (others !== undefined && others.length < KEPT_MAX) others.push(buffer);
}
