import { createHash } from 'node:crypto';
import {
  algorithmOf,
  algorithmOfHeader,
  checksumBytes,
  newDigest,
  type Algorithm,
  type Checksum,
} from './checksums.ts';
import { decodeChunked } from './chunked.ts';
import { S3Failure } from './failure.ts';
import type { S3Request } from './request.ts';
import type { Payload } from './signature.ts';

/** One request stores at most this much (S3 API reference, PutObject and UploadPart). */
const BODY_BYTES_MAX = 5 * 1024 ** 3;

/** What a body's bytes came to, once all of them were read and everything that was said of them turned out true. */
export interface Digests {
  /** 16 bytes. */
  readonly md5: Buffer;
  /** Null where none was asked for. */
  readonly checksum: Checksum | null;
}

/** The data of a request: its length is known before it is read, and its end is reached only by a body that is as it was declared. */
export interface UploadBody {
  readonly bytes: number;
  /** Of the checksum that is computed; null for none. */
  readonly algorithm: Algorithm | null;
  readonly data: AsyncIterable<Uint8Array>;
  /** After the end of `data`. */
  digests(): Digests;
}

/** `algorithm` is computed where the request names none itself. */
export function readUpload(request: S3Request, payload: Payload, algorithm: Algorithm | null): UploadBody {
  const declared = declarationOf(request, payload, algorithm);
  return uploadOf(declared, (onEnd) => checked(request.body ?? empty(), payload, { declared, onEnd }));
}

function uploadOf(
  { bytes, algorithm }: Declaration,
  read: (onEnd: (digests: Digests) => void) => AsyncIterable<Uint8Array>,
): UploadBody {
  let digests: Digests | undefined;
  return {
    bytes,
    algorithm,
    data: read((found) => {
      digests = found;
    }),
    digests() {
      if (digests === undefined) throw new Error('the body was not read to its end');
      return digests;
    },
  };
}

interface Declaration {
  readonly bytes: number;
  readonly md5: Buffer | null;
  readonly algorithm: Algorithm | null;
  /** Base64; null when it comes in the trailer or not at all. */
  readonly value: string | null;
  readonly trailer: string | null;
}

function declarationOf({ headers }: S3Request, payload: Payload, fallback: Algorithm | null): Declaration {
  const isChunked = payload.form === 'chunked';
  const bytes = lengthOf(headers[isChunked ? 'x-amz-decoded-content-length' : 'content-length']);
  const values = Object.keys(headers).filter(isChecksumHeader);
  const trailer = headers['x-amz-trailer']?.toLowerCase() ?? null;
  if (trailer !== null && (!isChunked || !payload.hasTrailer || !isChecksumHeader(trailer))) {
    throw new S3Failure(
      'InvalidRequest',
      'The header x-amz-trailer has to name one checksum, of a body that has a trailer.',
    );
  }
  const [name, ...others] = trailer === null ? values : [...values, trailer];
  if (others.length > 0) throw new S3Failure('InvalidRequest', 'A request carries one checksum, not several.');
  const md5 = headers['content-md5'] === undefined ? null : Buffer.from(headers['content-md5'], 'base64');
  if (md5 !== null && md5.length !== 16) throw new S3Failure('InvalidDigest', 'Content-MD5 is not base64 of 16 bytes.');
  const named = headers['x-amz-sdk-checksum-algorithm'];
  return {
    bytes,
    md5,
    trailer,
    algorithm: name === undefined ? (algorithmOf(named ?? '') ?? fallback) : algorithmOfHeader(name),
    value: name === undefined || name === trailer ? null : (headers[name] ?? null),
  };
}

/** Whether a header carries the value of a checksum. */
export function isChecksumHeader(name: string): boolean {
  return name.startsWith('x-amz-checksum-') && !NO_CHECKSUMS.has(name);
}

const NO_CHECKSUMS = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-type', 'x-amz-checksum-mode']);

function lengthOf(text: string | undefined): number {
  if (text === undefined) {
    throw new S3Failure('MissingContentLength', 'An upload has to state its length before it begins.');
  }
  if (!/^\d{1,15}$/.test(text)) throw new S3Failure('InvalidArgument', 'The stated length of the body is no number.');
  const bytes = Number(text);
  if (bytes > BODY_BYTES_MAX) {
    const sentence = `One request stores at most ${BODY_BYTES_MAX} bytes; upload larger objects in parts.`;
    throw new S3Failure('EntityTooLarge', sentence, { details: { MaxSizeAllowed: String(BODY_BYTES_MAX) } });
  }
  return bytes;
}

async function* checked(
  source: AsyncIterable<Uint8Array>,
  payload: Payload,
  { declared, onEnd }: { readonly declared: Declaration; onEnd(digests: Digests): void },
): AsyncGenerator<Uint8Array> {
  let { value } = declared;
  const data =
    payload.form === 'chunked'
      ? decodeChunked(source, {
          ...payload,
          bytes: declared.bytes,
          onTrailer: (name, text) => {
            if (name === declared.trailer) value = text;
          },
        })
      : source;
  const md5 = createHash('md5');
  const sha256 = payload.form === 'hashed' ? createHash('sha256') : null;
  const digest = declared.algorithm === null ? null : await newDigest(declared.algorithm);
  let bytes = 0;
  for await (const piece of data) {
    bytes += piece.length;
    if (bytes > declared.bytes) break;
    md5.update(piece);
    sha256?.update(piece);
    digest?.update(piece);
    yield piece;
  }
  if (bytes !== declared.bytes) {
    throw new S3Failure('IncompleteBody', `The body does not have the ${declared.bytes} bytes that it states.`);
  }
  if (payload.form === 'hashed' && sha256?.digest('hex') !== payload.sha256) {
    throw new S3Failure('XAmzContentSHA256Mismatch', 'The body is not the one whose SHA-256 was signed.');
  }
  const found = { md5: md5.digest(), checksum: checkedSum(declared, value, digest?.digest() ?? null) };
  if (declared.md5 !== null && !declared.md5.equals(found.md5)) {
    throw new S3Failure('BadDigest', 'The body is not the one that Content-MD5 is of.');
  }
  onEnd(found);
}

function checkedSum({ algorithm, trailer }: Declaration, value: string | null, found: Buffer | null): Checksum | null {
  if (algorithm === null || found === null) return null;
  if (trailer !== null && value === null) {
    throw new S3Failure('InvalidRequest', `The body ends without the trailer ${trailer} that was announced.`);
  }
  if (value !== null && !checksumBytes(algorithm, value).equals(found)) {
    throw new S3Failure('BadDigest', `The body is not the one that x-amz-checksum-${algorithm} is of.`);
  }
  return { algorithm, value: found.toString('base64'), type: 'FULL_OBJECT' };
}

async function* empty(): AsyncGenerator<Uint8Array> {
  // A request without a body: nothing to hand on.
}

/** A whole body of at most `bytesMax`, for documents. */
export async function readDocument(upload: UploadBody, bytesMax: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  if (upload.bytes > bytesMax) {
    throw new S3Failure(
      'MalformedXML',
      `The document is longer than the ${bytesMax} bytes that this request may have.`,
    );
  }
  for await (const piece of upload.data) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** Data of our own as an upload: its digests are computed, and there is nothing to hold them against. */
export function hashedBody(data: AsyncIterable<Uint8Array>, bytes: number, algorithm: Algorithm | null): UploadBody {
  const body = { md5: null, algorithm, value: null, trailer: null, bytes };
  return uploadOf(body, (onEnd) => checked(data, { form: 'unsigned' }, { declared: body, onEnd }));
}
