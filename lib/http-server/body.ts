import { IncomingMessage } from 'node:http';
import { BODY_BYTES_MAX, PAYLOAD_BODY_BYTES_MAX } from '#lib/shared/request-bounds.ts';

/** Of all bodies together that are still coming in: more callers than that wait, and memory does not grow with them. */
export const COMING_BYTES_MAX = 16 * 1_024 * 1_024;
/** The same of payloads, apart: whoever uploads slowly keeps nobody from signing in. */
export const UPLOADS_BYTES_MAX = 4 * PAYLOAD_BODY_BYTES_MAX;

/** How much a body may be, and how long it may take: one that takes longer holds its place for nothing. */
export interface BodyBounds {
  readonly bytesMax: number;
  readonly msMax: number;
}

const USUAL: BodyBounds = { bytesMax: BODY_BYTES_MAX, msMax: 20_000 };
/** Within a minute at a little more than a megabit a second. */
const UPLOAD: BodyBounds = { bytesMax: PAYLOAD_BODY_BYTES_MAX, msMax: 60_000 };

/** True for the one route whose bodies are larger. */
export function isUpload({ method, url }: IncomingMessage): boolean {
  return method === 'POST' && url === '/api/v1/payloads';
}

function boundsOf(request: IncomingMessage): BodyBounds {
  return isUpload(request) ? UPLOAD : USUAL;
}

export type Received =
  | { ok: true; body: Buffer }
  /** `gone`: the caller left, and nobody is there to be answered. */
  | { ok: false; why: 'too large' | 'busy' | 'late' | 'gone' };

/** Room for bodies that are coming in, shared by all requests of a server. */
export interface Room {
  bytesFree: number;
}

/** Whether the headers announce a body; a request without one is complete as it is. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** True when the headers alone say that the body is too large. */
export function saysTooLarge(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > boundsOf(request).bytesMax;
}

/** The same request with its body already there: what reads it neither waits for a caller nor meets more than the bound. */
export function complete(request: IncomingMessage, body: Buffer): IncomingMessage {
  const whole = new IncomingMessage(request.socket);
  const { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders } = request;
  const headers: NodeJS.Dict<string | string[]> = { ...request.headers, 'content-length': String(body.length) };
  delete headers['transfer-encoding'];
  Object.assign(whole, { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders, headers });
  whole.complete = true;
  if (body.length > 0) whole.push(body);
  whole.push(null);
  return whole;
}

/** Waits until the whole body is there, keeps no more of it than the bound, and says why when it will not be had. */
export function receive(request: IncomingMessage, room: Room): Promise<Received> {
  const { promise, resolve } = Promise.withResolvers<Received>();
  const { bytesMax, msMax } = boundsOf(request);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const end = (received: Received): void => {
    clearTimeout(late);
    request.off('data', take).off('end', whole).off('close', gone).off('error', gone);
    request.on('error', () => undefined);
    room.bytesFree += bytes;
    resolve(received);
  };
  const take = (chunk: Buffer): void => {
    if (bytes + chunk.length > bytesMax) return end({ ok: false, why: 'too large' });
    if (chunk.length > room.bytesFree) return end({ ok: false, why: 'busy' });
    room.bytesFree -= chunk.length;
    bytes += chunk.length;
    chunks.push(chunk);
  };
  const whole = (): void => end({ ok: true, body: Buffer.concat(chunks) });
  const gone = (): void => end({ ok: false, why: 'gone' });
  const late = setTimeout(() => end({ ok: false, why: 'late' }), msMax);
  request.on('data', take).on('end', whole).on('close', gone).on('error', gone);
  return promise;
}
