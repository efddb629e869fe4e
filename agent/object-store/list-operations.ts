import { S3Failure } from './failure.ts';
import type { StoredObject, StoredUpload } from './bucket-index.ts';
import { UPLOAD_KEPT_MS } from './bucket.ts';
import type { ListPage } from './listing.ts';
import { isoTime, numberOf, xmlReply, type Call, type Operation, type Reply } from './operation.ts';
import { encodePath, type Query } from './request.ts';
import type { XmlElement } from './xml.ts';

/** Names on one page (S3 API reference, ListObjectsV2). */
const PAGE_MAX = 1_000;
const COUNT_MAX = 2 ** 31 - 1;
const SHARED_PARAMETERS = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];

export const listOperations: readonly Operation[] = [
  {
    name: 'ListObjectsV2',
    method: 'GET',
    on: 'bucket',
    marks: ['list-type'],
    parameters: [...SHARED_PARAMETERS, 'continuation-token', 'start-after', 'fetch-owner'],
    answer: listV2,
  },
  {
    name: 'ListObjects',
    method: 'GET',
    on: 'bucket',
    marks: [],
    parameters: [...SHARED_PARAMETERS, 'marker'],
    answer: listV1,
  },
  {
    name: 'ListMultipartUploads',
    method: 'GET',
    on: 'bucket',
    marks: ['uploads'],
    parameters: ['prefix', 'delimiter', 'key-marker', 'upload-id-marker', 'max-uploads', 'encoding-type'],
    answer: listUploads,
  },
];

function listV2(call: Call): Reply {
  const { query } = call;
  if (query.get('list-type') !== '2') throw new S3Failure('InvalidArgument', 'The parameter list-type is 2 or absent.');
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const { page, elements, text } = list(call, token === undefined ? startAfter : nameIn(token));
  const count = page.items.length + page.prefixes.length;
  return xmlReply([
    'ListBucketResult',
    [
      ...elements,
      ['KeyCount', count],
      ...optional('ContinuationToken', token),
      ...optional('NextContinuationToken', page.next === null ? undefined : tokenOf(page.next)),
      ...optional('StartAfter', startAfter === '' ? undefined : text(startAfter)),
    ],
  ]);
}

function listV1(call: Call): Reply {
  const marker = call.query.get('marker') ?? '';
  const { page, elements, text } = list(call, marker);
  const next = optional('NextMarker', page.next === null ? undefined : text(page.next));
  return xmlReply(['ListBucketResult', [...elements, ['Marker', text(marker)], ...next]]);
}

interface Listed {
  readonly page: ListPage<StoredObject>;
  readonly elements: readonly XmlElement[];
  readonly text: (name: string) => string;
}

function list({ bucket, query }: Call, after: string): Listed {
  const text = encodingOf(query);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const countMax = numberOf(query, 'max-keys', { min: 0, max: COUNT_MAX, fallback: PAGE_MAX });
  const page = bucket.list({ prefix, delimiter, after, countMax: Math.min(countMax, PAGE_MAX) });
  return {
    page,
    text,
    elements: [
      ['Name', bucket.name],
      ['Prefix', text(prefix)],
      ...optional('Delimiter', delimiter === '' ? undefined : text(delimiter)),
      ['MaxKeys', Math.min(countMax, PAGE_MAX)],
      ...optional('EncodingType', query.get('encoding-type')),
      ['IsTruncated', String(page.next !== null)],
      ...page.items.map((object) => contents(object, text)),
      ...commonPrefixes(page, text),
    ],
  };
}

function contents(object: StoredObject, text: (name: string) => string): XmlElement {
  const { key, etag, bytes, modifiedMs, checksum } = object;
  return [
    'Contents',
    [
      ['Key', text(key)],
      ['LastModified', isoTime(modifiedMs)],
      ['ETag', `"${etag}"`],
      ...optional('ChecksumAlgorithm', checksum?.algorithm.toUpperCase()),
      ...optional('ChecksumType', checksum?.type),
      ['Size', bytes],
      ['StorageClass', 'STANDARD'],
    ],
  ];
}

function listUploads({ bucket, query }: Call): Reply {
  const text = encodingOf(query);
  const countMax = Math.min(PAGE_MAX, numberOf(query, 'max-uploads', { min: 0, max: COUNT_MAX, fallback: PAGE_MAX }));
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const after = query.get('key-marker') ?? '';
  // Without a key, an id says nothing (S3 API reference, ListMultipartUploads).
  const afterId = after === '' ? null : (query.get('upload-id-marker') ?? null);
  const page = bucket.listUploads({ prefix, delimiter, after, afterId, countMax });
  const last = page.items.at(-1);
  return xmlReply([
    'ListMultipartUploadsResult',
    [
      ['Bucket', bucket.name],
      ['KeyMarker', text(after)],
      ...optional('UploadIdMarker', afterId ?? undefined),
      ['Prefix', text(prefix)],
      ...optional('Delimiter', delimiter === '' ? undefined : text(delimiter)),
      ...optional('EncodingType', query.get('encoding-type')),
      ...optional('NextKeyMarker', page.next === null ? undefined : text(page.next)),
      ...optional('NextUploadIdMarker', last !== undefined && last.key === page.next ? last.id : undefined),
      ['MaxUploads', countMax],
      ['IsTruncated', String(page.next !== null)],
      ...page.items.map((upload) => uploadElement(upload, text)),
      ...commonPrefixes(page, text),
    ],
  ]);
}

function uploadElement(upload: StoredUpload, text: (name: string) => string): XmlElement {
  return [
    'Upload',
    [
      ['Key', text(upload.key)],
      ['UploadId', upload.id],
      ['StorageClass', 'STANDARD'],
      ['Initiated', isoTime(upload.startedMs)],
      // Beyond S3, which says it in the header x-amz-abort-date of other answers.
      ['AbortDate', isoTime(upload.touchedMs + UPLOAD_KEPT_MS)],
    ],
  ];
}

function commonPrefixes({ prefixes }: ListPage<unknown>, text: (name: string) => string): XmlElement[] {
  return prefixes.map((name) => ['CommonPrefixes', [['Prefix', text(name)]]]);
}

function optional(name: string, value: string | undefined): XmlElement[] {
  return value === undefined ? [] : [[name, value]];
}

/** Space goes out as %20 and plus as %2B: whoever reads either kind of form encoding gets them back. */
function encodingOf(query: Query): (name: string) => string {
  const encoding = query.get('encoding-type');
  if (encoding === undefined) return (name) => name;
  if (encoding === 'url') return encodePath;
  throw new S3Failure('InvalidArgument', 'The parameter encoding-type is url or absent.');
}

function tokenOf(name: string): string {
  return Buffer.from(name).toString('base64url');
}

function nameIn(token: string): string {
  const name = Buffer.from(token, 'base64url').toString('utf8');
  if (name !== '' && tokenOf(name) === token) return name;
  throw new S3Failure('InvalidArgument', 'The continuation token is none of this store’s.');
}
