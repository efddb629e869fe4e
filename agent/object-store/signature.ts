import { createHash, createHmac, randomBytes, timingSafeEqual, type Hash, type Hmac } from 'node:crypto';
import {
  ALGORITHM_IDENTIFIER,
  createScope,
  getCanonicalHeaders,
  getCanonicalQuery,
  MAX_PRESIGNED_TTL,
  SignatureV4,
  UNSIGNED_PAYLOAD,
} from '@smithy/signature-v4';
import { S3Failure } from './failure.ts';
import { decodeUri, encodePath, hoisted, type Query, type S3Request } from './request.ts';

/** What of a request a signature covers, its body apart. */
export type SignedRequest = Pick<S3Request, 'method' | 'path' | 'headers'>;

/** A request's time may differ from ours by this much, either way (S3 API reference, "Authenticating requests"). */
const CLOCK_SKEW_MS_MAX = 15 * 60_000;
const SERVICE = 's3';

/** What a request says of its body, which its signature covers. */
export type Payload =
  | { readonly form: 'hashed'; readonly sha256: string }
  | { readonly form: 'unsigned' }
  | { readonly form: 'chunked'; readonly chain: ChunkChain | null; readonly hasTrailer: boolean };

/** Signatures of a body's chunks, each over the one before; the first follows the request's own. */
export interface ChunkChain {
  readonly seed: string;
  sign(kind: 'PAYLOAD' | 'TRAILER', previous: string, sha256: string): Promise<string>;
}

/** Who asks, as the signature proves. */
export interface Verified {
  readonly accessKeyId: string;
  readonly payload: Payload;
}

interface Claim {
  readonly accessKeyId: string;
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly amzDate: string;
  /** How long a presigned address is good for; null where the signature stands in a header. */
  readonly expiresS: number | null;
  /** What stands for the body in the signature, word for word. */
  readonly payloadWord: string;
}

export interface VerifyOptions {
  readonly region: string;
  readonly nowMs: number;
  secretOf(accessKeyId: string): string | undefined;
}

/** Compared against where there is no such key, so that both cost the same work. */
const NOBODYS_SECRET = randomBytes(32).toString('hex');

/**
 * Signature version 4, in the `Authorization` header or in the address. An unknown key and a wrong signature get the same answer,
 * `SignatureDoesNotMatch`: Amazon's `InvalidAccessKeyId` would tell which keys exist.
 */
export async function verifySignature(request: SignedRequest, query: Query, options: VerifyOptions): Promise<Verified> {
  const claim = claimOf(request, query);
  const isPresigned = claim.expiresS !== null;
  if (claim.region !== options.region || claim.service !== SERVICE) {
    const sentence = `The signature is for the region “${claim.region}” and the service “${claim.service}”; this store is “${options.region}” and “${SERVICE}”.`;
    throw new S3Failure(isPresigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed', sentence, {
      details: { Region: options.region },
      headers: { 'x-amz-bucket-region': options.region },
    });
  }
  checkTime(claim, options.nowMs);
  checkSignedHeaders(request, claim.signedHeaders);
  const signer = new SignatureV4({
    credentials: {
      accessKeyId: claim.accessKeyId,
      secretAccessKey: options.secretOf(claim.accessKeyId) ?? NOBODYS_SECRET,
    },
    region: claim.region,
    service: SERVICE,
    sha256: NodeSha256,
    uriEscapePath: false,
  });
  const signingDate = new Date(timeOf(claim.amzDate));
  const scope = createScope(claim.scopeDate, claim.region, SERVICE);
  const sign = (algorithm: string, lines: readonly string[]): Promise<string> =>
    signer.sign([algorithm, claim.amzDate, scope, ...lines].join('\n'), { signingDate });
  const expected = await sign(ALGORITHM_IDENTIFIER, [sha256Hex(canonicalRequest(request, query, claim))]);
  const isRight = timingSafeEqual(Buffer.from(expected, 'latin1'), Buffer.from(claim.signature, 'latin1'));
  if (!isRight || options.secretOf(claim.accessKeyId) === undefined) {
    const sentence =
      'No access key of this store made this signature: check the access key, the secret, and that nothing on the way changes the address or the host.';
    throw new S3Failure('SignatureDoesNotMatch', sentence);
  }
  return {
    accessKeyId: claim.accessKeyId,
    payload: payloadOf(claim.payloadWord, {
      seed: claim.signature,
      sign: (kind, previous, sha256) =>
        sign(
          `${ALGORITHM_IDENTIFIER}-${kind}`,
          kind === 'PAYLOAD' ? [previous, sha256Hex(''), sha256] : [previous, sha256],
        ),
    }),
  };
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]*)\/([^/,\s]*)\/aws4_request\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*Signature=([0-9a-f]{64})$/;
const CREDENTIAL = /^([^/\s]+)\/(\d{8})\/([^/\s]*)\/([^/\s]*)\/aws4_request$/;

function claimOf(request: SignedRequest, query: Query): Claim {
  const { authorization } = request.headers;
  const isPresigned = query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature');
  if (authorization !== undefined && isPresigned) {
    throw new S3Failure('InvalidArgument', 'A request is signed in its header or in its address, not in both.');
  }
  if (isPresigned) return presignedClaim(request, query);
  if (authorization === undefined) {
    throw new S3Failure('AccessDenied', 'This store answers signed requests only (AWS signature version 4).');
  }
  const match = AUTHORIZATION.exec(authorization);
  const [, accessKeyId = '', scopeDate = '', region = '', service = '', signedHeaders = '', signature = ''] =
    match ?? [];
  const payloadWord = request.headers['x-amz-content-sha256'];
  const amzDate = request.headers['x-amz-date'] ?? '';
  if (match === null || !isScopeDate(amzDate, scopeDate)) {
    const sentence =
      'The Authorization header is not one of AWS signature version 4 (AWS4-HMAC-SHA256), or does not fit x-amz-date.';
    throw new S3Failure('AuthorizationHeaderMalformed', sentence);
  }
  if (payloadWord === undefined) {
    throw new S3Failure('InvalidRequest', 'A signed request has to carry the header x-amz-content-sha256.');
  }
  return {
    accessKeyId,
    scopeDate,
    region,
    service,
    signature,
    amzDate,
    payloadWord,
    signedHeaders: signedHeaders.split(';'),
    expiresS: null,
  };
}

function presignedClaim(request: SignedRequest, query: Query): Claim {
  const match = CREDENTIAL.exec(query.get('X-Amz-Credential') ?? '');
  const [, accessKeyId = '', scopeDate = '', region = '', service = ''] = match ?? [];
  const amzDate = query.get('X-Amz-Date') ?? '';
  const expires = query.get('X-Amz-Expires') ?? '';
  const signature = query.get('X-Amz-Signature') ?? '';
  const expiresS = Number(expires);
  const isExpiryGood = /^\d{1,6}$/.test(expires) && expiresS >= 1 && expiresS <= MAX_PRESIGNED_TTL;
  const isWhole = match !== null && isScopeDate(amzDate, scopeDate) && /^[0-9a-f]{64}$/.test(signature);
  if (!isWhole || !isExpiryGood || query.get('X-Amz-Algorithm') !== ALGORITHM_IDENTIFIER) {
    const sentence = `A presigned address needs X-Amz-Algorithm=${ALGORITHM_IDENTIFIER}, X-Amz-Credential, X-Amz-Date, X-Amz-SignedHeaders, X-Amz-Signature, and X-Amz-Expires from 1 to ${MAX_PRESIGNED_TTL} seconds.`;
    throw new S3Failure('AuthorizationQueryParametersError', sentence);
  }
  return {
    accessKeyId,
    scopeDate,
    region,
    service,
    signature,
    amzDate,
    expiresS,
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    payloadWord: request.headers['x-amz-content-sha256'] ?? hoisted(query, 'x-amz-content-sha256') ?? UNSIGNED_PAYLOAD,
  };
}

function isScopeDate(amzDate: string, scopeDate: string): boolean {
  return !Number.isNaN(timeOf(amzDate)) && amzDate.startsWith(scopeDate);
}

/** Milliseconds of a time such as 20130524T000000Z; NaN for anything else. */
function timeOf(amzDate: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function checkTime({ amzDate, expiresS }: Claim, nowMs: number): void {
  const madeMs = timeOf(amzDate);
  const isEarly = madeMs - nowMs > CLOCK_SKEW_MS_MAX;
  if (isEarly || (expiresS === null && nowMs - madeMs > CLOCK_SKEW_MS_MAX)) {
    throw new S3Failure('RequestTimeTooSkewed', 'The request’s time and the store’s differ by more than 15 minutes.', {
      details: { RequestTime: amzDate, ServerTime: new Date(nowMs).toISOString() },
    });
  }
  if (expiresS !== null && nowMs > madeMs + expiresS * 1_000) {
    throw new S3Failure('AccessDenied', 'This presigned address has expired.');
  }
}

/** An x-amz-* header that nobody signed could have been added on the way. */
function checkSignedHeaders({ headers }: SignedRequest, signedHeaders: readonly string[]): void {
  const signed = new Set(signedHeaders);
  const isKnown = signedHeaders.every((name) => Object.hasOwn(headers, name));
  const unsigned = Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !signed.has(name));
  if (signed.has('host') && signed.size === signedHeaders.length && isKnown && unsigned.length === 0) return;
  const sentence =
    'The signature has to cover the host and every x-amz-* header, each once, and nothing that was not sent.';
  throw new S3Failure('AccessDenied', sentence, { details: { HeadersNotSigned: unsigned.join(', ') } });
}

function canonicalRequest({ method, path, headers }: SignedRequest, query: Query, claim: Claim): string {
  const signed = Object.fromEntries(claim.signedHeaders.map((name) => [name, headers[name] ?? '']));
  const canonical = getCanonicalHeaders(
    { headers: signed } as Parameters<typeof getCanonicalHeaders>[0],
    undefined,
    new Set(claim.signedHeaders),
  );
  const names = Object.keys(canonical).sort();
  const parameters = Object.fromEntries([...query].filter(([name]) => name !== 'X-Amz-Signature'));
  return [
    method,
    // Clients differ in what they leave unencoded; the signature is over the one form that Amazon prescribes.
    encodePath(decodeUri(path)),
    getCanonicalQuery({ query: parameters } as Parameters<typeof getCanonicalQuery>[0]),
    ...names.map((name) => `${name}:${canonical[name]}`),
    '',
    names.join(';'),
    claim.payloadWord,
  ].join('\n');
}

function payloadOf(word: string, chain: ChunkChain): Payload {
  if (/^[0-9a-f]{64}$/.test(word)) return { form: 'hashed', sha256: word };
  switch (word) {
    case UNSIGNED_PAYLOAD:
      return { form: 'unsigned' };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { form: 'chunked', chain, hasTrailer: false };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { form: 'chunked', chain, hasTrailer: true };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { form: 'chunked', chain: null, hasTrailer: true };
    default:
      throw new S3Failure('InvalidArgument', 'The header x-amz-content-sha256 says nothing that this store knows.');
  }
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** Node's SHA-256, in the shape that the signing library asks for. */
class NodeSha256 {
  readonly #secret: SourceData | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = this.#fresh();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    if (this.#secret === undefined) return createHash('sha256');
    return createHmac('sha256', typeof this.#secret === 'string' ? this.#secret : bytesOf(this.#secret));
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
