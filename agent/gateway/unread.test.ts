import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Reader, UNREAD_BYTES_MAX, UNREAD_BYTES_MIN } from './unread.ts';

const PIECE_BYTES = 256 * 1024;
const STALL_MS_MAX = 30_000;

/** A customer's machine that takes so many bytes in a millisecond, until it has taken `mostBytes` and takes no more. */
class Customer {
  takenBytes = 0;
  writtenBytes = 0;
  readonly reader = new Reader(() => Promise.resolve(this.#unread()));
  readonly #bytesPerMs: number;
  readonly #mostBytes: number;
  #atMs = performance.now();

  constructor(bytesPerMs: number, mostBytes = Number.POSITIVE_INFINITY) {
    this.#bytesPerMs = bytesPerMs;
    this.#mostBytes = mostBytes;
  }

  /** Writes pieces as long as there is room for them: how many got room, and after which time in ms. */
  async write(pieces: number): Promise<{ pieces: number; afterMs: number }> {
    const startMs = performance.now();
    for (let piece = 0; piece < pieces; piece += 1) {
      const room = this.reader.hasRoom(PIECE_BYTES, { signal: new AbortController().signal, stallMsMax: STALL_MS_MAX });
      const [hasRoom] = await Promise.all([room, untilSettled(room)]);
      if (!hasRoom) return { pieces: piece, afterMs: performance.now() - startMs };
      this.#unread();
      this.writtenBytes += PIECE_BYTES;
    }
    return { pieces, afterMs: performance.now() - startMs };
  }

  #unread(): number {
    const nowMs = performance.now();
    const couldTake = this.takenBytes + (nowMs - this.#atMs) * this.#bytesPerMs;
    this.takenBytes = Math.min(couldTake, this.writtenBytes, this.#mostBytes);
    this.#atMs = nowMs;
    return this.writtenBytes - this.takenBytes;
  }
}

/** Moves the clock until the promise is settled. */
async function untilSettled(promise: Promise<unknown>): Promise<void> {
  let isSettled = false;
  void promise.finally(() => (isSettled = true));
  await Promise.resolve();
  while (!isSettled) await vi.advanceTimersToNextTimerAsync();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a reader of a large answer', () => {
  // Of the slower one a single piece takes longer than the time after which somebody is given up who takes nothing.
  test.each([300, 5])('who takes %s kB/s gets all of it, long after 4 MiB, as fast as they take it', async (rate) => {
    const slow = new Customer(rate);
    const { pieces, afterMs } = await slow.write(40);
    expect(pieces).toBe(40);
    const neededMs = (40 * PIECE_BYTES - UNREAD_BYTES_MAX) / rate;
    expect(afterMs).toBeGreaterThan(neededMs);
    expect(afterMs).toBeLessThan(neededMs + 2_000);
  });

  test('has never more ahead than they took, nor than 4 MiB', async () => {
    const slow = new Customer(300);
    for (let piece = 0; piece < 60; piece += 1) {
      await slow.write(1);
      const ahead = slow.writtenBytes - slow.takenBytes;
      expect(ahead).toBeLessThanOrEqual(Math.min(Math.max(slow.takenBytes, UNREAD_BYTES_MIN), UNREAD_BYTES_MAX));
    }
  });

  test.each([0, 1, 6])('who stops after %s MiB is given up when they took nothing for 30 s', async (mebibytes) => {
    const stopped = new Customer(3_000, mebibytes * 1024 * 1024);
    const { pieces, afterMs } = await stopped.write(100);
    expect(pieces).toBeLessThan(100);
    expect(stopped.writtenBytes).toBeLessThanOrEqual(2 * Math.max(stopped.takenBytes, UNREAD_BYTES_MIN));
    expect(afterMs).toBeGreaterThan(STALL_MS_MAX);
    expect(afterMs).toBeLessThan(STALL_MS_MAX + 5_000);
  });
});
