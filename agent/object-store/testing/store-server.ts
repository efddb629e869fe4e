import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Bucket, type BucketOptions } from '#agent/object-store/bucket.ts';
import { S3Failure } from '#agent/object-store/failure.ts';
import { parseQuery, type S3Request } from '#agent/object-store/request.ts';
import { createObjectService, failureReply, type S3Answer } from '#agent/object-store/service.ts';
import { verifySignature } from '#agent/object-store/signature.ts';

export const REGION = 'interpool';
export const BUCKET = 'order-12';
export const CREDENTIALS = { accessKeyId: 'IPTESTKEY', secretAccessKey: 'a secret of forty characters, or so it is' };

/** A folder of the system's temporary ones, for one test. */
export function makeFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'object-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function openBucket(folder: string, options: Partial<BucketOptions> = {}): Bucket {
  const path = join(folder, 'bucket');
  return new Bucket({ folder: path, name: BUCKET, quotaBytes: 1024 ** 3, nowMs: () => Date.now(), ...options });
}

/** Answers what is signed with the one access key, for one bucket. */
export interface SignedService {
  answer(request: S3Request): Promise<S3Answer>;
}

export function serviceOf(bucket: Bucket): SignedService {
  const log = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const service = createObjectService({ region: REGION, log });
  const secretOf = (id: string): string | undefined =>
    id === CREDENTIALS.accessKeyId ? CREDENTIALS.secretAccessKey : undefined;
  return {
    async answer(request) {
      try {
        const query = parseQuery(request.queryString);
        const { payload } = await verifySignature(request, query, { region: REGION, nowMs: Date.now(), secretOf });
        return await service.answer(request, { bucket, payload });
      } catch (error) {
        if (error instanceof S3Failure) return { ...failureReply(error, request, 'REFUSED'), bytesRead: 0 };
        throw error;
      }
    },
  };
}

export interface StoreServer {
  readonly endpoint: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The service behind plain HTTP on this machine alone. A body is asked for only when the service reads it. */
export async function startServer(service: SignedService, basePath = ''): Promise<StoreServer> {
  const server = createServer();
  const handle = (request: IncomingMessage, response: ServerResponse, isWaiting: boolean): void => {
    answerOver(service, { request, response, isWaiting, basePath }).catch(() => response.destroy());
  };
  server.on('request', (request, response) => handle(request, response, false));
  server.on('checkContinue', (request, response) => handle(request, response, true));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}${basePath}`, port, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answerOver(
  service: SignedService,
  of: { request: IncomingMessage; response: ServerResponse; isWaiting: boolean; basePath: string },
): Promise<void> {
  const { request, response, isWaiting, basePath } = of;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const url = request.url ?? '';
  const at = url.indexOf('?');
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  const length = request.headers['content-length'] ?? '0';
  const hasBody = request.headers['transfer-encoding'] !== undefined || length !== '0';
  const answer = await service.answer({
    basePath,
    method: request.method ?? '',
    path: at < 0 ? url : url.slice(0, at),
    queryString: at < 0 ? '' : url.slice(at + 1),
    headers: Object.fromEntries(headers),
    body: hasBody ? bodyOf(request, () => (isWaiting ? response.writeContinue() : undefined)) : null,
    signal: gone.signal,
  });
  const isUnread = hasBody && !request.complete;
  response.writeHead(answer.status, { ...answer.headers, ...(isUnread ? { connection: 'close' } : {}) });
  if (answer.body === null) response.end();
  else await pipeline(Readable.from(answer.body), response);
}

async function* bodyOf(request: IncomingMessage, onFirst: () => void): AsyncGenerator<Uint8Array> {
  onFirst();
  for await (const piece of request.iterator({ destroyOnReturn: false })) yield piece as Buffer;
}
