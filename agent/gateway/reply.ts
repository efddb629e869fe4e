import type { Context } from 'koa';
import { hasBody } from './request.ts';
import { problemBody, type Problem } from './problem.ts';

const EXPOSED_HEADERS = 'Content-Disposition, Content-Length, ETag, Retry-After, Interpool-Server-Time';

/** Sent with every answer, refusals included. */
export function setCommonHeaders(ctx: Context, nowMs: number): void {
  ctx.set({
    Vary: 'Origin',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'Interpool-Server-Time': String(nowMs),
  });
}

/** Lets a page of `origin` read the answer. */
export function allowOrigin(ctx: Context, origin: string): void {
  ctx.set('Access-Control-Allow-Origin', origin);
  ctx.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
}

export function answerPreflight(ctx: Context, methods: readonly string[]): void {
  ctx.set('Access-Control-Allow-Methods', methods.join(', '));
  ctx.set('Access-Control-Allow-Headers', 'Authorization');
  ctx.set('Access-Control-Max-Age', '600');
  ctx.status = 204;
}

/** Whole JSON answer with its length. */
export function sendJson(ctx: Context, value: unknown): void {
  sendWhole(ctx, { status: 200, type: 'application/json; charset=utf-8', text: JSON.stringify(value) });
}

/** Nothing once an answer has begun: it is cut instead, so that nobody takes a part for the whole. */
export function sendProblem(ctx: Context, problem: Problem): void {
  if (ctx.res.headersSent) {
    ctx.res.destroy();
    return;
  }
  for (const name of ['Content-Disposition', 'ETag', 'Last-Modified', 'Content-Length']) ctx.remove(name);
  if (problem.status === 401) ctx.set('WWW-Authenticate', 'Bearer realm="interpool"');
  if (problem.retryAfterS !== undefined) ctx.set('Retry-After', String(problem.retryAfterS));
  closeAfterBody(ctx);
  sendWhole(ctx, { status: problem.status, type: 'application/problem+json', text: problemBody(problem) });
}

/** A body that nobody reads ends with its connection: the sender could go on for ever. */
export function closeAfterBody(ctx: Context): void {
  if (hasBody(ctx.req) && !ctx.req.complete) ctx.set('Connection', 'close');
}

function sendWhole(ctx: Context, answer: { status: number; type: string; text: string }): void {
  ctx.status = answer.status;
  ctx.set('Content-Type', answer.type);
  ctx.body = Buffer.from(answer.text, 'utf8');
}
