import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * How much of an answer its customer has not taken. A system takes megabytes into its send buffer for somebody who reads nothing, and what
 * is written is counted and paid for: so no more is written ahead of a reader than a stated bound.
 */

/** Written ahead of a reader at first; a customer who never reads is charged for no more, and for one piece. */
export const UNREAD_BYTES_MIN = 256 * 1024;
/** A reader who has taken more may have as much under way as they took, up to this: enough for fast lines over long distances. */
export const UNREAD_BYTES_MAX = 4 * 1024 * 1024;

const WAIT_MS_MIN = 10;
const WAIT_MS_MAX = 500;
/** Tables of the system are read again after this; many readers share one look. */
const LOOK_MS = 5;

const port = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');

/** Bytes in the system's send buffers that the other side has not acknowledged, by local and remote port; where two share both, the larger. */
export function unacknowledged(tables: readonly string[]): Map<string, number> {
  const queues = new Map<string, number>();
  for (const line of tables.flatMap((table) => table.split('\n').slice(1))) {
    const [, local, remote, , queue] = line.trim().split(/\s+/);
    if (local === undefined || remote === undefined || queue === undefined) continue;
    const key = `${local.slice(local.indexOf(':') + 1)}:${remote.slice(remote.indexOf(':') + 1)}`;
    const bytes = Number.parseInt(queue.slice(0, queue.indexOf(':')), 16);
    if (Number.isFinite(bytes)) queues.set(key, Math.max(queues.get(key) ?? 0, bytes));
  }
  return queues;
}

function readTable(path: string): string[] {
  try {
    return [readFileSync(path, 'latin1')];
  } catch {
    return [];
  }
}

let seen: { readonly atMs: number; readonly queues: ReadonlyMap<string, number> } | undefined;

/** Undefined where the system does not tell: then only its own buffers are the bound. */
function queueOf({ localPort, remotePort }: Socket): number | undefined {
  const nowMs = performance.now();
  if (seen === undefined || nowMs - seen.atMs > LOOK_MS)
    seen = { atMs: nowMs, queues: unacknowledged(['/proc/net/tcp', '/proc/net/tcp6'].flatMap(readTable)) };
  return seen.queues.get(`${port(localPort ?? 0)}:${port(remotePort ?? 0)}`);
}

/** What a reader of one answer has been sent and has taken. */
export class Reader {
  readonly #response: ServerResponse;
  #sentBytes = 0;
  #takenBytes = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /**
   * Resolves to true once `bytes` more may be written, to false when the reader took nothing for `stallMsMax` or the answer was cut. The
   * bytes then count as sent.
   */
  async hasRoom(bytes: number, of: { readonly signal: AbortSignal; readonly stallMsMax: number }): Promise<boolean> {
    let waitMs = WAIT_MS_MIN;
    let progressAtMs = performance.now();
    while (!this.#fits(bytes)) {
      const before = this.#takenBytes;
      if (this.#look() > before) {
        progressAtMs = performance.now();
        waitMs = WAIT_MS_MIN;
        continue;
      }
      if (of.signal.aborted || performance.now() - progressAtMs > of.stallMsMax) return false;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
    }
    this.#sentBytes += bytes;
    return !of.signal.aborted;
  }

  #fits(bytes: number): boolean {
    const ahead = Math.min(Math.max(this.#takenBytes, UNREAD_BYTES_MIN), UNREAD_BYTES_MAX);
    return this.#sentBytes + bytes - this.#takenBytes <= ahead;
  }

  /** Bytes that the reader has taken, as far as the system knows by now. */
  #look(): number {
    const { socket, writableLength } = this.#response;
    const queued = socket === null ? undefined : queueOf(socket);
    const unread = queued === undefined ? 0 : queued + writableLength;
    this.#takenBytes = Math.max(this.#takenBytes, this.#sentBytes - unread);
    return this.#takenBytes;
  }
}
