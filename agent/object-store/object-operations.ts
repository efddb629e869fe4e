import type { StoredObject } from './bucket-index.ts';
import { checkRead, checkWrite, rangeOf } from './conditions.ts';
import { S3Failure } from './failure.ts';
import { checksumHeaders, headersOf, keptHeaders, OVERRIDE_PARAMETERS } from './object-headers.ts';
import { emptyReply, isoTime, xmlReply, type Call, type Operation, type Reply } from './operation.ts';
import { checkKey, decodeUri } from './request.ts';
import { readDocument, readUpload } from './upload-body.ts';
import { childrenOf, readXml, textOf, type XmlElement } from './xml.ts';

/** Keys in one request (S3 API reference, DeleteObjects). */
const DELETED_MAX = 1_000;
const DELETE_BYTES_MAX = 8 * 1024 ** 2;

export const objectOperations: readonly Operation[] = [
  { name: 'GetObject', method: 'GET', on: 'object', marks: [], parameters: OVERRIDE_PARAMETERS, answer: getObject },
  { name: 'HeadObject', method: 'HEAD', on: 'object', marks: [], parameters: OVERRIDE_PARAMETERS, answer: getObject },
  { name: 'CopyObject', method: 'PUT', on: 'object', marks: ['x-amz-copy-source'], parameters: [], answer: copyObject },
  { name: 'PutObject', method: 'PUT', on: 'object', marks: [], parameters: [], answer: putObject },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', marks: [], parameters: [], answer: deleteObject },
  { name: 'DeleteObjects', method: 'POST', on: 'bucket', marks: ['delete'], parameters: [], answer: deleteObjects },
];

/** The object of a call's key; `NoSuchKey` when there is none. */
function objectAt({ bucket }: Call, key: string): StoredObject {
  const object = bucket.object(key);
  if (object !== undefined) return object;
  throw new S3Failure('NoSuchKey', 'There is no object under this key.', { details: { Key: key } });
}

function getObject(call: Call): Reply {
  const { request, query, bucket, key } = call;
  const object = objectAt(call, key);
  checkRead(object, request.headers);
  const range = rangeOf(object, request.headers);
  const { from, to } = range ?? { from: 0, to: object.bytes };
  // A checksum is of the whole: told with a part, clients would hold it against the part.
  const isChecksumAsked = range === null && request.headers['x-amz-checksum-mode'] !== undefined;
  const headers = {
    ...headersOf(object, query),
    ...(isChecksumAsked ? checksumHeaders(object) : {}),
    ...(range === null ? {} : { 'content-range': `bytes ${from}-${to - 1}/${object.bytes}` }),
    'content-length': String(to - from),
  };
  const isBodyWanted = request.method === 'GET' && to > from;
  return { status: range === null ? 200 : 206, headers, body: isBodyWanted ? bucket.read(object, from, to) : null };
}

async function putObject({ request, payload, bucket, key }: Call): Promise<Reply> {
  const object = await bucket.put(key, readUpload(request, payload, null), {
    headers: keptHeaders(request.headers),
    condition: (existing) => checkWrite(existing, request.headers),
    signal: request.signal,
  });
  return emptyReply(200, { etag: `"${object.etag}"`, ...checksumHeaders(object) });
}

/** The object that x-amz-copy-source names, which is in the same bucket; its conditions are met. */
export function sourceOf(call: Call): StoredObject {
  const { request, bucket } = call;
  const [address = '', version] = (request.headers['x-amz-copy-source'] ?? '').split('?versionId=');
  if (version !== undefined && version !== 'null') {
    throw new S3Failure('NotImplemented', 'This store keeps one version of an object.');
  }
  const plain = decodeUri(address).replace(/^\//, '');
  const at = plain.indexOf('/');
  if (at < 1 || at === plain.length - 1) {
    throw new S3Failure('InvalidArgument', 'The header x-amz-copy-source names a bucket and a key, percent-encoded.');
  }
  if (plain.slice(0, at) !== bucket.name) throw noSuchBucket(bucket.name);
  const object = objectAt(call, checkKey(plain.slice(at + 1)));
  checkRead(object, request.headers, 'x-amz-copy-source-');
  return object;
}

export function noSuchBucket(own: string): S3Failure {
  return new S3Failure('NoSuchBucket', `This access key opens one bucket, ${own}, and no other.`);
}

function copyObject(call: Call): Reply {
  const { request, bucket, key } = call;
  const source = sourceOf(call);
  const directive = request.headers['x-amz-metadata-directive'] ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw new S3Failure('InvalidArgument', 'The header x-amz-metadata-directive is COPY or REPLACE.');
  }
  if (source.key === key && directive === 'COPY') {
    throw new S3Failure('InvalidRequest', 'A copy of an object onto itself has to replace its metadata.');
  }
  const object = bucket.copy(source, key, {
    headers: directive === 'COPY' ? source.headers : keptHeaders(request.headers),
    condition: (existing) => checkWrite(existing, request.headers),
  });
  return xmlReply([
    'CopyObjectResult',
    [
      ['ETag', `"${object.etag}"`],
      ['LastModified', isoTime(object.modifiedMs)],
    ],
  ]);
}

function deleteObject({ bucket, key, request }: Call): Reply {
  const existing = bucket.object(key);
  const { 'if-match': match } = request.headers;
  if (existing !== undefined && match !== undefined) checkRead(existing, { 'if-match': match });
  bucket.delete(key);
  return emptyReply(204);
}

async function deleteObjects({ request, payload, bucket }: Call): Promise<Reply> {
  const root = readXml(await readDocument(readUpload(request, payload, null), DELETE_BYTES_MAX));
  const objects = root?.name === 'Delete' ? childrenOf(root, 'Object') : [];
  const keys = objects.map((object) => textOf(object, 'Key') ?? '');
  if (root === undefined || keys.length === 0 || keys.length > DELETED_MAX || keys.includes('')) {
    throw new S3Failure('MalformedXML', `The body has to be a Delete with 1 to ${DELETED_MAX} objects and their keys.`);
  }
  const isQuiet = textOf(root, 'Quiet')?.trim() === 'true';
  const results = keys.map((key, position): XmlElement | null => {
    const version = objects[position] === undefined ? undefined : textOf(objects[position], 'VersionId');
    if (version !== undefined && version !== '' && version !== 'null') {
      const sentence = 'This store keeps one version of an object.';
      return [
        'Error',
        [
          ['Key', key],
          ['Code', 'NotImplemented'],
          ['Message', sentence],
        ],
      ];
    }
    bucket.delete(key);
    return isQuiet ? null : ['Deleted', [['Key', key]]];
  });
  return xmlReply(['DeleteResult', results.filter((result) => result !== null)]);
}
