import type { Socket } from 'node:net';
import type { Door, Guest, Line, Refusal } from './door.ts';
import { ESTABLISHED, parseConnect, refusalText } from './http-connect.ts';
import {
  BY_PASSWORD,
  loginAnswer,
  NO_METHOD,
  parseGreeting,
  parseLogin,
  parseRequest,
  REPLY,
  requestAnswer,
  VERSION,
  type Parsed,
} from './socks.ts';
import type { Target } from './target.ts';

const CAPITAL_A = 0x41;
const CAPITAL_Z = 0x5a;
/** The most that is read before a request is whole: a head of HTTP is the longest. */
const HELD_BYTES_MAX = 16 * 1024;

/** Whoever connected went away, or said nothing that is understood, before anything was opened for them. */
export class HandshakeOver extends Error {
  override readonly name = 'HandshakeOver';
}

/** What was sent and not yet read, of one socket, until its request is whole. */
class Incoming {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #isEnded = false;
  #wake: () => void = () => undefined;
  readonly #onData = (chunk: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length > HELD_BYTES_MAX) this.#socket.pause();
    this.#wake();
  };
  readonly #onEnd = (): void => {
    this.#isEnded = true;
    this.#wake();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
  }

  /** The next message that `parse` makes out. */
  async read<Message extends { readonly state: string }>(
    parse: (bytes: Buffer) => Message,
  ): Promise<Exclude<Message, { state: 'more' }>> {
    for (;;) {
      const parsed = this.#bytes.length === 0 ? undefined : parse(this.#bytes);
      if (parsed !== undefined && parsed.state !== 'more') {
        if ('length' in parsed) this.#bytes = this.#bytes.subarray(Number(parsed.length));
        return parsed as Exclude<Message, { state: 'more' }>;
      }
      if (this.#isEnded || this.#bytes.length > HELD_BYTES_MAX) throw new HandshakeOver('no request came');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Gives back what was sent beyond the request, which is the target's; false when whoever asked is gone. */
  release(): boolean {
    if (this.#isEnded) return false;
    this.#socket.pause();
    this.#socket.off('data', this.#onData);
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('close', this.#onEnd);
    if (this.#bytes.length > 0) this.#socket.unshift(this.#bytes);
    return true;
  }
}

/** Reads a request in either protocol and opens what it asks for; null once it was refused and told so. `onAsked`: the request is whole. */
export async function shakeHands(socket: Socket, door: Door, onAsked: () => void): Promise<Line | null> {
  const incoming = new Incoming(socket);
  const first = await incoming.read((bytes) => ({ state: 'first', byte: bytes[0] ?? 0 }) as const);
  if (first.byte === VERSION) return await bySocks(incoming, { socket, door, onAsked });
  if (first.byte >= CAPITAL_A && first.byte <= CAPITAL_Z) return await byHttp(incoming, { socket, door, onAsked });
  throw new HandshakeOver('neither SOCKS5 nor HTTP');
}

interface Asking {
  readonly socket: Socket;
  readonly door: Door;
  onAsked(): void;
}

async function bySocks(incoming: Incoming, { socket, door, onAsked }: Asking): Promise<Line | null> {
  const greeting = await incoming.read(parseGreeting);
  if (greeting.state === 'bad') throw new HandshakeOver('no greeting of SOCKS5');
  const offered: readonly number[] = greeting.value;
  if (!offered.includes(BY_PASSWORD)) return end(socket, Buffer.from([VERSION, NO_METHOD]));
  socket.write(Buffer.from([VERSION, BY_PASSWORD]));
  const login = await incoming.read(parseLogin);
  if (login.state === 'bad') return end(socket, loginAnswer(false));
  const entered = door.enter(login.value);
  if (!entered.ok) return end(socket, loginAnswer(false));
  socket.write(loginAnswer(true));
  const request: Exclude<Parsed<Target>, { state: 'more' }> = await incoming.read(parseRequest);
  onAsked();
  if (request.state === 'bad') return end(socket, requestAnswer(request.reply));
  return await open(incoming, {
    socket,
    guest: entered.guest,
    target: request.value,
    opened: requestAnswer(REPLY.succeeded),
    refused: ({ reply }) => requestAnswer(reply),
  });
}

async function byHttp(incoming: Incoming, { socket, door, onAsked }: Asking): Promise<Line | null> {
  const request = await incoming.read(parseConnect);
  onAsked();
  if (request.state === 'bad') return end(socket, refusalText(request.status, request.sentence));
  const { login, target } = request.value;
  const refused = ({ status, sentence }: Refusal): string => refusalText(status, sentence);
  if (login === null)
    return end(socket, refusalText(407, 'This relay asks for the number of an order and its password.'));
  const entered = door.enter(login);
  if (!entered.ok) return end(socket, refused(entered.refusal));
  return await open(incoming, { socket, guest: entered.guest, target, opened: ESTABLISHED, refused });
}

async function open(
  incoming: Incoming,
  {
    socket,
    guest,
    target,
    opened,
    refused,
  }: {
    socket: Socket;
    guest: Guest;
    target: Target;
    opened: string | Buffer;
    refused(refusal: Refusal): string | Buffer;
  },
): Promise<Line | null> {
  const connected = await guest.connect(target);
  if (!connected.ok) return end(socket, refused(connected.refusal));
  const { line } = connected;
  if (!incoming.release()) {
    line.socket.destroy();
    line.leave();
    throw new HandshakeOver('whoever asked went away');
  }
  socket.write(opened);
  return line;
}

/** What is said last is sent before the connection ends. */
function end(socket: Socket, last: string | Buffer): null {
  socket.end(last);
  return null;
}
