import { createServer, type Server } from 'node:http';
import Koa, { type Context } from 'koa';
import type { Channels } from '#agent/channel/channels.ts';
import { answerVouchers, asksForVouchers, voucherDue } from '#agent/channel/voucher-calls.ts';
import type { WatchfulClock } from '#agent/clock.ts';
import { JournalFailure } from '#agent/journal.ts';
import type { Order } from '#agent/order-book.ts';
import { reasonOf } from '#agent/outcome.ts';
import type { PublishedResource } from '#agent/resources/kind.ts';
import type { WorkingKind } from '#agent/source-shelf.ts';
import { BYTES, CALLS, decideAccess, decideAllowance, decideAtOnce, issueOfToken, type Situation } from './access.ts';
import { Allowance, windowOver, type AskedPiece } from './allowance.ts';
import { beginAnswer, CutShort } from './answer.ts';
import { CarriedBytes } from './carried-bytes.ts';
import type { Meter } from './meter.ts';
import { problemOf, tooSlow } from './call-problem.ts';
import type { Problem } from './problem.ts';
import {
  allowOrigin,
  answerPreflight,
  isAllowed,
  sendJson,
  sendProblem,
  setCommonHeaders,
  type Preflight,
} from './reply.ts';
import {
  hasBody,
  headersFor,
  parseTarget,
  refuseBody,
  wantedBody,
  tokenHashOf,
  type AgreementTarget,
} from './request.ts';
import { checkSigned, type SignedParts } from './signed.ts';
import { LineDoor } from './line-door.ts';
import { RefusalCount } from './refusal-count.ts';
import { situationOf, type Asked } from './situation.ts';
import { stateOf } from './state.ts';
import { UnderWay, type Entry } from './under-way.ts';

const HEADER_BYTES_MAX = 24 * 1024;
const HEADERS_MS_MAX = 10_000;
const CONNECTIONS_MAX = 256;
const REQUESTS_AT_ONCE_MAX = 32;
const TIMER_MS_MAX = 2 ** 31 - 1;
/** How Node says that the other side closed the connection. */
const LEFT_CODES = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNABORTED']);
/** What pages of the portal may ask of calls that bear a token. */
const TOKEN_CALLS: Preflight = { methods: ['GET', 'POST', 'DELETE'], headers: ['Authorization', 'Content-Type'] };

export interface GatewayParts extends SignedParts {
  readonly meter: Meter;
  readonly channels: Channels;
  readonly clock: WatchfulClock;
  /** The portal's origin: the only one whose pages may read answers. */
  readonly portalOrigin: string;
  /** Nothing is left of the allowance and nothing is under way. */
  onUsedUp(agreement: number): void;
  /** Counts can no longer be kept: the process has to end. */
  onFatal(sentence: string): void;
  log(sentence: string): void;
}

/** An order that a call was let in for, with all that serving it needs. */
interface Admitted {
  readonly order: Order;
  readonly resource: PublishedResource;
  readonly kind: WorkingKind;
  readonly endsAtMs: number;
  /** It asks for results, which are handed out whatever is left of the order, and after its end. */
  readonly asksForKept: boolean;
  readonly receivedAtMs: number;
  /** What the check of a signed call handed on. */
  readonly signature: unknown;
}

/** The listener that customers reach. It answers from the agent's own memory: portal and ledger may be down. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #server: Server;
  readonly #underWay = new UnderWay();
  readonly #allowance: Allowance;
  readonly #lines: LineDoor;
  readonly #heard = new WeakSet<object>();
  /** Calls that were refused since they were taken last. */
  readonly refusals = new RefusalCount();
  readonly carried = new CarriedBytes();

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#allowance = new Allowance({ meter: parts.meter, clock: parts.clock, underWay: this.#underWay });
    this.#lines = new LineDoor({
      ...parts,
      onRefused: (reason) => this.refusals.add(reason),
      onCarried: (bytes) => this.carried.add(bytes),
    });
    const app = new Koa();
    app.use((ctx) => this.#answer(ctx));
    app.on('error', (error: unknown) => this.#hearBrokenAnswer(error));
    const limits = { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_MS_MAX, keepAliveTimeout: 5_000 };
    const handle = app.callback();
    // A request's body has the time that its kind gives it; until it is let in, nobody reads it.
    const options = { ...limits, requestTimeout: 0, connectionsCheckingInterval: 2_000 };
    this.#server = createServer(options, (request, response) => void handle(request, response));
    // Nobody is told to go on before the body is wanted: what is refused need not be sent.
    this.#server.on('checkContinue', (request, response) => void handle(request, response));
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.maxRequestsPerSocket = 1_000;
  }

  /** Resolves with the port of its calls once it listens, at the addresses of connections too. */
  async listen(host: string, port: number): Promise<number> {
    const listening = await this.#listenForCalls(host, port);
    await this.#lines.listen();
    return listening;
  }

  #listenForCalls(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Cuts what is under way of an agreement that ended. */
  cut(agreement: number, problem: Problem): void {
    for (const { cut } of this.#underWay.of(agreement)) cut.abort(problem);
    this.#lines.cut(agreement, problem);
  }

  get openLinks(): number {
    let open = 0;
    const nowMs = this.#parts.clock.nowMs();
    for (const order of this.#parts.book.orders.values()) {
      if (order.ended === null && order.window !== null && nowMs < order.window.endsAtMs) open += 1;
    }
    return open;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const sentence = 'The provider’s gateway is stopping.';
    for (const agreement of this.#underWay.agreements)
      this.cut(agreement, { status: 503, reason: 'source-unavailable', sentence });
    this.#server.closeAllConnections();
    await this.#lines.close();
    await closed;
  }

  async #answer(ctx: Context): Promise<void> {
    try {
      await this.#handle(ctx);
    } catch (error) {
      if (error instanceof JournalFailure) this.#parts.onFatal(error.message);
      this.#parts.log(`A request failed: ${reasonOf(error)}`);
      sendProblem(ctx, { status: 500, reason: 'failed', sentence: 'The provider’s gateway could not answer.' });
    } finally {
      const { refusal } = ctx.state as { refusal?: string };
      if (refusal !== undefined) this.refusals.add(refusal);
    }
  }

  /** An answer that broke after it had begun: cut on purpose, left by its customer, or failed. */
  #hearBrokenAnswer(error: unknown): void {
    // The library tells it once for the stream and once for the connection.
    if (typeof error !== 'object' || error === null || this.#heard.has(error)) return;
    this.#heard.add(error);
    if (error instanceof JournalFailure) this.#parts.onFatal(error.message);
    const { code } = error as { readonly code?: unknown };
    const isLeft = typeof code === 'string' && LEFT_CODES.has(code);
    if (!(error instanceof CutShort) && !isLeft) this.#parts.log(`An answer broke off: ${reasonOf(error)}`);
  }

  async #handle(ctx: Context): Promise<void> {
    const receivedAtMs = this.#parts.clock.nowMs();
    setCommonHeaders(ctx, receivedAtMs);
    const { origin, authorization } = ctx.req.headers;
    if (origin !== undefined && origin !== this.#parts.portalOrigin) {
      const sentence = 'Pages of this origin may not read this gateway; use the portal’s own pages or a program.';
      return sendProblem(ctx, { status: 403, reason: 'origin-not-allowed', sentence });
    }
    if (origin !== undefined) allowOrigin(ctx, origin);
    const target = parseTarget(ctx.req.url ?? '');
    if ('status' in target) return sendProblem(ctx, target);
    if (target.kind === 'other') {
      const signed = await checkSigned(ctx, this.#parts, receivedAtMs);
      return signed === null ? undefined : this.#let(ctx, { ...signed, receivedAtMs });
    }
    if (ctx.method === 'OPTIONS') return answerPreflight(ctx, TOKEN_CALLS);
    if (target.kind === 'health') {
      if (!isAllowed(ctx, ['GET'])) return;
      return sendJson(ctx, { status: 'ok', serverTimeMs: receivedAtMs });
    }
    const issue = issueOfToken(this.#parts.book.orders.get(target.agreement), tokenHashOf(authorization));
    await this.#let(ctx, { target, issue, receivedAtMs, signature: undefined });
  }

  async #let(
    ctx: Context,
    {
      target,
      issue,
      receivedAtMs,
      signature,
    }: Pick<Admitted, 'receivedAtMs' | 'signature'> & { target: AgreementTarget; issue: number | null },
  ): Promise<void> {
    const call = { method: ctx.method, path: target.path, issue };
    const situation = this.#situation(target.agreement, call, receivedAtMs);
    if (asksForVouchers(target.path, situation)) return answerVouchers(ctx, situation, this.#parts.channels);
    const access = decideAccess(situation);
    if (!access.ok) return sendProblem(ctx, access.problem);
    const { order, endsAtMs } = access;
    const { asksForKept } = situation;
    const kind = this.#parts.kindOf(order.terms);
    const resource = this.#parts.book.resources.get(order.terms.resource)?.published;
    if (kind === undefined || resource === undefined) throw new Error('the source was open when access was decided');
    if (target.path === '') {
      if (!isAllowed(ctx, ['GET']) || !isBodyTaken(ctx, 0)) return;
      return sendJson(ctx, stateOf(situation, order, { kind, endsAtMs }));
    }
    await this.#serve(ctx, target, { order, resource, kind, endsAtMs, asksForKept, receivedAtMs, signature });
  }

  #situation(agreement: number, asked: Asked, nowMs: number): Situation {
    return situationOf(this.#parts, agreement, { asked, nowMs, underWay: this.#underWay.of(agreement).length });
  }

  async #serve(ctx: Context, target: AgreementTarget, admitted: Admitted): Promise<void> {
    const { order, kind } = admitted;
    const { agreement } = order.terms;
    const { module } = kind;
    if (!isAllowed(ctx, module.methods) || !isBodyTaken(ctx, module.bodyBytesMax)) return;
    const call = { method: ctx.method, path: target.path, issue: null };
    const situation = this.#situation(agreement, call, admitted.receivedAtMs);
    const exhausted = admitted.asksForKept ? decideAtOnce(situation) : decideAllowance(situation, order);
    if (exhausted !== null) return sendProblem(ctx, exhausted);
    const { channels } = this.#parts;
    if (!admitted.asksForKept && channels.isPaused(order)) return sendProblem(ctx, voucherDue(order, channels));
    if (this.#underWay.total >= REQUESTS_AT_ONCE_MAX) {
      const sentence = 'The provider’s gateway is busy; try again in a few seconds.';
      return sendProblem(ctx, { status: 503, reason: 'too-many-at-once', agreement, retryAfterS: 3, sentence });
    }
    const entry = this.#underWay.enter(agreement);
    const answerTimer = setTimeout(() => entry.cut.abort(tooSlow(agreement, module.answerMsMax)), module.answerMsMax);
    const leftMs = Math.min(admitted.endsAtMs - this.#parts.clock.nowMs(), TIMER_MS_MAX);
    const endTimer = setTimeout(() => entry.cut.abort(windowOver(agreement)), leftMs);
    const leave = (): void => {
      clearTimeout(answerTimer);
      clearTimeout(endTimer);
      this.#leave(order, entry, kind);
    };
    ctx.res.once('close', () => {
      if (!ctx.res.writableFinished) entry.cut.abort();
      leave();
    });
    try {
      const served = { ...admitted, entry, onStart: () => clearTimeout(answerTimer) };
      await orCut(this.#run(ctx, target, served), entry.cut.signal);
    } catch (error) {
      if (error instanceof JournalFailure) throw error;
      sendProblem(ctx, problemOf(error, entry, { agreement, log: (sentence) => this.#parts.log(sentence) }));
    }
    if (ctx.res.closed) leave();
  }

  async #run(
    ctx: Context,
    { path, queryString }: AgreementTarget,
    call: Admitted & { readonly entry: Entry; onStart(): void },
  ): Promise<void> {
    const { order, resource, kind, entry, signature } = call;
    const { terms } = order;
    const { clock, meter, channels } = this.#parts;
    const answer = await kind.open.serve({
      order: terms,
      resource,
      path,
      queryString,
      signature,
      signal: entry.cut.signal,
      method: ctx.method,
      headers: headersFor(ctx.req),
      body: hasBody(ctx.req)
        ? wantedBody(ctx, {
            bytesMax: kind.module.bodyBytesMax,
            signal: entry.cut.signal,
            onRead: (bytes) => this.carried.add(bytes),
          })
        : null,
    });
    // Whatever becomes of the answer, what it was made from is freed.
    ctx.res.once('close', () => void answer.body?.return(undefined).catch(() => undefined));
    try {
      await beginAnswer(answer, {
        ctx,
        cut: entry.cut,
        startCall: (bytesKnown) => {
          call.onStart();
          if (call.asksForKept) {
            this.#allowance.addSpare(order, { [CALLS]: 1 });
            return null;
          }
          const refused = this.#allowance.admit(order, { kind, entry }, bytesKnown);
          if (refused !== null) return refused;
          if (channels.isPaused(order)) return voucherDue(order, channels);
          const atMs = clock.nowMs();
          meter.add(terms.agreement, { [CALLS]: 1 }, atMs);
          kind.open.answered(terms, { atMs, firstByteMs: Math.max(0, atMs - call.receivedAtMs) });
          return null;
        },
        isPaused: () => !call.asksForKept && channels.isPaused(order),
        take: (asked) => {
          const taken = this.#take(asked, call);
          this.carried.add(taken.bytes);
          return taken;
        },
      });
    } catch (error) {
      await answer.body?.return(undefined).catch(() => undefined);
      throw error;
    }
  }

  #take(asked: AskedPiece, { order, entry, asksForKept }: Admitted & { readonly entry: Entry }): { bytes: number } {
    if (!asksForKept) return this.#allowance.take(order, entry, asked);
    this.#allowance.addSpare(order, { [BYTES]: asked.bytes });
    return asked;
  }

  #leave(order: Order, entry: Entry, kind: WorkingKind): void {
    const { agreement } = order.terms;
    if (!this.#underWay.leave(agreement, entry)) return;
    try {
      this.#allowance.settle(order);
    } catch (error) {
      this.#parts.onFatal(reasonOf(error));
    }
    if (order.ended === null && this.#allowance.isUsedUp(order, kind)) this.#parts.onUsedUp(agreement);
  }
}

function isBodyTaken(ctx: Context, bytesMax: number): boolean {
  const refused = refuseBody(ctx.req, bytesMax);
  if (refused !== null) sendProblem(ctx, refused);
  return refused === null;
}

/** Does not wait for work that goes on after it was cut: whoever asked is told at once. */
async function orCut(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let stop: () => void = () => undefined;
  const cut = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('the call was cut'));
  });
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([work, cut]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
  }
}
