import { createServer, type Socket } from 'node:net';
import { Request, type Response } from 'cosmjs-types/tendermint/abci/types';
import { listenPrivately } from '#ledger/engines/private-socket.ts';
import { answers, encodeAnswer } from './abci-mapping.ts';
import { createFrameReader, encodeFrame } from './abci-frames.ts';

/** CometBFT opens four connections (consensus, mempool, query, snapshot); a node that starts anew may overlap with its old ones. */
const CONNECTIONS_MAX = 16;

export interface AbciServerOptions {
  /** Path of the Unix socket; only the own user may open it. */
  readonly socketPath: string;
  /** Answers one request; synchronous, so that the four connections see one order. A throw is told to CometBFT, which then stops. */
  readonly answer: (request: Request) => Response;
  /** `answer` threw: the process has to end. */
  readonly failed: (error: unknown) => void;
  /** Sentences for people: a peer that does not speak the protocol. */
  readonly notice: (sentence: string) => void;
  /** The number of open connections changed. */
  readonly connected: (count: number) => void;
}

export interface AbciServer {
  close(): Promise<void>;
}

/** Undefined for what is no request, or one of a kind this application does not know. */
function decodeRequest(bytes: Uint8Array): Request | undefined {
  try {
    const request = Request.decode(bytes);
    return Object.values(request).some((value) => value !== undefined) ? request : undefined;
  } catch {
    return undefined;
  }
}

function serve(socket: Socket, options: AbciServerOptions): void {
  const reader = createFrameReader();
  const refuse = (sentence: string): void => {
    options.notice(`${sentence} The ABCI connection is closed; nothing was changed.`);
    socket.end(encodeFrame(encodeAnswer(answers.exception(sentence))));
  };
  socket.on('data', (chunk) => {
    if (socket.writableEnded) return;
    const messages = reader.push(chunk);
    if (messages === undefined) return refuse('A message is longer than this application reads, or none.');
    socket.cork();
    for (const bytes of messages) {
      const request = decodeRequest(bytes);
      if (request === undefined) return refuse('A message is not an ABCI request that this application knows.');
      try {
        socket.write(encodeFrame(encodeAnswer(options.answer(request))));
      } catch (error) {
        const sentence = error instanceof Error ? error.message : 'The application failed.';
        socket.end(encodeFrame(encodeAnswer(answers.exception(sentence))));
        return options.failed(error);
      }
    }
    socket.uncork();
  });
  socket.on('error', () => socket.destroy());
}

/**
 * Listens for the CometBFT node of this machine on a Unix socket (0600). The caller holds the home's lock, so a socket file that stands
 * there already is a dead one and is replaced. Rejects with a sentence when it cannot listen.
 */
export async function openAbciServer(options: AbciServerOptions): Promise<AbciServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (sockets.size >= CONNECTIONS_MAX) return void socket.destroy();
    sockets.add(socket);
    options.connected(sockets.size);
    socket.on('close', () => {
      sockets.delete(socket);
      options.connected(sockets.size);
    });
    serve(socket, options);
  });
  await listenPrivately(server, { path: options.socketPath, who: 'The application' });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
