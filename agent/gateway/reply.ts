import type { Context } from 'koa';
import type { WholeAnswer } from '#agent/resources/kind.ts';
import { hasBody } from './request.ts';
import { problemBody, type Problem, type Reason } from './problem.ts';

const EXPOSED_HEADERS = 'Content-Disposition, Content-Length, ETag, Retry-After, Interpool-Server-Time, X-Cpu-Ms';

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

/** What pages of the portal may ask with. */
export interface Preflight {
  readonly methods: readonly string[];
  readonly headers: readonly string[];
}

export function answerPreflight(ctx: Context, { methods, headers }: Preflight): void {
  ctx.set('Access-Control-Allow-Methods', methods.join(', '));
  ctx.set('Access-Control-Allow-Headers', headers.join(', '));
  ctx.set('Access-Control-Max-Age', '600');
  ctx.status = 204;
}

/** Whole JSON answer with its length. */
export function sendJson(ctx: Context, value: unknown): void {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' };
  sendWhole(ctx, { status: 200, headers, text: JSON.stringify(value) });
}

type Tell = (problem: Problem) => WholeAnswer;
const tellings = new WeakMap<Context, Tell>();

/** From now on this call's problems are told in the words of its protocol. */
export function tellProblemsBy(ctx: Context, tell: Tell): void {
  tellings.set(ctx, tell);
}

/** Nothing once an answer has begun: it is cut instead, so that nobody takes a part for the whole. */
export function sendProblem(ctx: Context, problem: Problem): void {
  if (ctx.res.headersSent) {
    ctx.res.destroy();
    return;
  }
  // Whoever let the call in counts why it was refused.
  (ctx.state as { refusal?: Reason }).refusal = problem.reason;
  for (const name of ['Content-Disposition', 'ETag', 'Last-Modified', 'Content-Length']) ctx.remove(name);
  if (problem.retryAfterS !== undefined) ctx.set('Retry-After', String(problem.retryAfterS));
  closeAfterBody(ctx);
  sendWhole(ctx, (tellings.get(ctx) ?? asProblemJson)(problem));
}

/** Answers a method that is not among these, and says so. */
export function isAllowed(ctx: Context, methods: readonly string[]): boolean {
  if (methods.includes(ctx.method)) return true;
  const allowed = [...methods, 'OPTIONS'];
  ctx.set('Allow', allowed.join(', '));
  const sentence = `This link answers ${allowed.join(', ')} only.`;
  sendProblem(ctx, { status: 405, reason: 'method-not-allowed', sentence });
  return false;
}

/** RFC 9457, and what HTTP demands beside a 401. */
function asProblemJson(problem: Problem): WholeAnswer {
  const headers = {
    'Content-Type': 'application/problem+json',
    ...(problem.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="interpool"' } : {}),
  };
  return { status: problem.status, headers, text: problemBody(problem) };
}

/** A body that nobody reads ends with its connection: the sender could go on for ever. */
export function closeAfterBody(ctx: Context): void {
  if (hasBody(ctx.req) && !ctx.req.complete) ctx.set('Connection', 'close');
}

/** A body that goes on to be sent is not waited for: see `closeAfterBody`. */
export function sendWhole(ctx: Context, { status, headers, text }: WholeAnswer): void {
  ctx.status = status;
  ctx.set({ ...headers });
  ctx.body = ctx.method === 'HEAD' ? null : Buffer.from(text, 'utf8');
}
