import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import Koa, { type Context } from 'koa';
import { z } from 'zod';
import { reasonOf, type Outcome } from '#agent/outcome.ts';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { amountOf, termOf } from '#ledger/contracts/shared/terms.ts';
import { recommend } from './advice.ts';
import {
  freeOf,
  noticeStatusOf,
  standingPlans,
  statusOf,
  type CopiedResource,
  type MarketCopy,
} from './market-copy.ts';
import type { PortalState } from './portals.ts';
import type { NoticeAsked, Sender, Work } from './sender.ts';

const BODY_BYTES_MAX = 4_096;
const PAGE_MAX = 200;
const CONNECTIONS_MAX = 64;
const REQUEST_MS_MAX = 10_000;
const ID = /^(?:[A-Z]-)?([1-9]\d{0,14})$/;

/** Hears of each answer; a path that is none of the API's is `other`. */
export type ApiCount = (path: string, status: number) => void;

export interface ApiParts {
  readonly copy: MarketCopy;
  readonly sender: Sender;
  readonly portals: () => readonly PortalState[];
  /** The portal has not told for a while that nothing is missing. */
  readonly isBehind: () => boolean;
  readonly regions: readonly string[];
  readonly account: number;
  readonly host: string;
  readonly token: string;
  /** From this machine alone: what is between parties is told without a token. */
  readonly isLoopback: boolean;
  readonly count: ApiCount;
  log(sentence: string): void;
}

/** What is wrong with a request, for the one who sent it. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

const id = z
  .union([z.string().regex(ID), z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)])
  .transform((value) => Number(ID.exec(String(value))?.[1]));
const forwardSchema = z.strictObject({
  demand: id,
  provider: id,
  kind: z.string().refine((word) => findKind(word) !== undefined, 'is no kind of resource'),
});

/**
 * The broker's own door at the edge [6.2.6-a/b/c, 8.4.2-a]: it answers from the copy, also while every portal is away, and says with each
 * answer up to which block it is true. Only `/forward` does anything, and only with the token.
 */
export class Api {
  readonly #parts: ApiParts;
  readonly #server: Server;

  constructor(parts: ApiParts) {
    this.#parts = parts;
    const app = new Koa();
    app.use((ctx) => this.#answer(ctx));
    const handle = app.callback();
    const options = { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX, keepAliveTimeout: 5_000 };
    this.#server = createServer(options, (request, response) => void handle(request, response));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Resolves with the port once it listens. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, this.#parts.host, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(ctx: Context): Promise<void> {
    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    try {
      this.#checkHost(ctx);
      const body = await this.#handle(ctx);
      const { copy, isBehind } = this.#parts;
      send(ctx, 200, { asOf: copy.asOf, isBehind: isBehind(), ...body });
    } catch (error) {
      if (!(error instanceof Refusal)) this.#parts.log(`A request failed: ${reasonOf(error)}`);
      const status = error instanceof Refusal ? error.status : 500;
      const detail = error instanceof Refusal ? error.message : 'The broker could not answer.';
      if (status === 401) ctx.set('WWW-Authenticate', 'Bearer realm="broker"');
      // A body that nobody reads ends with its connection.
      if (!ctx.req.complete) ctx.set('Connection', 'close');
      send(ctx, status, { status, detail });
      ctx.set('Content-Type', 'application/problem+json');
    }
    const isKnown = this.#readers.has(ctx.path) || ctx.path === '/forward';
    this.#parts.count(isKnown ? ctx.path : 'other', ctx.status);
  }

  /** A page that found out how to name this machine otherwise must not read it. */
  #checkHost({ req }: Context): void {
    const { hostname = '' } = URL.parse(`http://${req.headers.host ?? ''}`) ?? {};
    const names = ['localhost', '127.0.0.1', '[::1]', this.#parts.host, `[${this.#parts.host}]`];
    if (this.#parts.isLoopback && !names.includes(hostname))
      throw new Refusal(421, 'Ask for this broker by its own address.');
  }

  async #handle(ctx: Context): Promise<Record<string, unknown>> {
    const { path, method, query } = ctx;
    if (path === '/forward') {
      if (method !== 'POST') throw otherMethod(ctx, 'POST');
      this.#checkToken(ctx);
      return this.#forward(await readBody(ctx));
    }
    const answer = this.#readers.get(path);
    if (answer === undefined) throw new Refusal(404, 'There is no such address here.');
    if (method !== 'GET' && method !== 'HEAD') throw otherMethod(ctx, 'GET, HEAD');
    if (answer.isPrivate && !this.#parts.isLoopback) this.#checkToken(ctx);
    const unknown = Object.keys(query).find((name) => !answer.names.includes(name));
    if (unknown !== undefined) throw new Refusal(400, `${unknown.slice(0, 40)} is no parameter of ${path}.`);
    return answer.read((name) => textOf(query[name]));
  }

  readonly #readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
    ['/health', { names: [], isPrivate: false, read: () => this.#health() }],
    ['/registry', { names: ['kind', 'zone', 'free', 'after'], isPrivate: false, read: (of) => this.#registry(of) }],
    ['/catalogue', { names: ['kind', 'zone', 'text', 'after'], isPrivate: false, read: (of) => this.#catalogue(of) }],
    ['/demands', { names: ['kind', 'after'], isPrivate: true, read: (of) => this.#demands(of) }],
    ['/transactions', { names: [], isPrivate: true, read: () => this.#transactions() }],
    ['/notices', { names: [], isPrivate: true, read: () => this.#notices() }],
    ['/recommendations', { names: ['demand', 'after'], isPrivate: true, read: (of) => this.#recommendations(of) }],
  ]);

  #health(): Record<string, unknown> {
    const { copy, sender, portals, regions, account } = this.#parts;
    const nodeProviders = portals().map(({ origin, nodeProvider, roundTripMs, isDegraded, measuredAtMs, trouble }) => ({
      portal: origin,
      account: nodeProvider,
      roundTripMs: roundTripMs === null ? null : Math.round(roundTripMs * 1_000) / 1_000,
      isDegraded,
      measuredAtMs,
      trouble,
    }));
    return {
      status: this.#parts.isBehind() ? 'behind' : 'ok',
      account,
      isAllowed: sender.identity !== null,
      regions,
      resources: copy.resources.size,
      openDemands: copy.demands.size,
      nodeProviders,
    };
  }

  /** Every resource of the regions with its state, attributes, strategy and what is free. */
  #registry(of: Parameter): Record<string, unknown> {
    const free = freeIn(of('free'));
    const found = this.#resources(of).filter(
      (resource) => free === undefined || amountOf(freeOf(resource), free.meter) >= free.amount,
    );
    return pageOf(
      found,
      ({ published }) => published.resource,
      of,
      (resource) => {
        const { published, strategy, status } = resource;
        const { resource: number, owner, kind, title, region, attributes, capacity, testedAtMs } = published;
        const state = { status: statusOf(resource), reason: status?.reason ?? '' };
        const terms = strategy === undefined ? null : { version: strategy.strategyVersion, ...strategy.strategy };
        const room = { capacity: resource.capacity?.capacity ?? capacity, free: freeOf(resource) };
        return {
          resource: number,
          provider: owner,
          kind,
          title,
          region,
          ...state,
          attributes,
          testedAtMs,
          ...room,
          strategy: terms,
        };
      },
    );
  }

  /** What a customer can buy now. */
  #catalogue(of: Parameter): Record<string, unknown> {
    const text = (of('text') ?? '').toLowerCase();
    const found = this.#resources(of).filter(
      (resource) =>
        statusOf(resource) === 'published' &&
        [resource.published.title, resource.published.summary, ...resource.published.tags].some((each) =>
          each.toLowerCase().includes(text),
        ),
    );
    return pageOf(
      found,
      ({ published }) => published.resource,
      of,
      (resource) => {
        const { resource: number, owner, kind, title, summary, tags, region, licence } = resource.published;
        const { accessClass, conditions = [], prices, promise, useMsMax, limits } = resource.strategy?.strategy ?? {};
        const words = { title, summary, tags, region, zone: zoneOf(resource), licence };
        const terms = {
          accessClass,
          conditions: conditions.map(({ sentence }) => sentence),
          prices,
          promise,
          useMsMax,
          limits,
        };
        return { resource: number, provider: owner, kind, ...words, ...terms, free: freeOf(resource) };
      },
    );
  }

  #resources(of: Parameter): CopiedResource[] {
    const [kind, zone] = [of('kind'), of('zone')];
    return [...this.#parts.copy.resources.values()].filter(
      (resource) =>
        (kind === undefined || resource.published.kind === kind) && (zone === undefined || zoneOf(resource) === zone),
    );
  }

  /** Open demands that offers of the regions may meet, with the plans that stand. */
  #demands(of: Parameter): Record<string, unknown> {
    const { copy } = this.#parts;
    const kind = of('kind');
    const nowMs = BigInt(copy.asOf?.timeMs ?? 0);
    const found = [...copy.demands.values()].filter(
      ({ published }) => kind === undefined || published.needs.some((need) => need.kind === kind),
    );
    return pageOf(
      found,
      ({ published }) => published.demand,
      of,
      (demand) => {
        const {
          demand: number,
          customer,
          purpose,
          fieldOfBusiness,
          needs,
          work,
          durationMs,
          budgetMicro,
        } = demand.published;
        const { backup, batch, publishedAtMs, openUntilMs } = demand.published;
        const plans = standingPlans(demand, nowMs).map(({ plan, aim, by, feeMicro, holdMicro, parts }) => ({
          plan,
          aim,
          broker: by,
          feeMicro,
          holdMicro,
          resources: parts.map(({ resource }) => resource),
        }));
        const asked = { purpose, fieldOfBusiness, needs, work, durationMs, budgetMicro, backup, batch };
        return { demand: number, customer, ...asked, publishedAtMs, openUntilMs, plans };
      },
    );
  }

  /** Demands of the regions that became orders, by kind: how many, and what they held at most [6.2.6-d]. */
  #transactions(): Record<string, unknown> {
    const sums = new Map<string, { orders: number; holdMicro: bigint }>();
    for (const { published, chosen } of this.#parts.copy.chosen.values()) {
      const kinds = [...new Set(published.needs.map(({ kind }) => kind))].toSorted().join(' + ');
      const sum = sums.get(kinds) ?? { orders: 0, holdMicro: 0n };
      sums.set(kinds, { orders: sum.orders + 1, holdMicro: sum.holdMicro + (chosen?.holdMicro ?? 0n) });
    }
    return { items: [...sums].map(([kinds, sum]) => ({ kinds, ...sum })) };
  }

  /** What was sent, what came of it, and through whom. */
  #notices(): Record<string, unknown> {
    const { copy, sender } = this.#parts;
    const works = [...sender.works.values()].filter(({ asked }) => asked.notice !== null);
    const known = [...copy.notices.values()].toReversed().slice(0, PAGE_MAX);
    const items = known.map((notice) => {
      const { notice: number, demand, provider, nodeProvider, kind, sentAtMs } = notice.sent;
      const of = works.find(({ asked: { notice: asked } }) => asked !== null && isSame(asked, notice.sent));
      const answer = {
        relayedAtMs: notice.relayed?.relayedAtMs ?? null,
        answeredAtMs: notice.answered?.answeredAtMs ?? null,
      };
      const resource = notice.answered?.resource ?? 0n;
      const status = noticeStatusOf(notice);
      const through = of?.signed?.portal ?? null;
      return { notice: number, demand, provider, nodeProvider, kind, status, resource, sentAtMs, ...answer, through };
    });
    const open = works.filter(
      ({ asked: { notice: asked } }) => asked !== null && !known.some(({ sent }) => isSame(asked, sent)),
    );
    return { items, notYetOnTheLedger: open.slice(-PAGE_MAX).map(workDto) };
  }

  #recommendations(of: Parameter): Record<string, unknown> {
    const { copy } = this.#parts;
    const demand = copy.demands.get(idIn('demand', of('demand')) ?? 0n);
    if (demand === undefined)
      throw new Refusal(404, 'No such demand is open in the regions of this broker, as far as it knows.');
    const { analysis, whyNot } = recommend(copy, demand, idIn('after', of('after')) ?? 0n);
    const titled = whyNot.verdicts.map((verdict) => ({
      ...verdict,
      title: copy.resources.get(verdict.resource)?.published.title ?? '',
      fits: verdict.rule === '',
    }));
    const { considered, passing, relaxations, next } = whyNot;
    return {
      demand: demand.published.demand,
      exact: analysis.exact,
      plans: analysis.plans,
      fits: titled.filter(({ fits }) => fits),
      others: titled.filter(({ fits }) => !fits),
      considered,
      passing,
      relaxations,
      next,
    };
  }

  async #forward(asked: NoticeAsked): Promise<Record<string, unknown>> {
    const sent: Outcome<Work> = await this.#parts.sender.notify(asked);
    if (!sent.ok) throw new Refusal(503, sent.sentence);
    const { ended } = sent.value;
    if (ended !== undefined && ended.code !== 0)
      throw new Refusal(409, `${ended.sentence} (code ${ended.code ?? 'none'})`);
    return { sent: workDto(sent.value) };
  }

  #checkToken({ req }: Context): void {
    const given = /^Bearer (.{1,256})$/.exec(req.headers.authorization ?? '')?.[1];
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    if (given === undefined || !timingSafeEqual(digest(given), digest(this.#parts.token)))
      throw new Refusal(401, 'This needs the token of the broker’s config file.');
  }
}

type Parameter = (name: string) => string | undefined;

interface Reader {
  /** Parameters that it takes. */
  readonly names: readonly string[];
  /** Demands and what came of them are between their customers and brokers. */
  readonly isPrivate: boolean;
  read(of: Parameter): Record<string, unknown>;
}

function workDto({ asked, signed, ended }: Work): Record<string, unknown> {
  const state =
    ended === undefined ? (signed === undefined ? 'waiting' : 'submitted') : ended.code === 0 ? 'taken' : 'refused';
  const { portal: through = null, nodeProvider = null, tx = null } = signed ?? {};
  return {
    ...asked.notice,
    state,
    code: ended?.code ?? null,
    sentence: ended?.sentence ?? '',
    through,
    nodeProvider,
    tx,
  };
}

function isSame(asked: NoticeAsked, sent: { demand: bigint; provider: bigint; kind: string }): boolean {
  return BigInt(asked.demand) === sent.demand && BigInt(asked.provider) === sent.provider && asked.kind === sent.kind;
}

function zoneOf({ published }: CopiedResource): string | null {
  return termOf(published.attributes, 'zone') ?? null;
}

/** At most PAGE_MAX in the order of their numbers; `next` is the `after` of the page behind it, null on the last. */
function pageOf<Item>(
  items: readonly Item[],
  numberOf: (item: Item) => bigint,
  of: Parameter,
  show: (item: Item) => Record<string, unknown>,
): Record<string, unknown> {
  const after = idIn('after', of('after')) ?? 0n;
  const later = items
    .filter((item) => numberOf(item) > after)
    .toSorted((left, right) => (numberOf(left) < numberOf(right) ? -1 : 1));
  const page = later.slice(0, PAGE_MAX);
  const last = page.at(-1);
  const next = later.length > page.length && last !== undefined ? numberOf(last) : null;
  return { items: page.map(show), total: items.length, next };
}

function idIn(name: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const digits = ID.exec(text)?.[1];
  if (digits === undefined) throw new Refusal(400, `${name} must be a number such as 12.`);
  return BigInt(digits);
}

/** `slots:2`: at least two slots are free. */
function freeIn(text: string | undefined): { readonly meter: string; readonly amount: bigint } | undefined {
  if (text === undefined) return undefined;
  const [, meter, amount] = /^([A-Za-z]{1,32}):(\d{1,16})$/.exec(text) ?? [];
  if (meter === undefined || amount === undefined)
    throw new Refusal(400, 'free must be a meter and an amount such as slots:2.');
  return { meter, amount: BigInt(amount) };
}

function textOf(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text === '' ? undefined : text;
}

function otherMethod(ctx: Context, allowed: string): Refusal {
  ctx.set('Allow', allowed);
  return new Refusal(405, `This address takes ${allowed}.`);
}

async function readBody(ctx: Context): Promise<NoticeAsked> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of ctx.req) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) throw new Refusal(413, `The body is longer than ${BODY_BYTES_MAX} bytes.`);
    chunks.push(chunk as Buffer);
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
  const parsed = forwardSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refusal(400, `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not valid'}.`);
}

/** Sums of money as decimal text, every other number as one; bytes as hex. */
function send(ctx: Context, status: number, value: Record<string, unknown>): void {
  const text = JSON.stringify(value, (name, each: unknown) => {
    if (each instanceof Uint8Array) return Buffer.from(each).toString('hex');
    if (typeof each !== 'bigint') return each;
    return name.endsWith('Micro') || each > BigInt(Number.MAX_SAFE_INTEGER) ? each.toString() : Number(each);
  });
  ctx.status = status;
  ctx.set('Content-Type', 'application/json; charset=utf-8');
  ctx.body = ctx.method === 'HEAD' ? null : text;
}
