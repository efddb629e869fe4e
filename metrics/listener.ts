import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Figures } from './figures.ts';
import type { ListenAddress } from './listen-address.ts';

/** One Prometheus, and people who look. */
const CONNECTIONS_MAX = 16;
const HEADER_BYTES_MAX = 8 * 1_024;
const HEADERS_MS_MAX = 5_000;
const REQUEST_MS_MAX = 10_000;
/** Names of this machine that a browser's page, which may have had any name resolved to it, cannot bear. */
const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

export interface Listener {
  /** Where it is read. */
  readonly url: string;
  close(): Promise<void>;
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, { ...headers, connection: 'close', ...(status === 405 && { allow: 'GET, HEAD' }) });
  response.end(`${sentence}\n`);
}

async function answer(figures: Figures, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '', headers } = request;
  if (!OWN_HOST.test(headers.host ?? '')) return refuse(response, 421, 'This address tells its own machine alone.');
  if (!/^\/metrics(\?|$)/.test(url)) return refuse(response, 404, 'Here is /metrics and nothing else.');
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, 'Figures are read by GET.');
  const text = await figures.text();
  response.writeHead(200, {
    'content-type': figures.contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(method === 'HEAD' ? undefined : text);
}

/** Tells the figures at `/metrics` of an address on loopback, and begins to watch the process. Rejects with a sentence when it cannot listen. */
export async function tellFigures(figures: Figures, { host, port }: ListenAddress): Promise<Listener> {
  const limits = { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_MS_MAX, requestTimeout: REQUEST_MS_MAX };
  const server = createServer(limits, (request, response) => {
    request.resume();
    answer(figures, request, response).catch(() => refuse(response, 500, 'The figures could not be read.'));
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
      reject(new Error(`Figures cannot be told at ${host}:${port}: ${why}.`));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
  figures.watchProcess();
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
