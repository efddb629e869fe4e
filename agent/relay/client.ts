import { connect, type Socket } from 'node:net';
import { BY_PASSWORD, loginFor, requestFor, VERSION } from './socks.ts';
import type { Target } from './target.ts';

const ANSWER_MS_MAX = 15_000;
const ANSWER_BYTES = 10;

export interface RelayAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A reply other than that it succeeded; `undefined`: the login was refused. */
export class RelayRefusal extends Error {
  override readonly name = 'RelayRefusal';
  readonly reply: number | undefined;

  constructor(reply: number | undefined) {
    super(reply === undefined ? 'the relay refused the login' : `the relay answered ${reply}`);
    this.reply = reply;
  }
}

/** A connection through a relay by SOCKS5, paused; how long it took to reach the relay, and how long that took to open it. */
export async function openThrough(
  access: RelayAccess,
  target: Target,
): Promise<{ readonly socket: Socket; readonly reachedMs: number; readonly openedMs: number }> {
  const begunAt = performance.now();
  const socket = connect({ host: access.host, port: access.port, noDelay: true });
  const timer = setTimeout(() => socket.destroy(new Error('the relay did not answer in time')), ANSWER_MS_MAX);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', resolve);
    });
    const reachedMs = performance.now() - begunAt;
    socket.write(Buffer.from([VERSION, 1, BY_PASSWORD]));
    if ((await answerOf(socket, 2))[1] !== BY_PASSWORD) throw new RelayRefusal(undefined);
    socket.write(loginFor(access));
    if ((await answerOf(socket, 2))[1] !== 0) throw new RelayRefusal(undefined);
    const askedAt = performance.now();
    socket.write(requestFor(target));
    const [, reply] = await answerOf(socket, ANSWER_BYTES);
    if (reply !== 0) throw new RelayRefusal(reply);
    return { socket, reachedMs, openedMs: performance.now() - askedAt };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function answerOf(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes: unknown = socket.read(length);
    if (Buffer.isBuffer(bytes) && bytes.length === length) return bytes;
    await new Promise<void>((resolve, reject) => {
      const forget = (): void => {
        socket.off('readable', wake);
        socket.off('close', gone);
        socket.off('error', gone);
        socket.off('end', gone);
      };
      const wake = (): void => {
        forget();
        resolve();
      };
      const gone = (error?: unknown): void => {
        forget();
        reject(error instanceof Error ? error : new Error('the relay closed the connection'));
      };
      socket.on('readable', wake);
      socket.on('close', gone);
      socket.on('error', gone);
      socket.on('end', gone);
    });
  }
}
