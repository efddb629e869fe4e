import { createConnection, type Socket } from 'node:net';
import { createFrameReader, encodeMessage, RESPONSE_BYTES_MAX, type Message } from './wire.ts';

/** The ledger process does not answer: not running, stopping, or too slow. Nothing is known about what was asked; ask again. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}

/** The ledger process answered that it cannot do what was asked; the message is its sentence. */
export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal';
}

export interface Connection {
  /** Sends one request; rejects with LedgerUnavailable after `timeoutMs` or when the connection ends. */
  request(message: Message, timeoutMs: number): Promise<Message>;
  /** Receives the `block` messages of a subscription. */
  onBlock(id: bigint, handler: (message: Message) => void): void;
  readonly isOpen: () => boolean;
  close(): void;
}

/** Requests that may wait for an answer on one connection, most of them for outcomes; more are refused at once. */
const WAITING_MAX = 16_384;

interface Waiting {
  resolve(message: Message): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

function attach(socket: Socket, onEnd: () => void): Connection {
  const waiting = new Map<bigint, Waiting>();
  const subscriptions = new Map<bigint, (message: Message) => void>();
  const reader = createFrameReader(RESPONSE_BYTES_MAX);
  let isOpen = true;

  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    socket.destroy();
    for (const entry of waiting.values()) {
      clearTimeout(entry.timer);
      entry.reject(new LedgerUnavailable('The connection to the ledger process ended.'));
    }
    waiting.clear();
    onEnd();
  };
  const dispatch = (message: Message): void => {
    const id = message.id;
    if (typeof id !== 'bigint') return end();
    if (message.block !== undefined) return subscriptions.get(id)?.(message);
    const entry = waiting.get(id);
    if (entry === undefined) return;
    waiting.delete(id);
    clearTimeout(entry.timer);
    entry.resolve(message);
  };
  socket.on('data', (chunk) => {
    const messages = reader.push(chunk);
    if (messages === undefined) return end();
    for (const message of messages) dispatch(message);
  });
  socket.on('error', end);
  socket.on('close', end);

  return {
    request: (message, timeoutMs) =>
      new Promise((resolve, reject) => {
        const id = message.id as bigint;
        if (!isOpen) return reject(new LedgerUnavailable('The connection to the ledger process ended.'));
        if (waiting.size >= WAITING_MAX)
          return reject(new LedgerUnavailable('Too many requests wait for the ledger process.'));
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new LedgerUnavailable(`The ledger process did not answer within ${timeoutMs} ms.`));
        }, timeoutMs);
        waiting.set(id, { resolve, reject, timer });
        socket.write(encodeMessage(message));
      }),
    onBlock: (id, handler) => void subscriptions.set(id, handler),
    isOpen: () => isOpen,
    close: end,
  };
}

/** Connects to a Unix socket within `timeoutMs`; `onEnd` is called once when the connection ends later. */
export function openConnection(socketPath: string, timeoutMs: number, onEnd: () => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    const fail = (): void => {
      socket.destroy();
      reject(new LedgerUnavailable(`No ledger process answers at ${socketPath}.`));
    };
    const timer = setTimeout(fail, timeoutMs);
    socket.once('error', () => {
      clearTimeout(timer);
      fail();
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(attach(socket, onEnd));
    });
  });
}
