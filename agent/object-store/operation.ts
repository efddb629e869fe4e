import type { Bucket } from './bucket.ts';
import { S3Failure } from './failure.ts';
import type { Query, S3Request } from './request.ts';
import type { Payload } from './signature.ts';
import { writeXml, type XmlElement } from './xml.ts';

/** A request that may be answered: its signature was checked, and the bucket is the caller's. */
export interface Call {
  readonly request: S3Request;
  readonly query: Query;
  readonly payload: Payload;
  readonly bucket: Bucket;
  /** '' where the address names no object. */
  readonly key: string;
  readonly region: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncGenerator<Uint8Array> | null;
}

/** One request of the protocol that is answered; everything else is not. */
export interface Operation {
  /** As the S3 API reference names it. */
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly on: 'service' | 'bucket' | 'object';
  /** Parameters and headers that tell it from others of the same method; all have to be there. */
  readonly marks: readonly string[];
  /** Further parameters that it understands. */
  readonly parameters: readonly string[];
  answer(call: Call): Promise<Reply> | Reply;
}

export function xmlReply(root: XmlElement, headers: Readonly<Record<string, string>> = {}): Reply {
  return bytesReply(200, { 'content-type': 'application/xml', ...headers }, Buffer.from(writeXml(root)));
}

export function bytesReply(status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array): Reply {
  return { status, headers: { ...headers, 'content-length': String(bytes.length) }, body: one(bytes) };
}

export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  // An answer 204 has no length (RFC 9110 §8.6).
  return { status, headers: status === 204 ? headers : { ...headers, 'content-length': '0' }, body: null };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** A whole number of a parameter; `fallback` when it is not there, `InvalidArgument` when it is none from `min` to `max`. */
export function numberOf(
  query: Query,
  name: string,
  of: { readonly min: number; readonly max: number; readonly fallback?: number },
): number {
  const text = query.get(name);
  if (text === undefined && of.fallback !== undefined) return of.fallback;
  const value = /^\d{1,10}$/.test(text ?? '') ? Number(text) : -1;
  if (value >= of.min && value <= of.max) return value;
  throw new S3Failure('InvalidArgument', `The parameter ${name} has to be a whole number from ${of.min} to ${of.max}.`);
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
