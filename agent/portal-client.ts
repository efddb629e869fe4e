import { createHash, randomBytes } from 'node:crypto';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { AgentKey } from './key.ts';
import { reasonOf } from './outcome.ts';

const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
const TIMEOUT_MS = 15_000;
/** How far the portal lets an agent's clock be away. */
const CLOCK_AWAY_MS_MAX = 60_000;

/** What a call came back with: the JSON body, the problem's sentence and code, or that nobody answered. */
export type Reply =
  | { readonly kind: 'done'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly code: number | null; readonly sentence: string }
  | { readonly kind: 'unreachable'; readonly sentence: string };

export interface CallOptions {
  /** JSON, but for bytes, which go as they are. */
  readonly body?: unknown;
  /** Milliseconds the portal may hold the call open; the client waits a little longer. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** The time that the signature names; now, when left out. */
  readonly signedAtMs?: number;
}

/** A body that is no JSON, or why there is none. */
export type BytesReply = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | Exclude<Reply, { kind: 'done' }>;

/** The portal's HTTP API as the agent and the sample's history use it: JSON, bounded in time and size, no redirects. */
export class PortalClient {
  readonly #origin: string;
  readonly #network: string;
  readonly #key: AgentKey | null;

  /** `network` is the genesis hash in hex; with a key every call carries the agent's signature. */
  constructor(origin: string, options: { network: string; key: AgentKey | null }) {
    this.#origin = origin;
    this.#network = options.network;
    this.#key = options.key;
  }

  get(path: string, options: CallOptions = {}): Promise<Reply> {
    return this.#call('GET', path, options);
  }

  /** Bytes go as they are, everything else as JSON. */
  post(path: string, body: unknown, options: CallOptions = {}): Promise<Reply> {
    return this.#call('POST', path, { ...options, body });
  }

  /** A body as it is, of at most `bytesMax`; what is longer is as good as no answer. */
  async bytes(path: string, options: { readonly bytesMax: number } & CallOptions): Promise<BytesReply> {
    const sent = await this.#send('GET', path, { ...options, accept: 'application/octet-stream' });
    if (!('status' in sent)) return sent;
    if (sent.status === 200) return { kind: 'bytes', bytes: sent.bytes };
    const reply = namingTheClock(toReply(sent.status, textOf(sent.bytes)), sent.date);
    if (reply.kind !== 'done') return reply;
    return { kind: 'unreachable', sentence: `The portal at ${this.#origin} answered ${sent.status} without a body.` };
  }

  async #call(method: 'GET' | 'POST', path: string, options: CallOptions): Promise<Reply> {
    const sent = await this.#send(method, path, { ...options, accept: 'application/json', bytesMax: ANSWER_BYTES_MAX });
    return 'status' in sent ? namingTheClock(toReply(sent.status, textOf(sent.bytes)), sent.date) : sent;
  }

  async #send(
    method: 'GET' | 'POST',
    path: string,
    options: CallOptions & { readonly accept: string; readonly bytesMax: number },
  ): Promise<Sent | Extract<Reply, { kind: 'unreachable' }>> {
    const { body, type } = bodyOf(options.body);
    const timeout = AbortSignal.timeout(TIMEOUT_MS + (options.waitMs ?? 0));
    const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
    try {
      const response = await fetch(`${this.#origin}${path}`, {
        method,
        redirect: 'error',
        signal,
        headers: {
          accept: options.accept,
          ...(type === '' ? {} : { 'content-type': type }),
          ...(this.#key === null
            ? {}
            : {
                authorization: agentAuthorization(
                  this.#key,
                  { method, path, body, network: this.#network },
                  options.signedAtMs,
                ),
              }),
        },
        ...(type === '' ? {} : { body }),
      });
      const bytes = await readBounded(response, options.bytesMax);
      return { status: response.status, bytes, date: response.headers.get('date') };
    } catch (error) {
      return { kind: 'unreachable', sentence: `The portal at ${this.#origin} did not answer: ${reasonOf(error)}` };
    }
  }
}

/** A signature counts for a minute: refused by a portal whose clock is further away, it is the clock that has to be named. */
export function namingTheClock(reply: Reply, date: string | null, nowMs = Date.now()): Reply {
  const aheadMs = nowMs - Date.parse(date ?? '');
  if (reply.kind !== 'refused' || reply.status !== 401 || !(Math.abs(aheadMs) > CLOCK_AWAY_MS_MAX)) return reply;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const way = aheadMs > 0 ? 'ahead of' : 'behind';
  return { ...reply, sentence: `This machine’s clock is ${seconds} s ${way} the portal’s: set it. ${reply.sentence}` };
}

/** Value of the `Authorization` header: one use, one minute, one method, path, body and network. */
export function agentAuthorization(
  key: AgentKey,
  request: { method: string; path: string; body: string | Uint8Array; network: string },
  ts = Date.now(),
): string {
  const nonce = randomBytes(16).toString('hex');
  const bodyHash = createHash('sha256').update(request.body).digest('hex');
  const text = `interpool/agent-request/v1\n${request.method}\n${request.path}\n${bodyHash}\n${ts}\n${nonce}\n${request.network}`;
  const signature = nobleCrypto.signRecoverable(nobleCrypto.sha256(utf8(text)), key.secretKey);
  return `Interpool-Agent address=${key.addressText},ts=${ts},nonce=${nonce},signature=${toHex(signature)}`;
}

/** A request's body with its content type; '' where there is none. */
function bodyOf(body: unknown): { readonly body: string | Uint8Array<ArrayBuffer>; readonly type: string } {
  if (body === undefined) return { body: '', type: '' };
  if (body instanceof Uint8Array) return { body: new Uint8Array(body), type: 'application/octet-stream' };
  return { body: JSON.stringify(body), type: 'application/json' };
}

interface Sent {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly date: string | null;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > bytesMax) throw new Error(`the answer is larger than ${bytesMax} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

function toReply(status: number, text: string): Reply {
  let body: unknown = null;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    return {
      kind: 'refused',
      status,
      code: null,
      sentence: `The portal answered ${status} with something that is not JSON.`,
    };
  }
  if (status >= 200 && status < 300) return { kind: 'done', status, body };
  const problem = (typeof body === 'object' && body !== null ? body : {}) as {
    detail?: unknown;
    title?: unknown;
    code?: unknown;
  };
  const detail =
    typeof problem.detail === 'string' ? problem.detail : typeof problem.title === 'string' ? problem.title : '';
  const code = typeof problem.code === 'number' ? problem.code : null;
  return { kind: 'refused', status, code, sentence: `The portal answered ${status}: ${detail.slice(0, 300)}` };
}
