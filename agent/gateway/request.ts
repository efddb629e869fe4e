import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { KindRefusal } from '#agent/resources/kind.ts';
import type { Problem } from './problem.ts';

const URL_LENGTH_MAX = 16 * 1024;
/** A body that brings nothing for this long is given up. */
const BODY_STALL_MS_MAX = 30_000;
/** What says who the customer is, or could: it ends at the gateway. */
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** What a request is for. Path and query are what was sent, byte for byte: nothing is decoded or simplified. */
export type Target =
  | { readonly kind: 'health' }
  | { readonly kind: 'agreement'; readonly agreement: number; readonly path: string; readonly queryString: string };

/** Reads a request target in origin form, or in absolute form as RFC 9112 §3.2.2 demands; the authority says nothing here. */
export function parseTarget(url: string): Target | Problem {
  if (url.length > URL_LENGTH_MAX) {
    const sentence = `The address is longer than ${URL_LENGTH_MAX} characters.`;
    return { status: 414, reason: 'request-too-large', sentence };
  }
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const queryString = at < 0 ? '' : target.slice(at + 1);
  if (path === '/v1/health') return { kind: 'health' };
  const match = /^\/v1\/agreements\/([1-9]\d{0,14})(\/.*)?$/s.exec(path);
  if (match === null) {
    const sentence = 'There is nothing here. Links look like /v1/agreements/<id>/….';
    return { status: 404, reason: 'not-found', sentence };
  }
  return { kind: 'agreement', agreement: Number(match[1]), path: match[2] ?? '', queryString };
}

/** Tokens are compared as SHA-256 hashes in constant time; the token itself is never kept. */
export function tokenHashOf(authorization: string | undefined): Uint8Array | null {
  const match = /^Bearer ([0-9a-f]{64})$/.exec(authorization ?? '');
  return match?.[1] === undefined ? null : createHash('sha256').update(match[1], 'utf8').digest();
}

/** Headers for a handler: no token and no cookie is among them. */
export function headersFor(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || SECRET_HEADERS.has(name)) continue;
    headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** A body that says beforehand that it is too long; one that does not say is cut where it becomes too long. */
export function refuseBody(request: IncomingMessage, bytesMax: number): Problem | null {
  if (!hasBody(request)) return null;
  if (bytesMax === 0) {
    return { status: 413, reason: 'request-too-large', sentence: 'This link takes no request body.' };
  }
  const { 'transfer-encoding': encoding } = request.headers;
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') {
    return {
      status: 400,
      reason: 'request-invalid',
      sentence: 'A request’s body may come in chunks, and in no other coding.',
    };
  }
  const length = Number(request.headers['content-length'] ?? 0);
  return length > bytesMax ? tooLarge(bytesMax) : null;
}

/**
 * The body as it comes, no faster than it is read: at most `bytesMax`, and never silent for 30 s. Giving it up leaves the connection
 * open, so that its sender can be told why.
 */
export async function* readBody(
  request: Readable,
  bounds: { readonly bytesMax: number; readonly signal: AbortSignal; readonly stallMsMax?: number },
): AsyncGenerator<Uint8Array> {
  const { bytesMax, signal, stallMsMax = BODY_STALL_MS_MAX } = bounds;
  const chunks = request.iterator({ destroyOnReturn: false });
  let bytes = 0;
  for (;;) {
    const next = await inTime(chunks.next(), { signal, stallMsMax });
    if (next.done === true) return;
    const chunk = next.value as Buffer;
    bytes += chunk.length;
    if (bytes > bytesMax) throw new KindRefusal(tooLarge(bytesMax));
    yield chunk;
  }
}

/** What comes next, unless it takes too long or nobody wants it any more. */
function inTime<Value>(
  next: Promise<Value>,
  { signal, stallMsMax }: { readonly signal: AbortSignal; readonly stallMsMax: number },
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('the request was cut while its body was read'));
    const stopped = { status: 408, reason: 'request-too-slow', sentence: 'The request’s body stopped.' } as const;
    const timer = setTimeout(() => reject(new KindRefusal(stopped)), stallMsMax);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    next.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    });
  });
}

function tooLarge(bytesMax: number): Problem {
  const sentence = `The request’s body is longer than the ${bytesMax} bytes that this link takes.`;
  return { status: 413, reason: 'request-too-large', sentence };
}
