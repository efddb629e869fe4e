import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { WatchfulClock } from '#agent/clock.ts';
import { JournalFailure } from '#agent/journal.ts';
import type { Order, OrderBook } from '#agent/order-book.ts';
import { reasonOf } from '#agent/outcome.ts';
import { parseRowQuery } from '#agent/resources/data/query.ts';
import type { DataSource } from '#agent/resources/data/source.ts';
import { decideAccess, decideAllowance, type Situation } from './access.ts';
import type { Meter } from './meter.ts';
import { sendProblem, type Problem } from './problem.ts';
import { allowOrigin, answerPreflight, parseTarget, sendJson, setCommonHeaders, tokenHashOf } from './request.ts';
import { serveRows } from './rows.ts';

const HEADER_BYTES_MAX = 24 * 1024;
const CONNECTIONS_MAX = 256;
const QUERIES_MAX = 32;
const QUERY_MS_MAX = 30_000;
const TIMER_MS_MAX = 2 ** 31 - 1;

export interface GatewayParts {
  readonly book: OrderBook;
  readonly meter: Meter;
  readonly clock: WatchfulClock;
  /** The portal's origin: the only one whose pages may read answers. */
  readonly portalOrigin: string;
  /** The open snapshot of a published resource. */
  sourceOf(resource: number): DataSource | undefined;
  /** Nothing is left of the allowance and nothing is under way. */
  onUsedUp(agreement: number): void;
  /** Counts can no longer be kept: the process has to end. */
  onFatal(sentence: string): void;
  log(sentence: string): void;
}

/** The listener that customers reach. It answers from the agent's own memory: portal and ledger may be down. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #server: Server;
  /** Requests under way by agreement, each with the way to cut it and the bytes its started answer still promises. */
  readonly #underWay = new Map<number, Set<{ cut: AbortController; promisedBytes: number }>>();
  #queries = 0;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#server = createServer(
      { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 5_000 },
      (request, response) => {
        this.#handle(request, response).catch((error: unknown) => {
          if (error instanceof JournalFailure) parts.onFatal(error.message);
          parts.log(`A request failed: ${reasonOf(error)}`);
          const sentence = 'The provider’s gateway could not answer.';
          sendProblem(response, { status: 500, reason: 'failed', sentence });
        });
      },
    );
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.maxRequestsPerSocket = 1_000;
  }

  /** Resolves with the port once it listens. */
  listen(host: string, port: number): Promise<number> {
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
    for (const request of this.#underWay.get(agreement) ?? []) request.cut.abort(problem);
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
    const problem: Problem = {
      status: 503,
      reason: 'source-unavailable',
      sentence: 'The provider’s gateway is stopping.',
    };
    for (const agreement of this.#underWay.keys()) this.cut(agreement, problem);
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setCommonHeaders(response, this.#parts.clock.nowMs());
    const { origin } = request.headers;
    if (origin !== undefined && origin !== this.#parts.portalOrigin) {
      const sentence = 'Pages of this origin may not read this gateway; use the portal’s own pages or a program.';
      return sendProblem(response, { status: 403, reason: 'origin-not-allowed', sentence });
    }
    if (origin !== undefined) allowOrigin(response, origin);
    const target = parseTarget(request);
    if ('status' in target) return sendProblem(response, target);
    if (request.method === 'OPTIONS') return answerPreflight(response);
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET, OPTIONS');
      return sendProblem(response, {
        status: 405,
        reason: 'method-not-allowed',
        sentence: 'This gateway answers GET and OPTIONS only.',
      });
    }
    if (target.kind === 'health') return sendJson(response, { status: 'ok', serverTimeMs: this.#parts.clock.nowMs() });
    const situation = this.#situation(target.agreement, request.headers.authorization);
    const access = decideAccess(situation);
    if (!access.ok) return sendProblem(response, access.problem);
    if (target.kind === 'state') return sendJson(response, stateOf(situation, access.order, access.endsAtMs));
    await this.#serve({
      situation,
      order: access.order,
      endsAtMs: access.endsAtMs,
      queryString: target.queryString,
      response,
    });
  }

  #situation(agreement: number, authorization: string | undefined): Situation {
    const { book, clock, meter } = this.#parts;
    const order = book.orders.get(agreement);
    return {
      order,
      agreement,
      tokenHash: tokenHashOf(authorization),
      nowMs: clock.nowMs(),
      isClockBehind: clock.isBehindItself(),
      headMs: book.head?.timeMs ?? null,
      isSourceOpen: order !== undefined && this.#parts.sourceOf(order.terms.resource) !== undefined,
      isAuthorised: book.identity !== null,
      usage: meter.usage(agreement),
      underWay: this.#underWay.get(agreement)?.size ?? 0,
    };
  }

  async #serve(request: {
    situation: Situation;
    order: Order;
    endsAtMs: number;
    queryString: string;
    response: ServerResponse;
  }): Promise<void> {
    const { situation, order, response } = request;
    const { agreement } = situation;
    const { clock, meter } = this.#parts;
    const exhausted = decideAllowance(situation, order);
    if (exhausted !== null) return sendProblem(response, exhausted);
    const source = this.#parts.sourceOf(order.terms.resource);
    if (source === undefined) throw new Error('the source was open when access was decided');
    const query = parseRowQuery(request.queryString, order.terms, source);
    if (!query.ok)
      return sendProblem(response, { status: 400, reason: 'query-invalid', agreement, sentence: query.sentence });
    if (this.#queries >= QUERIES_MAX) {
      const sentence = 'The provider’s gateway is busy; try again in a few seconds.';
      return sendProblem(response, { status: 503, reason: 'too-many-at-once', agreement, retryAfterS: 3, sentence });
    }
    const entry = this.#enter(agreement);
    const endTimer = setTimeout(
      () => entry.cut.abort(windowOver(agreement)),
      Math.min(request.endsAtMs - clock.nowMs(), TIMER_MS_MAX),
    );
    const queryTimer = setTimeout(() => entry.cut.abort(tooSlow(agreement)), QUERY_MS_MAX);
    response.once('close', () => {
      if (!response.writableFinished) entry.cut.abort();
    });
    try {
      await serveRows({
        agreement,
        source,
        query: query.value,
        response,
        signal: entry.cut.signal,
        log: (sentence) => this.#parts.log(sentence),
        startCall: (bytesKnown) => {
          clearTimeout(queryTimer);
          const refused = this.#admitAnswer(order, entry, bytesKnown);
          if (refused === null) meter.add(agreement, { calls: 1, rows: 0, bytes: 0 }, clock.nowMs());
          return refused;
        },
        take: (asked) => this.#take(order, entry, asked),
      });
    } finally {
      clearTimeout(endTimer);
      clearTimeout(queryTimer);
      this.#leave(agreement, entry, order);
    }
  }

  /** Asked again when the answer is ready: others may have used what was left in the meantime. */
  #admitAnswer(order: Order, entry: { promisedBytes: number }, bytesKnown: number | null): Problem | null {
    const { agreement } = order.terms;
    const usage = this.#parts.meter.usage(agreement);
    if (usage.calls >= order.terms.callsMax) {
      const sentence = `Order O-${agreement} allows ${order.terms.callsMax} calls and all are used.`;
      return { status: 429, reason: 'calls-used-up', agreement, sentence };
    }
    const left = order.terms.bytesMax - usage.bytes - this.#promised(agreement);
    if (left <= 0 || (bytesKnown !== null && bytesKnown > left)) {
      const size = bytesKnown === null ? 'more than 1 MiB' : `${bytesKnown} bytes`;
      const sentence = `The answer has ${size} and order O-${agreement} has ${Math.max(0, left)} bytes left; ask for fewer rows or columns. Nothing was counted.`;
      return { status: 403, reason: 'answer-too-large', agreement, sentence };
    }
    entry.promisedBytes = bytesKnown ?? 0;
    return null;
  }

  #take(
    order: Order,
    entry: { promisedBytes: number; cut: AbortController },
    asked: { rows: number; bytes: number },
  ): { bytes: number } {
    const { agreement } = order.terms;
    const { clock, meter } = this.#parts;
    const isPromised = entry.promisedBytes > 0;
    const othersPromised = this.#promised(agreement) - entry.promisedBytes;
    const left = Math.max(0, order.terms.bytesMax - meter.usage(agreement).bytes - othersPromised);
    const bytes = isPromised ? asked.bytes : Math.min(asked.bytes, left);
    if (
      order.ended !== null ||
      clock.isBehindItself() ||
      order.window === null ||
      clock.nowMs() >= order.window.endsAtMs
    ) {
      entry.cut.abort(windowOver(agreement));
      return { bytes: 0 };
    }
    meter.add(agreement, { calls: 0, rows: bytes === asked.bytes ? asked.rows : 0, bytes }, clock.nowMs());
    if (isPromised) entry.promisedBytes -= bytes;
    return { bytes };
  }

  #promised(agreement: number): number {
    let bytes = 0;
    for (const request of this.#underWay.get(agreement) ?? []) bytes += request.promisedBytes;
    return bytes;
  }

  #enter(agreement: number): { cut: AbortController; promisedBytes: number } {
    const entry = { cut: new AbortController(), promisedBytes: 0 };
    const others = this.#underWay.get(agreement) ?? new Set();
    others.add(entry);
    this.#underWay.set(agreement, others);
    this.#queries += 1;
    return entry;
  }

  #leave(agreement: number, entry: { cut: AbortController; promisedBytes: number }, order: Order): void {
    this.#queries -= 1;
    const others = this.#underWay.get(agreement);
    others?.delete(entry);
    if (others?.size !== 0) return;
    this.#underWay.delete(agreement);
    const usage = this.#parts.meter.usage(agreement);
    const isUsedUp = usage.calls >= order.terms.callsMax || usage.bytes >= order.terms.bytesMax;
    if (isUsedUp && order.ended === null) this.#parts.onUsedUp(agreement);
  }
}

function stateOf(situation: Situation, order: Order, endsAtMs: number): Record<string, unknown> {
  const { usage, nowMs, agreement } = situation;
  const { callsMax, bytesMax, format, columns } = order.terms;
  return {
    agreement,
    state: 'open',
    startsAtMs: order.window?.startsAtMs,
    endsAtMs,
    serverTimeMs: nowMs,
    remainingMs: Math.max(0, endsAtMs - nowMs),
    calls: usage.calls,
    callsLeft: Math.max(0, callsMax - usage.calls),
    rows: usage.rows,
    bytes: usage.bytes,
    bytesLeft: Math.max(0, bytesMax - usage.bytes),
    format,
    columns,
  };
}

function windowOver(agreement: number): Problem {
  return {
    status: 410,
    reason: 'window-over',
    agreement,
    sentence: `Order O-${agreement} ended when its time was up; its link no longer opens.`,
  };
}

function tooSlow(agreement: number): Problem {
  const sentence = `The query took longer than ${QUERY_MS_MAX / 1000} seconds and was stopped; nothing was counted. Ask for less.`;
  return { status: 400, reason: 'query-too-slow', agreement, sentence };
}
