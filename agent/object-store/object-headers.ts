import type { ObjectHeaders, StoredObject } from './bucket-index.ts';
import { S3Failure } from './failure.ts';
import type { Query } from './request.ts';

/** Names and values of x-amz-meta-* together (S3 API reference, "User-defined object metadata"). */
const METADATA_BYTES_MAX = 2 * 1024;
/** One of the headers that are kept as they are. */
const VALUE_LENGTH_MAX = 1_024;
const METADATA = 'x-amz-meta-';
const KEPT = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];
const DEFAULT_TYPE = 'binary/octet-stream';

/** Headers of S3 that mean something here, beside metadata; any other asks for what this store does not do. */
const UNDERSTOOD = new Set([
  'x-amz-acl',
  'x-amz-bucket-object-lock-enabled',
  'x-amz-checksum-algorithm',
  'x-amz-checksum-mode',
  'x-amz-checksum-type',
  'x-amz-content-sha256',
  'x-amz-copy-source',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-copy-source-range',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-metadata-directive',
  'x-amz-mp-object-size',
  'x-amz-optional-object-attributes',
  'x-amz-request-payer',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-storage-class',
  'x-amz-trailer',
  'x-amz-user-agent',
]);
/** Both say that the bucket's owner alone may read, which is so for every object here. */
const OWNERS_ACLS = new Set(['private', 'bucket-owner-full-control', 'bucket-owner-read']);

/** Refuses what could only be ignored: encryption, tags, locks, other people's access, other classes of storage. */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(headers)) {
    if (!name.startsWith('x-amz-') || UNDERSTOOD.has(name)) continue;
    if (name.startsWith(METADATA) || name.startsWith('x-amz-checksum-')) continue;
    throw new S3Failure('NotImplemented', `This store does not do what the header ${name.slice(0, 100)} asks for.`);
  }
  const { 'x-amz-acl': acl = 'private', 'x-amz-storage-class': storageClass = 'STANDARD' } = headers;
  if (!OWNERS_ACLS.has(acl)) {
    throw new S3Failure(
      'AccessControlListNotSupported',
      'Objects are for the bucket’s owner alone; x-amz-acl says otherwise.',
    );
  }
  if (storageClass !== 'STANDARD') throw new S3Failure('InvalidStorageClass', 'This store has one class, STANDARD.');
}

/** What of a request's headers is kept with the object and comes back with it. */
export function keptHeaders(headers: Readonly<Record<string, string>>): ObjectHeaders {
  const kept: Record<string, string> = {};
  let metadataBytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(METADATA) && !KEPT.includes(name)) continue;
    const stated = name === 'content-encoding' ? withoutTransport(value) : value;
    if (stated === '' && name === 'content-encoding') continue;
    if (name.startsWith(METADATA)) metadataBytes += name.length - METADATA.length + Buffer.byteLength(value);
    else if (value.length > VALUE_LENGTH_MAX) {
      throw new S3Failure('MetadataTooLarge', `The header ${name} is longer than ${VALUE_LENGTH_MAX} characters.`);
    }
    kept[name] = stated;
  }
  if (metadataBytes > METADATA_BYTES_MAX) {
    throw new S3Failure('MetadataTooLarge', `Metadata of an object have at most ${METADATA_BYTES_MAX} bytes.`);
  }
  return kept;
}

/** `aws-chunked` says how the request travelled, not how the object is encoded. */
function withoutTransport(encoding: string): string {
  const names = encoding.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '' && name.toLowerCase() !== 'aws-chunked').join(',');
}

const OVERRIDES: ReadonlyMap<string, string> = new Map(KEPT.map((name) => [`response-${name}`, name]));

/** Parameters that replace headers of an answer. */
export const OVERRIDE_PARAMETERS = [...OVERRIDES.keys()];

/** What an answer about an object says of it. */
export function headersOf(object: StoredObject, query: Query): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': DEFAULT_TYPE,
    ...object.headers,
    ...validators(object),
    'accept-ranges': 'bytes',
  };
  for (const [parameter, name] of OVERRIDES) {
    const value = query.get(parameter);
    if (value === undefined) continue;
    if (!/^[\x20-\x7e]{0,1024}$/.test(value)) {
      throw new S3Failure('InvalidArgument', `The parameter ${parameter} cannot be a header.`);
    }
    headers[name] = value;
  }
  return headers;
}

/** What tells one state of an object from another. */
export function validators({ etag, modifiedMs }: StoredObject): Record<string, string> {
  return { etag: `"${etag}"`, 'last-modified': new Date(modifiedMs).toUTCString() };
}

export function checksumHeaders({ checksum }: Pick<StoredObject, 'checksum'>): Record<string, string> {
  if (checksum === null) return {};
  return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': checksum.type };
}
