import { createServer, type Server, type Socket } from 'node:net';
import type { Door, Line } from './door.ts';
import { Flow } from './flow.ts';
import { HandshakeOver, shakeHands } from './handshake.ts';

/** From the first byte of a connection to a whole request. */
const HANDSHAKE_MS_MAX = 10_000;
/** Of all customers together, those that have not asked for anything yet among them. */
const CONNECTIONS_MAX = 4_096;
const HANDSHAKES_MAX = 256;
/** A side that is gone without a word is found out by the system's own probes. */
const KEEP_ALIVE_MS = 60_000;
/** How long what was passed on last has to be taken. */
const LINGER_MS_MAX = 10_000;

export interface ListenerParts {
  readonly door: Door;
  /** A failure that is nobody's who connected, such as a journal that cannot be written. */
  onFailed(error: unknown): void;
  /** Absent: ten seconds. */
  readonly handshakeMsMax?: number;
}

/** One TCP port that opens connections by SOCKS5 and by HTTP's CONNECT. */
export class RelayListener {
  readonly #parts: ListenerParts;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #handshakes = 0;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void this.#take(socket));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Resolves with the port once it listens. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #take(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    // Whoever breaks a connection off is heard of by its close.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#handshakes >= HANDSHAKES_MAX) return void socket.destroy();
    this.#handshakes += 1;
    const slow = setTimeout(() => socket.destroy(), this.#parts.handshakeMsMax ?? HANDSHAKE_MS_MAX);
    try {
      const line = await shakeHands(socket, this.#parts.door, () => clearTimeout(slow));
      if (line === null) this.#linger(socket);
      else this.#join(socket, line);
    } catch (error) {
      socket.destroy();
      if (!(error instanceof HandshakeOver)) this.#parts.onFailed(error);
    } finally {
      clearTimeout(slow);
      this.#handshakes -= 1;
    }
  }

  /** A refusal that nobody reads does not keep its connection. */
  #linger(socket: Socket): void {
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS_MAX);
    socket.once('finish', () => socket.destroySoon());
    socket.once('close', () => clearTimeout(timer));
  }

  #join(asker: Socket, line: Line): void {
    const { socket: target, signal, idleMs } = line;
    this.#sockets.add(target);
    line.joined(asker);
    target.on('error', () => undefined);
    for (const side of [asker, target]) side.setKeepAlive(true, KEEP_ALIVE_MS);
    let last: ReturnType<typeof setTimeout> | undefined;
    const cut = (): void => {
      for (const side of [asker, target]) side.destroy();
    };
    const idle = setTimeout(cut, idleMs);
    const on = {
      passed: () => void idle.refresh(),
      /** What was counted is still sent: destroying the connections at once could throw it away. */
      last: () => {
        for (const flow of flows) flow.stop();
        for (const side of [asker, target]) side.destroySoon();
        last ??= setTimeout(cut, LINGER_MS_MAX);
      },
    };
    const guarded: Line = { ...line, take: (direction, bytes) => this.#taken(line, direction, bytes) };
    const up = new Flow({ from: asker, to: target, line: guarded, direction: 'up' }, on);
    const down = new Flow({ from: target, to: asker, line: guarded, direction: 'down' }, on);
    const flows = [up, down];
    let open = 2;
    /** One side that is gone takes the other with it, once that has what was passed on to it. */
    const closed = (out: Flow, into: Flow, other: Socket): void => {
      open -= 1;
      into.stop();
      out.finish(() => {
        other.destroySoon();
        last ??= setTimeout(cut, LINGER_MS_MAX);
      });
      if (open > 0) return;
      for (const flow of flows) flow.stop();
      clearTimeout(idle);
      clearTimeout(last);
      signal.removeEventListener('abort', cut);
      this.#sockets.delete(target);
      line.leave();
    };
    signal.addEventListener('abort', cut, { once: true });
    onClose(asker, () => closed(up, down, target));
    onClose(target, () => closed(down, up, asker));
    if (signal.aborted) cut();
    for (const side of [asker, target]) side.resume();
  }

  /** Where nothing can be counted nothing may pass. */
  #taken(line: Line, ...[direction, bytes]: Parameters<Line['take']>): ReturnType<Line['take']> {
    try {
      return line.take(direction, bytes);
    } catch (error) {
      this.#parts.onFailed(error);
      return { bytes: 0, isLast: true };
    }
  }
}

function onClose(socket: Socket, then: () => void): void {
  if (socket.closed) then();
  else socket.once('close', then);
}
