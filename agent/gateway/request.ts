import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Readable } from 'node:stream';
import { hashOfToken } from '#agent/link-token.ts';
import { KindRefusal, type UnknownCall } from '#agent/resources/kind.ts';
import type { Problem } from './problem.ts';

const URL_LENGTH_MAX = 16 * 1024;
/** A body that brings nothing for this long is given up. */
const BODY_STALL_MS_MAX = 30_000;
/** What says who the customer is, or could: it ends at the gateway. */
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** What a request is for. Path and query are what was sent, byte for byte: nothing is decoded or simplified. */
export type Target = AgreementTarget | { readonly kind: 'health' } | { readonly kind: 'other' };

/** A call for one agreement. */
export interface AgreementTarget {
  readonly kind: 'agreement';
  readonly agreement: number;
  readonly path: string;
  readonly queryString: string;
}

/** Of an address at which nothing is. */
export const NOTHING_HERE: Problem = {
  status: 404,
  reason: 'not-found',
  sentence: 'There is nothing here. Links look like /v1/agreements/<id>/….',
};

/** Reads a request target in origin form, or in absolute form as RFC 9112 §3.2.2 demands; the authority says nothing here. */
export function parseTarget(url: string): Target | Problem {
  if (url.length > URL_LENGTH_MAX) {
    const sentence = `The address is longer than ${URL_LENGTH_MAX} characters.`;
    return { status: 414, reason: 'request-too-large', sentence };
  }
  const { path, queryString } = addressOf(url);
  if (path === '/v1/health') return { kind: 'health' };
  const match = /^\/v1\/agreements\/([1-9]\d{0,14})(\/.*)?$/s.exec(path);
  if (match === null) return path.startsWith('/v1/') ? NOTHING_HERE : { kind: 'other' };
  return { kind: 'agreement', agreement: Number(match[1]), path: match[2] ?? '', queryString };
}

function addressOf(url: string): { path: string; queryString: string } {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const at = target.indexOf('?');
  return at < 0 ? { path: target, queryString: '' } : { path: target.slice(0, at), queryString: target.slice(at + 1) };
}

/** The call as a protocol that is signed reads it. */
export function unknownCallOf(request: IncomingMessage): UnknownCall {
  return { method: request.method ?? '', ...addressOf(request.url ?? ''), headers: textsOf(request.headers) };
}

/** Tokens are compared as SHA-256 hashes in constant time; the token itself is never kept. */
export function tokenHashOf(authorization: string | undefined): Uint8Array | null {
  const match = /^Bearer ([0-9a-f]{64})$/.exec(authorization ?? '');
  return match?.[1] === undefined ? null : hashOfToken(match[1]);
}

/** Headers for a handler: no token and no cookie is among them. */
export function headersFor(request: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(textsOf(request.headers)).filter(([name]) => !SECRET_HEADERS.has(name)));
}

function textsOf(headers: IncomingHttpHeaders): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) texts[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return texts;
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

/** The body, whose sender is told to go on when its first piece is asked for (RFC 9110 §10.1.1). */
export async function* wantedBody(
  { req, res }: Pick<Context, 'req' | 'res'>,
  bounds: { readonly bytesMax: number; readonly signal: AbortSignal; onRead(bytes: number): void },
): AsyncGenerator<Uint8Array> {
  if (req.headers.expect?.toLowerCase() === '100-continue') res.writeContinue();
  for await (const piece of readBody(req, bounds)) {
    bounds.onRead(piece.length);
    yield piece;
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
