import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac } from 'node:crypto';
import { encodePath, encodeUri, type S3Request } from '#agent/object-store/request.ts';
import { BUCKET, CREDENTIALS, REGION, type SignedService } from './store-server.ts';

/** A request before it is signed, with a key that may be anything. */
export interface Unsigned {
  readonly method: string;
  /** Undefined for the bucket itself. */
  readonly key?: string;
  readonly bucket?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly region?: string;
  /** Whose signature it bears, and the address that it is sent to; those of `store-server.ts` unless given. */
  readonly credentials?: typeof CREDENTIALS;
  readonly host?: string;
  readonly nowMs?: number;
}

export interface Whole {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
  /** The Code of an error; '' where there is none. */
  readonly code: string;
}

/** Signs as Amazon's clients do, by their own library. */
export async function signed(unsigned: Unsigned): Promise<S3Request> {
  const { method, key, bucket = BUCKET, query = {}, body, region = REGION } = unsigned;
  const { credentials = CREDENTIALS, host = 'store.example' } = unsigned;
  const signer = new SignatureV4({
    region,
    credentials,
    service: 's3',
    uriEscapePath: false,
    sha256: Sha256 as never,
  });
  const path = `/${encodeUri(bucket)}${key === undefined ? '' : `/${encodePath(key)}`}`;
  const known: Record<string, string> = body instanceof Uint8Array ? { 'content-length': String(body.length) } : {};
  const sha256 = body instanceof Uint8Array ? createHash('sha256').update(body).digest('hex') : 'UNSIGNED-PAYLOAD';
  const headers = { host, 'x-amz-content-sha256': sha256, ...known, ...unsigned.headers };
  const { headers: all } = await signer.sign(
    { method, path, headers, query, protocol: 'http:', hostname: host },
    { signingDate: new Date(unsigned.nowMs ?? Date.now()) },
  );
  return {
    method,
    path,
    basePath: '',
    headers: all,
    queryString: Object.entries(query)
      .map(([name, value]) => `${encodeUri(name)}=${encodeUri(value)}`)
      .join('&'),
    body: body === undefined ? null : body instanceof Uint8Array ? pieces(body) : body,
    signal: unsigned.signal ?? new AbortController().signal,
  };
}

/** Signs, asks, and reads the answer to its end. */
export async function ask(service: SignedService, unsigned: Unsigned): Promise<Whole> {
  const answer = await service.answer(await signed(unsigned));
  const parts: Uint8Array[] = [];
  for await (const piece of answer.body ?? []) parts.push(piece);
  const body = Buffer.concat(parts);
  const text = body.toString('utf8');
  return {
    status: answer.status,
    headers: answer.headers,
    body,
    text,
    code: /<Code>(.*)<\/Code>/.exec(text)?.[1] ?? '',
  };
}

async function* pieces(bytes: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export class Sha256 {
  readonly #hash;

  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}
