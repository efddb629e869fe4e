import type { Socket } from 'node:net';
import type { Direction, Line } from './door.ts';

/** Larger pieces are passed on in parts, so that a count is never far ahead of what left. */
const PIECE_BYTES_MAX = 256 * 1024;

const nothing = (): void => undefined;

/**
 * Bytes from one socket to another, no faster than their pace and than the receiver takes them: at any moment one piece that was read waits
 * here, and nothing more is read meanwhile.
 */
export class Flow {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #line: Line;
  readonly #direction: Direction;
  readonly #pieceBytesMax: number;
  readonly #on: { passed(): void; last(): void };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;
  /** What is done once nothing waits here any more. */
  #afterwards: (() => void) | undefined;

  /** `passed`: bytes moved. `last`: nothing more may pass; what was passed on is on its way. */
  constructor(
    { from, to, line, direction }: { from: Socket; to: Socket; line: Line; direction: Direction },
    on: { passed(): void; last(): void },
  ) {
    this.#from = from;
    this.#to = to;
    this.#line = line;
    this.#direction = direction;
    this.#on = on;
    this.#pieceBytesMax = Math.min(PIECE_BYTES_MAX, line.pace[direction].burstBytes);
    from.on('data', (chunk: Buffer) => this.#pass(chunk, nothing));
    from.on('piece', (chunk: Buffer, release: () => void) => this.#pass(chunk, release));
    // Told as soon as the sender has ended, also while its last piece waits here.
    from.on('end', () => this.finish(() => void to.end()));
    to.on('drain', () => this.#goOn());
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Calls back once what was read has been passed on; at once where nothing waits. */
  finish(then: () => void): void {
    if (this.#timer === undefined) then();
    else this.#afterwards = then;
  }

  /** `release`: the bytes are passed on, and whoever owns them may use their place again. */
  #pass(chunk: Buffer, release: () => void): void {
    let rest = chunk;
    while (rest.length > 0 && !this.#isOver) {
      const piece = rest.subarray(0, this.#pieceBytesMax);
      const pauseMs = this.#line.pauseMs();
      if (pauseMs > 0) {
        const waiting = rest;
        this.#from.pause();
        this.#timer = setTimeout(() => this.#passLate(waiting, release), pauseMs);
        return;
      }
      const waitMs = this.#line.pace[this.#direction].take(piece.length);
      const left = rest.subarray(piece.length);
      if (waitMs > 0) {
        this.#from.pause();
        this.#timer = setTimeout(() => this.#sendLate(piece, left, release), waitMs);
        return;
      }
      this.#send(piece, left.length === 0 ? release : nothing);
      rest = left;
    }
  }

  #sendLate(piece: Buffer, left: Buffer, release: () => void): void {
    this.#send(piece, left.length === 0 ? release : nothing);
    this.#passLate(left, release);
  }

  /** Goes on after a wait. */
  #passLate(rest: Buffer, release: () => void): void {
    this.#timer = undefined;
    this.#pass(rest, release);
    if (this.#timer === undefined) {
      this.#afterwards?.();
      this.#afterwards = undefined;
    }
    this.#goOn();
  }

  #send(piece: Buffer, release: () => void): void {
    if (this.#isOver || this.#to.destroyed) return;
    const taken = this.#line.take(this.#direction, piece.length);
    const isLast = taken.isLast || taken.bytes < piece.length;
    if (taken.bytes > 0 && !this.#to.write(piece.subarray(0, taken.bytes), () => release())) this.#from.pause();
    this.#on.passed();
    if (!isLast) return;
    this.stop();
    this.#from.pause();
    this.#on.last();
  }

  /** Reads on when nothing waits here and the receiver has taken what it was given. */
  #goOn(): void {
    if (this.#timer === undefined && !this.#isOver && !this.#to.writableNeedDrain) this.#from.resume();
  }
}
