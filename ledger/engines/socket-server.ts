import { createServer, type Socket } from 'node:net';
import { createFrameReader, encodeMessage, isMap, REQUEST_BYTES_MAX, type Message } from '#ledger/client/wire.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import { blockToCbor, engineFiguresToCbor, engineStatusToCbor, outcomeToCbor } from '#ledger/core/committed-codec.ts';
import { CONTROL_KINDS, type EngineName } from '#ledger/core/committed.ts';
import type { Engine } from './engine.ts';
import { listenPrivately } from './private-socket.ts';
import { createTurns, type Turns } from './turns.ts';

/** Clients at a time; more are turned away. */
export const CONNECTIONS_MAX = 64;
/** Unanswered requests of one connection, most of which wait for outcomes; more are refused with a sentence. */
const IN_FLIGHT_MAX = 16_384;
/**
 * Requests that the engine works on at a time, of all connections by turns. In this process the votes of a height wait behind no more than
 * these; with CometBFT they do not, and each request takes the longer.
 */
const AT_ONCE: Readonly<Record<EngineName, number>> = { embedded: 64, cometbft: 256 };
/** A connection with so many that wait for their turn is not read any further until half of them have had it. */
export const WAITING_MAX = 256;
export const SUBSCRIPTIONS_MAX = 16;
/** Answers that a slow client has not read; then its connection is closed. */
const UNREAD_BYTES_MAX = 128 * 1024 * 1024;
const OUTCOME_TIMEOUT_MS_MAX = 60_000;

/** What was asked cannot be understood; the message is the sentence for the asker. */
class BadRequest extends Error {}

interface Session {
  readonly socket: Socket;
  readonly subscriptions: Map<bigint, { stop: () => void; acknowledge: (height: bigint) => void }>;
  inFlight: number;
}

interface Serving {
  readonly engine: Engine;
  readonly turns: Turns<Session>;
}

type Call = (engine: Engine, args: Message, session: Session, id: bigint) => Promise<CborValue>;

function bytesArg(args: Message, name: string): Uint8Array {
  const value = args[name];
  if (!(value instanceof Uint8Array)) throw new BadRequest(`The argument "${name}" must be bytes.`);
  return value;
}

function integerArg(args: Message, name: string, max: bigint): bigint {
  const value = args[name];
  if (typeof value !== 'bigint' || value < 0n || value > max) {
    throw new BadRequest(`The argument "${name}" must be an integer from 0 to ${max}.`);
  }
  return value;
}

const U64_MAX = 2n ** 64n - 1n;

/** The height that the asker trusts; without one, genesis. */
function fromHeightArg(args: Message): bigint | undefined {
  return args.fromHeight === undefined ? undefined : integerArg(args, 'fromHeight', U64_MAX);
}

function send(session: Session, message: Message): void {
  if (session.socket.destroyed) return;
  session.socket.write(encodeMessage(message));
  if (session.socket.writableLength > UNREAD_BYTES_MAX) session.socket.destroy();
}

/** Sends one block at a time: the engine's callback resolves when the client acknowledged it, or never again once it ended. */
function subscribe(engine: Engine, args: Message, session: Session, id: bigint): CborValue {
  const from = integerArg(args, 'from', U64_MAX);
  if (session.subscriptions.size >= SUBSCRIPTIONS_MAX)
    throw new BadRequest('This connection has too many subscriptions.');
  if (session.subscriptions.has(id)) throw new BadRequest('A subscription with this id exists.');
  let waiting: { height: bigint; resolve: () => void } | undefined;
  const stop = engine.subscribe(from, (block) => {
    send(session, { id, block: blockToCbor(block) });
    return new Promise((resolve) => {
      waiting = { height: block.height, resolve };
    });
  });
  session.subscriptions.set(id, {
    stop: () => {
      stop();
      waiting?.resolve();
    },
    acknowledge: (height) => {
      if (waiting?.height === height) waiting.resolve();
    },
  });
  return null;
}

function subscriptionOf(args: Message, session: Session): { stop: () => void; acknowledge: (height: bigint) => void } {
  const found = session.subscriptions.get(integerArg(args, 'subscription', U64_MAX));
  if (found === undefined) throw new BadRequest('There is no such subscription on this connection.');
  return found;
}

const CALLS: Readonly<Record<string, Call>> = {
  submit: async (engine, args): Promise<CborValue> => {
    const result = await engine.submit(bytesArg(args, 'bytes'));
    if (result.ok) return { txId: result.txId };
    const { code, retryAfterMs } = result;
    return { code: BigInt(code), ...(retryAfterMs !== undefined && { retryAfterMs: BigInt(retryAfterMs) }) };
  },
  outcome: async (engine, args) => {
    const timeoutMs = Number(integerArg(args, 'timeoutMs', BigInt(OUTCOME_TIMEOUT_MS_MAX)));
    const outcome = await engine.outcome(bytesArg(args, 'txId'), timeoutMs);
    return outcome === undefined ? null : outcomeToCbor(outcome);
  },
  query: async (engine, args): Promise<CborValue> => {
    if (typeof args.path !== 'string' || args.args === undefined)
      throw new BadRequest('A query needs "path" and "args".');
    const answer = await engine.query(args.path, args.args);
    if (answer.ok) return { value: answer.value, height: answer.height };
    return { code: BigInt(answer.code) };
  },
  receipt: async (engine, args) =>
    (await engine.receipt(integerArg(args, 'logIndex', U64_MAX), fromHeightArg(args))) ?? null,
  head: async (engine, args) => (await engine.head(fromHeightArg(args))) ?? null,
  status: async (engine) => engineStatusToCbor(await engine.status()),
  figures: async (engine) => engineFiguresToCbor(await engine.figures()),
  control: async (engine, args) => {
    const kind = CONTROL_KINDS.find((known) => known === args.kind);
    if (kind === undefined) throw new BadRequest(`A control command is one of ${CONTROL_KINDS.join(', ')}.`);
    const { ok, sentence } = await engine.control({ kind, index: Number(integerArg(args, 'index', 255n)) });
    return { done: ok, sentence };
  },
  subscribe: async (engine, args, session, id) => subscribe(engine, args, session, id),
  acknowledge: async (_engine, args, session) => {
    subscriptionOf(args, session).acknowledge(integerArg(args, 'height', U64_MAX));
    return null;
  },
  unsubscribe: async (_engine, args, session) => {
    subscriptionOf(args, session).stop();
    session.subscriptions.delete(integerArg(args, 'subscription', U64_MAX));
    return null;
  },
};

/** What costs validators work; the rest waits, or is about the connection itself. */
const WORK: ReadonlySet<CborValue | undefined> = new Set(['submit', 'query', 'receipt', 'head']);

function take(serving: Serving, session: Session, message: Message): void {
  const { engine, turns } = serving;
  if (!WORK.has(message.call)) return void answer(engine, session, message);
  turns.take(session, async () => {
    await answer(engine, session, message);
    if (turns.waiting(session) < WAITING_MAX / 2) session.socket.resume();
  });
}

async function answer(engine: Engine, session: Session, message: Message): Promise<void> {
  const { id, call, args } = message;
  if (typeof id !== 'bigint') return void session.socket.destroy();
  const handler = typeof call === 'string' && Object.hasOwn(CALLS, call) ? CALLS[call] : undefined;
  if (handler === undefined || args === undefined || !isMap(args)) {
    return send(session, { id, ok: false, sentence: 'This request is not one the ledger process knows.' });
  }
  if (session.inFlight >= IN_FLIGHT_MAX) {
    return send(session, { id, ok: false, sentence: 'Too many requests of this connection wait for an answer.' });
  }
  session.inFlight += 1;
  try {
    send(session, { id, ok: true, value: await handler(engine, args, session, id) });
  } catch (error) {
    const sentence = error instanceof BadRequest ? error.message : 'The ledger process could not answer this request.';
    send(session, { id, ok: false, sentence });
  } finally {
    session.inFlight -= 1;
  }
}

function serve(serving: Serving, socket: Socket): void {
  const session: Session = { socket, subscriptions: new Map(), inFlight: 0 };
  const reader = createFrameReader(REQUEST_BYTES_MAX);
  socket.on('data', (chunk) => {
    const messages = reader.push(chunk);
    if (messages === undefined) return void socket.destroy();
    for (const message of messages) take(serving, session, message);
    if (serving.turns.waiting(session) >= WAITING_MAX) socket.pause();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const subscription of session.subscriptions.values()) subscription.stop();
    session.subscriptions.clear();
    serving.turns.forget(session);
  });
}

export interface SocketServer {
  close(): Promise<void>;
}

export interface SocketServerOptions {
  /** `embedded` unless it says otherwise. */
  readonly engine?: EngineName;
  /** The process's group may open the socket too: a portal that runs as a user of its own. */
  readonly sharesSocket?: boolean;
}

/**
 * Listens on a Unix socket that only the own user can open (0600) unless it is shared. The caller holds the home folder's lock, so a socket file that
 * stands there already is a dead one and is replaced. Rejects with a sentence when it cannot listen.
 */
export async function openSocketServer(
  engine: Engine,
  socketPath: string,
  { engine: name = 'embedded', sharesSocket = false }: SocketServerOptions = {},
): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  const serving: Serving = { engine, turns: createTurns(AT_ONCE[name]) };
  const server = createServer((socket) => {
    if (sockets.size >= CONNECTIONS_MAX) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(serving, socket);
  });
  await listenPrivately(server, { path: socketPath, who: 'The ledger process', isShared: sharesSocket });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
