import type { StoredObject } from './bucket-index.ts';
import { S3Failure } from './failure.ts';
import { validators } from './object-headers.ts';

type Headers = Readonly<Record<string, string>>;

/** Holds a read against If-Match and its like, in the order of RFC 9110 §13.2.2; `prefix` is that of the headers' names. */
export function checkRead(object: StoredObject, headers: Headers, prefix = ''): void {
  const [match, unmodified, noneMatch, modified] = [
    'if-match',
    'if-unmodified-since',
    'if-none-match',
    'if-modified-since',
  ].map((name) => headers[`${prefix}${name}`]);
  const isRefused = match === undefined ? isModifiedSince(object, unmodified) === true : !isNamed(object, match);
  if (isRefused) throw notMet();
  const isKnown = noneMatch === undefined ? isModifiedSince(object, modified) === false : isNamed(object, noneMatch);
  if (!isKnown) return;
  if (prefix !== '') throw notMet();
  throw new S3Failure('NotModified', 'The object is as the caller knows it.', { headers: validators(object) });
}

/** Holds a write against If-Match and If-None-Match. */
export function checkWrite(existing: StoredObject | undefined, headers: Headers): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && (existing === undefined || !isNamed(existing, match))) throw notMet();
  if (noneMatch !== undefined && existing !== undefined && isNamed(existing, noneMatch)) throw notMet();
}

function notMet(): S3Failure {
  return new S3Failure('PreconditionFailed', 'A condition of the request’s If-… headers is not met.');
}

function isNamed({ etag }: StoredObject, list: string): boolean {
  const names = list.split(',').map((name) => name.trim().replace(/^W\//, '').replaceAll('"', ''));
  return names.includes('*') || names.includes(etag);
}

/** Undefined where no time is given that can be read. HTTP's times are whole seconds. */
function isModifiedSince({ modifiedMs }: StoredObject, time: string | undefined): boolean | undefined {
  const sinceMs = Date.parse(time ?? '');
  return Number.isNaN(sinceMs) ? undefined : Math.floor(modifiedMs / 1_000) * 1_000 > sinceMs;
}

export interface ByteRange {
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/** The part that is asked for; null for the whole: no range, several, a malformed one, or one of another state of the object. */
export function rangeOf(object: StoredObject, headers: Headers): ByteRange | null {
  const { range, 'if-range': ifRange } = headers;
  if (range === undefined) return null;
  const { etag, 'last-modified': lastModified } = validators(object);
  if (ifRange !== undefined && ifRange !== etag && ifRange !== lastModified) return null;
  return parseRange(range, object.bytes);
}

/** `InvalidRange` for one that begins behind the end. */
export function parseRange(range: string, bytes: number): ByteRange | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range);
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '') || (first !== '' && last !== '' && +first > +last)) return null;
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  if (from < to) return { from, to };
  throw new S3Failure('InvalidRange', 'The object ends before this range begins.', {
    details: { ActualObjectSize: String(bytes) },
    headers: { 'content-range': `bytes */${bytes}` },
  });
}
