import { S3Failure } from './failure.ts';

/** Keys have 1 to this many bytes in UTF-8 (S3 API reference, "Naming objects"). */
const KEY_BYTES_MAX = 1_024;

/** A request as it came over the network. */
export interface S3Request {
  readonly method: string;
  /** The whole path as it was sent and signed, byte for byte, still percent-encoded. */
  readonly path: string;
  /** What of the path stands before the bucket's name: '' or text that begins with '/' and does not end with it. */
  readonly basePath: string;
  /** What follows the first '?', byte for byte; '' when there is nothing. */
  readonly queryString: string;
  /** Names in lower case; `authorization` and `host` as the client sent them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export type Query = ReadonlyMap<string, string>;

/** Percent-decodes UTF-8; what is not that fails as `InvalidURI`. */
export function decodeUri(text: string): string {
  // Bytes beyond ASCII have to come encoded: as they are, nobody could tell which character set they are in.
  if (/^[\x21-\x7e]*$/.test(text)) {
    try {
      return decodeURIComponent(text);
    } catch {
      // Told below, together with what is not ASCII.
    }
  }
  throw new S3Failure('InvalidURI', 'The address is not percent-encoded UTF-8.');
}

/** Percent-encodes everything but unreserved characters of RFC 3986, as signatures do. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The same, with slashes left as they are. */
export function encodePath(text: string): string {
  return text.split('/').map(encodeUri).join('/');
}

/** A parameter that comes twice is refused: its signature would not say which of the two counts. */
export function parseQuery(queryString: string): Query {
  const query = new Map<string, string>();
  for (const pair of queryString.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const plain = (part: string): string => decodeUri(part.replaceAll('+', '%20'));
    const name = plain(at < 0 ? pair : pair.slice(0, at));
    if (query.has(name)) throw new S3Failure('InvalidArgument', 'A parameter of the address stands there twice.');
    query.set(name, at < 0 ? '' : plain(pair.slice(at + 1)));
  }
  return query;
}

/** The value of a header that a presigned address carries as a parameter, in whatever case; undefined when it does not. */
export function hoisted(query: Query, header: string): string | undefined {
  return [...query].find(([name]) => name.toLowerCase() === header)?.[1];
}

/** Parameters that are about a presigned address itself. */
const PRESIGNED_PARAMETERS = new Set([
  'x-amz-algorithm',
  'x-amz-content-sha256',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-signature',
  'x-amz-signedheaders',
]);

/**
 * A request as if it had not been presigned: x-amz-* parameters, which S3 takes for the headers of their names, are headers again, and
 * those of the signature are gone.
 */
export function withoutHoisting(request: S3Request, query: Query): { request: S3Request; query: Query } {
  const headers = { ...request.headers };
  const left = new Map<string, string>();
  for (const [name, value] of query) {
    const header = name.toLowerCase();
    if (!header.startsWith('x-amz-')) left.set(name, value);
    else if (!PRESIGNED_PARAMETERS.has(header)) {
      // It comes back as a header of answers: nothing may end it early and begin another.
      const isHeader = /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(header) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
      if (!isHeader || (headers[header] ?? value) !== value) {
        const sentence = 'An x-amz-* parameter cannot be a header, or differs from the header of its name.';
        throw new S3Failure('InvalidArgument', sentence);
      }
      headers[header] = value;
    }
  }
  return { request: { ...request, headers }, query: left };
}

/** What a path names: nothing, a bucket, or an object in it. */
export interface Address {
  readonly bucket: string | null;
  readonly key: string | null;
}

/** Nothing is simplified: `..`, `//` and control characters are parts of a key like any other. */
export function parseAddress({ path, basePath }: Pick<S3Request, 'path' | 'basePath'>): Address {
  if (!path.startsWith(basePath)) throw new S3Failure('InvalidURI', 'The address does not lead to this store.');
  const rest = path.slice(basePath.length).replace(/^\//, '');
  const at = rest.indexOf('/');
  const bucket = decodeUri(at < 0 ? rest : rest.slice(0, at));
  const key = at < 0 ? '' : decodeUri(rest.slice(at + 1));
  if (bucket === '' && key !== '') throw new S3Failure('InvalidURI', 'The address names an object and no bucket.');
  return { bucket: bucket === '' ? null : bucket, key: key === '' ? null : checkKey(key) };
}

/** The key itself; `KeyTooLongError` beyond 1,024 bytes. */
export function checkKey(key: string): string {
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) {
    throw new S3Failure('KeyTooLongError', `An object’s key has at most ${KEY_BYTES_MAX} bytes in UTF-8.`);
  }
  return key;
}
