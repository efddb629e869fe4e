import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

/**
 * How much of an answer its customer has not taken. A system takes megabytes into its send buffer for somebody who reads nothing, and what
 * is written is counted and paid for: so no more is written ahead of a reader than a stated bound.
 */

/** Written ahead of a reader at first; a customer who never reads is charged for no more, and for one piece. */
export const UNREAD_BYTES_MIN = 256 * 1024;
/**
 * A reader who has taken more may have as much under way as they took, up to this: enough for fast lines over long distances, and so little
 * that the system takes every piece at once, however slow the reader: a piece that it does not take ends the answer.
 */
export const UNREAD_BYTES_MAX = 4 * 1024 * 1024;

/** Between two looks at one reader, more when nothing moves. */
const WAIT_MS_MIN = 10;
const WAIT_MS_MAX = 500;

const port = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');

/** Bytes in the system's send buffers that the other side has not acknowledged, by local and remote port; where two share both, the larger. */
export function unacknowledged(table: string): Map<string, number> {
  const queues = new Map<string, number>();
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, , queue] = line.trim().split(/\s+/);
    if (local === undefined || remote === undefined || queue === undefined) continue;
    const key = `${local.slice(local.indexOf(':') + 1)}:${remote.slice(remote.indexOf(':') + 1)}`;
    const bytes = Number.parseInt(queue.slice(0, queue.indexOf(':')), 16);
    if (Number.isFinite(bytes)) queues.set(key, Math.max(queues.get(key) ?? 0, bytes));
  }
  return queues;
}

type Queues = ReadonlyMap<string, number>;

/**
 * One of the system's tables of connections. To read it takes the system milliseconds, however few there are: many readers share one look,
 * beside the event loop, and none is given a look that began before it asked.
 */
class ConnectionTable {
  readonly #path: string;
  #current: Promise<Queues> | undefined;
  #next: Promise<Queues> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  look(): Promise<Queues> {
    if (this.#current === undefined) return this.#begin();
    this.#next ??= this.#current.then(() => this.#begin());
    return this.#next;
  }

  #begin(): Promise<Queues> {
    this.#next = undefined;
    this.#current = readFile(this.#path, 'latin1')
      .then(unacknowledged, () => new Map<string, number>())
      .finally(() => {
        this.#current = undefined;
      });
    return this.#current;
  }
}

const tables = { IPv4: new ConnectionTable('/proc/net/tcp'), IPv6: new ConnectionTable('/proc/net/tcp6') } as const;

/** Bytes written to an answer that its reader has not taken. Where the system does not tell, none: then only its own buffers are the bound. */
async function unreadOf({ socket, writableLength }: ServerResponse): Promise<number> {
  const { localPort, remotePort, localFamily } = socket ?? {};
  const queues = await tables[localFamily === 'IPv6' ? 'IPv6' : 'IPv4'].look();
  const queued = queues.get(`${port(localPort ?? 0)}:${port(remotePort ?? 0)}`);
  return queued === undefined ? 0 : queued + writableLength;
}

/** What a reader of one answer has been sent and has taken. */
export class Reader {
  readonly #unread: () => Promise<number>;
  #sentBytes = 0;
  #takenBytes = 0;

  /** `unread`: how many of the bytes that were written the reader has not taken. */
  constructor(unread: () => Promise<number>) {
    this.#unread = unread;
  }

  static of(response: ServerResponse): Reader {
    return new Reader(() => unreadOf(response));
  }

  /** Bytes that were given room. */
  get sentBytes(): number {
    return this.#sentBytes;
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
      await this.#look();
      if (this.#fits(bytes)) break;
      if (this.#takenBytes > before) {
        progressAtMs = performance.now();
        waitMs = WAIT_MS_MIN;
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

  /** Finds out how many bytes the reader has taken. */
  async #look(): Promise<void> {
    // Taken before: what goes from here to the system meanwhile is rather counted twice than not at all.
    const sentBytes = this.#sentBytes;
    this.#takenBytes = Math.max(this.#takenBytes, sentBytes - (await this.#unread()));
  }
}
