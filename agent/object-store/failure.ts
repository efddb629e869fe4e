import { writeXml, type XmlElement } from './xml.ts';

/** Every code that is answered, with its HTTP status; codes are Amazon's ("Error responses", S3 API reference) except the last two. */
const STATUS = {
  AccessControlListNotSupported: 400,
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidStorageClass: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MetadataTooLarge: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  NotModified: 304,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  RequestTimeout: 400,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
  /** Both are tried again by every client, later and more slowly. */
  ServiceUnavailable: 503,
  SlowDown: 503,
  /** As Ceph answers it. A client takes 403 for final; of the 5xx, and 507 among them, many try again until they give up. */
  QuotaExceeded: 403,
  /** The provider's disk is full: nobody asked for too much, and later there may be room. */
  InsufficientStorage: 507,
} as const;

export type FailureCode = keyof typeof STATUS;

/** What a caller is told instead of an answer. */
export class S3Failure extends Error {
  override readonly name = 'S3Failure';
  readonly code: FailureCode;
  readonly details: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  /** `details` become further elements of the XML, beside code and sentence. */
  constructor(
    code: FailureCode,
    sentence: string,
    more: { readonly details?: Record<string, string>; readonly headers?: Record<string, string> } = {},
  ) {
    super(sentence);
    this.code = code;
    this.details = more.details ?? {};
    this.headers = more.headers ?? {};
  }

  get status(): number {
    return STATUS[this.code];
  }
}

/** The XML that every S3 client reads an error from. */
export function failureXml(failure: S3Failure, of: { readonly resource: string; readonly requestId: string }): string {
  const details = Object.entries(failure.details).map(([name, value]): XmlElement => [name, value]);
  return writeXml([
    'Error',
    [
      ['Code', failure.code],
      ['Message', failure.message],
      ...details,
      ['Resource', of.resource],
      ['RequestId', of.requestId],
    ],
  ]);
}
