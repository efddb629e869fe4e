import { createHmac } from 'node:crypto';
import { done } from '#agent/outcome.ts';
import {
  KindRefusal,
  type KindAnswer,
  type KindModule,
  type KindRequest,
  type OpenKind,
  type Piece,
  type SignedCalls,
  type UnknownCall,
} from '#agent/resources/kind.ts';
import type { WorkingKind } from '#agent/source-shelf.ts';

const PIECE_BYTES = 64 * 1024;
export const LARGE_PIECES = 1_024;

/** A kind that takes any method and path and tells what it was handed, for tests of everything around a kind. */
export class MirrorKind {
  readonly seen: KindRequest[] = [];
  /** Pieces of the large answer that were asked for. */
  piecesMade = 0;
  /** Resolves when the body of the large answer is let go. */
  readonly freed: Promise<void>;
  #free: () => void = () => undefined;

  constructor() {
    this.freed = new Promise((resolve) => {
      this.#free = resolve;
    });
  }

  get working(): WorkingKind {
    return { module, open: { ...restOfKind, serve: (request) => this.#serve(request) } };
  }

  async #serve(request: KindRequest): Promise<KindAnswer> {
    this.seen.push(request);
    const { method, path, queryString, headers } = request;
    if (path === '/objects/large') return { status: 200, headers: {}, body: this.#large(request) };
    if (path === '/objects/refused') {
      throw new KindRefusal({ status: 404, reason: 'not-found', sentence: 'There is no such object.' });
    }
    let bytes = 0;
    for await (const chunk of request.body ?? []) bytes += chunk.length;
    const text = JSON.stringify({ method, path, queryString, headers, bytes });
    return {
      status: method === 'PUT' ? 201 : 200,
      headers: { ETag: '"1"', 'Content-Length': String(text.length) },
      body: one(text),
    };
  }

  async *#large({ signal, queryString }: KindRequest): AsyncGenerator<Piece> {
    try {
      for (let index = 0; index < LARGE_PIECES && !signal.aborted; index += 1) {
        this.piecesMade += 1;
        if (queryString === 'fails' && index === 40) throw new Error('the store went away');
        yield await Promise.resolve({ bytes: Buffer.alloc(PIECE_BYTES, index), used: { objects: 1 } });
      }
    } finally {
      this.#free();
    }
  }
}

/** The signature that a call bears in its header `sign`, beside the link in `link`. */
export function mirrorSignature(call: Pick<UnknownCall, 'method' | 'path'>, token: string): string {
  return createHmac('sha256', token).update(`${call.method} ${call.path}`).digest('hex');
}

const signed: SignedCalls = {
  claims: ({ headers }) => headers['link'] !== undefined,
  linkOf: ({ headers }) => {
    const [, agreement, issue] = /^(\d+)\.(\d+)$/.exec(headers['link'] ?? '') ?? [];
    return agreement === undefined ? null : { agreement: Number(agreement), issue: Number(issue) };
  },
  check: (call, { token }) =>
    Promise.resolve(
      call.headers['sign'] === mirrorSignature(call, token)
        ? { ok: true, signature: call.headers['sign'] }
        : { ok: false, answer: { status: 403, headers: {}, text: 'signature' } },
    ),
  tell: ({ status, reason }) => ({ status, headers: { 'Content-Type': 'text/plain' }, text: `told: ${reason}` }),
  pageHeaders: ['link', 'sign'],
};

const module: KindModule = {
  signed,
  ledger: {
    meters: {
      bytes: { unit: 'byte', title: 'Bytes', counting: 'counted', max: 1n << 44n },
      calls: { unit: 'call', title: 'Calls', counting: 'counted', max: 1n << 44n },
      objects: { unit: 'object', title: 'Objects', counting: 'counted', max: 1n << 44n },
    },
    used: ['bytes', 'calls', 'objects'],
    promises: {},
    changes: () => [],
  },
  selfLimited: [],
  methods: ['GET', 'HEAD', 'PUT', 'DELETE'],
  atOnceMax: 4,
  entryPath: '/objects',
  bodyBytesMax: 1_000_000,
  answerMsMax: 400,
  configure: () => {
    throw new Error('tests make this kind themselves');
  },
};

const restOfKind: Omit<OpenKind, 'serve'> = {
  readAll: () => Promise.resolve(),
  test: () => Promise.resolve(done({ attributes: [], preview: [], sentence: '' })),
  sample: () => [],
  openResource: () => Promise.resolve(done(null)),
  isOpen: () => true,
  prepare: () => Promise.resolve(done(null)),
  describe: () => ({}),
  answered: () => undefined,
  measure: () => ({}),
  release: () => Promise.resolve(done(null)),
  close: () => undefined,
};

async function* one(text: string): AsyncGenerator<Piece> {
  yield await Promise.resolve({ bytes: Buffer.from(text), used: { objects: 1 } });
}
