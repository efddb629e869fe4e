import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from './problem.ts';

const URL_LENGTH_MAX = 16 * 1024;
const EXPOSED_HEADERS = 'Content-Disposition, Content-Length, Retry-After, Interpool-Server-Time';

/** What a request is for. */
export type Target =
  | { readonly kind: 'health' }
  | { readonly kind: 'state' | 'rows'; readonly agreement: number; readonly queryString: string };

/** Reads method-independent parts of a request: bounded address, no body, a known path. */
export function parseTarget(request: IncomingMessage): Target | Problem {
  const url = request.url ?? '';
  if (url.length > URL_LENGTH_MAX) {
    return {
      status: 414,
      reason: 'request-too-large',
      sentence: `The address is longer than ${URL_LENGTH_MAX} characters.`,
    };
  }
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if ((length !== undefined && length !== '0') || encoding !== undefined) {
    return { status: 413, reason: 'request-too-large', sentence: 'This gateway takes no request body.' };
  }
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const queryString = at < 0 ? '' : url.slice(at + 1);
  if (path === '/v1/health') return { kind: 'health' };
  const match = /^\/v1\/agreements\/([1-9]\d{0,14})(\/rows)?$/.exec(path);
  if (match === null) {
    const sentence = 'There is nothing here. Links look like /v1/agreements/<id>/rows.';
    return { status: 404, reason: 'not-found', sentence };
  }
  return { kind: match[2] === undefined ? 'state' : 'rows', agreement: Number(match[1]), queryString };
}

/** Tokens are compared as SHA-256 hashes in constant time; the token itself is never kept. */
export function tokenHashOf(authorization: string | undefined): Uint8Array | null {
  const match = /^Bearer ([0-9a-f]{64})$/.exec(authorization ?? '');
  return match?.[1] === undefined ? null : createHash('sha256').update(match[1], 'utf8').digest();
}

/** Sent with every answer, refusals included. */
export function setCommonHeaders(response: ServerResponse, nowMs: number): void {
  response.setHeader('Vary', 'Origin');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Interpool-Server-Time', nowMs);
}

/** Lets a page of `origin` read the answer. */
export function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
}

export function answerPreflight(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'GET');
  response.setHeader('Access-Control-Allow-Headers', 'Authorization');
  response.setHeader('Access-Control-Max-Age', 600);
  response.statusCode = 204;
  response.end();
}

/** Whole JSON answer with its length. */
export function sendJson(response: ServerResponse, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value), 'utf8');
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}
