import { UPLOAD_KEPT_MS, type NamedPart } from './bucket.ts';
import type { StoredPart, StoredUpload } from './bucket-index.ts';
import { ALGORITHMS, algorithmOf, isCrc, type Checksum, type ChecksumType } from './checksums.ts';
import { checkWrite, parseRange } from './conditions.ts';
import { S3Failure } from './failure.ts';
import { checksumHeaders, keptHeaders } from './object-headers.ts';
import { sourceOf } from './object-operations.ts';
import { emptyReply, isoTime, numberOf, xmlReply, type Call, type Operation, type Reply } from './operation.ts';
import { encodePath } from './request.ts';
import { hashedBody, isChecksumHeader, readDocument, readUpload } from './upload-body.ts';
import { childrenOf, readXml, textOf, type ReadElement, type XmlElement } from './xml.ts';

/** Parts of one upload, numbered from 1 (S3 API reference, "Multipart upload limits"). */
const PARTS_MAX = 10_000;
const PAGE_MAX = 1_000;
const COMPLETE_BYTES_MAX = 8 * 1024 ** 2;

export const multipartOperations: readonly Operation[] = [
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', marks: ['uploads'], parameters: [], answer: create },
  {
    name: 'UploadPartCopy',
    method: 'PUT',
    on: 'object',
    marks: ['uploadId', 'partNumber', 'x-amz-copy-source'],
    parameters: [],
    answer: copyPart,
  },
  {
    name: 'UploadPart',
    method: 'PUT',
    on: 'object',
    marks: ['uploadId', 'partNumber'],
    parameters: [],
    answer: putPart,
  },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    on: 'object',
    marks: ['uploadId'],
    parameters: [],
    answer: complete,
  },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', marks: ['uploadId'], parameters: [], answer: abort },
  {
    name: 'ListParts',
    method: 'GET',
    on: 'object',
    marks: ['uploadId'],
    parameters: ['max-parts', 'part-number-marker', 'encoding-type'],
    answer: listParts,
  },
];

function uploadOf({ bucket, query, key }: Call): StoredUpload {
  return bucket.upload({ id: query.get('uploadId') ?? '', key });
}

function create({ request, bucket, key }: Call): Reply {
  const { 'x-amz-checksum-algorithm': name, 'x-amz-checksum-type': type } = request.headers;
  const algorithm = name === undefined ? null : algorithmOf(name);
  if (algorithm === undefined) {
    const known = Object.keys(ALGORITHMS).join(', ');
    throw new S3Failure('InvalidRequest', `This store checks ${known} and no other checksum.`);
  }
  const fallback = algorithm === 'crc64nvme' ? 'FULL_OBJECT' : 'COMPOSITE';
  const chosen = (type ?? fallback) as ChecksumType;
  const isPossible = chosen === 'FULL_OBJECT' ? algorithm === null || isCrc(algorithm) : algorithm !== 'crc64nvme';
  if ((chosen !== 'FULL_OBJECT' && chosen !== 'COMPOSITE') || !isPossible) {
    throw new S3Failure('InvalidRequest', 'Checksums of this algorithm have no such type.');
  }
  const upload = bucket.createUpload(key, { headers: keptHeaders(request.headers), algorithm, type: chosen });
  const headers: Record<string, string> = {
    ...abortHeaders(upload),
    ...(algorithm === null
      ? {}
      : { 'x-amz-checksum-algorithm': algorithm.toUpperCase(), 'x-amz-checksum-type': chosen }),
  };
  return xmlReply(
    [
      'InitiateMultipartUploadResult',
      [
        ['Bucket', bucket.name],
        ['Key', key],
        ['UploadId', upload.id],
      ],
    ],
    headers,
  );
}

/** When the upload is given up unless another part comes. */
function abortHeaders({ touchedMs }: StoredUpload): Record<string, string> {
  return { 'x-amz-abort-date': new Date(touchedMs + UPLOAD_KEPT_MS).toUTCString() };
}

async function putPart(call: Call): Promise<Reply> {
  const { request, payload, bucket } = call;
  const upload = uploadOf(call);
  const number = partNumber(call);
  const body = readUpload(request, payload, upload.algorithm);
  if (upload.algorithm !== null && body.algorithm !== upload.algorithm) {
    throw new S3Failure('InvalidRequest', `Parts of this upload carry the checksum ${upload.algorithm} or none.`);
  }
  const part = await bucket.putPart(upload, number, body, request.signal);
  const { 'x-amz-checksum-type': _type, ...checksum } = checksumHeaders(part);
  return emptyReply(200, { etag: `"${part.etag}"`, ...checksum });
}

async function copyPart(call: Call): Promise<Reply> {
  const { request, bucket } = call;
  const upload = uploadOf(call);
  const number = partNumber(call);
  const source = sourceOf(call);
  const asked = request.headers['x-amz-copy-source-range'];
  const range = asked === undefined ? { from: 0, to: source.bytes } : parseRange(asked, source.bytes);
  if (range === null) throw new S3Failure('InvalidArgument', 'The header x-amz-copy-source-range is bytes=first-last.');
  const { from, to } = range;
  const body = hashedBody(bucket.read(source, from, to), to - from, upload.algorithm);
  const part = await bucket.putPart(upload, number, body, request.signal);
  return xmlReply([
    'CopyPartResult',
    [['ETag', `"${part.etag}"`], ['LastModified', isoTime(part.modifiedMs)], ...checksumElements(part)],
  ]);
}

function partNumber({ query }: Call): number {
  return numberOf(query, 'partNumber', { min: 1, max: PARTS_MAX });
}

async function complete(call: Call): Promise<Reply> {
  const { request, payload, query, bucket, key } = call;
  // Checksums in this request's headers are those of the object, not of its body.
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !isChecksumHeader(name)));
  const upload = readUpload({ ...request, headers }, payload, null);
  const root = readXml(await readDocument(upload, COMPLETE_BYTES_MAX));
  const parts = root?.name === 'CompleteMultipartUpload' ? childrenOf(root, 'Part').map(namedPart) : [];
  if (parts.length === 0 || parts.length > PARTS_MAX) {
    const sentence = `The body has to be a CompleteMultipartUpload with 1 to ${PARTS_MAX} parts.`;
    throw new S3Failure('MalformedXML', sentence);
  }
  if (parts.some(({ number }, position) => number <= (parts[position - 1]?.number ?? 0))) {
    throw new S3Failure('InvalidPartOrder', 'The parts have to be named in the order of their numbers, each once.');
  }
  const object = await bucket.completeUpload({ id: query.get('uploadId') ?? '', key }, parts, {
    condition: (existing) => checkWrite(existing, request.headers),
    check: (checksum) => checkWhole(request.headers, checksum),
  });
  return xmlReply([
    'CompleteMultipartUploadResult',
    [
      ['Location', `${request.basePath}/${encodePath(`${bucket.name}/${key}`)}`],
      ['Bucket', bucket.name],
      ['Key', key],
      ['ETag', `"${object.etag}"`],
      ...checksumElements(object),
      ...(object.checksum === null ? [] : [['ChecksumType', object.checksum.type] as const]),
    ],
  ]);
}

/** What a request says of the whole object, beside its parts. */
function checkWhole(headers: Readonly<Record<string, string>>, checksum: Checksum | null): void {
  for (const algorithm of Object.keys(ALGORITHMS)) {
    const stated = headers[`x-amz-checksum-${algorithm}`];
    if (stated === undefined) continue;
    if (checksum?.algorithm === algorithm && checksum.value === stated) continue;
    throw new S3Failure('BadDigest', `The object is not the one that x-amz-checksum-${algorithm} is of.`);
  }
}

function namedPart(part: ReadElement): NamedPart {
  const number = Number(textOf(part, 'PartNumber')?.trim() ?? '');
  const etag = textOf(part, 'ETag')?.trim().replaceAll('"', '') ?? '';
  const checksum = part.children.find(({ name }) => name.startsWith('Checksum'))?.text.trim() ?? null;
  if (Number.isInteger(number) && number >= 1 && number <= PARTS_MAX && etag !== '') return { number, etag, checksum };
  throw new S3Failure('InvalidPart', `Every part has a PartNumber from 1 to ${PARTS_MAX} and an ETag.`);
}

function abort(call: Call): Reply {
  call.bucket.abortUpload(uploadOf(call));
  return emptyReply(204);
}

function listParts(call: Call): Reply {
  const { bucket, query, key } = call;
  const upload = uploadOf(call);
  const after = numberOf(query, 'part-number-marker', { min: 0, max: PARTS_MAX, fallback: 0 });
  const asked = numberOf(query, 'max-parts', { min: 0, max: 2 ** 31 - 1, fallback: PAGE_MAX });
  const countMax = Math.min(asked, PAGE_MAX);
  const found = bucket.partsAfter(upload, after, countMax + 1);
  const shown = found.slice(0, countMax);
  const isTruncated = found.length > shown.length && shown.length > 0;
  const list: XmlElement = [
    'ListPartsResult',
    [
      ['Bucket', bucket.name],
      ['Key', query.get('encoding-type') === 'url' ? encodePath(key) : key],
      ['UploadId', upload.id],
      ['StorageClass', 'STANDARD'],
      ['PartNumberMarker', after],
      ['NextPartNumberMarker', shown.at(-1)?.number ?? after],
      ['MaxParts', countMax],
      ['IsTruncated', String(isTruncated)],
      ...shown.map((part): XmlElement => {
        const facts: XmlElement[] = [
          ['PartNumber', part.number],
          ['LastModified', isoTime(part.modifiedMs)],
          ['ETag', `"${part.etag}"`],
          ['Size', part.bytes],
        ];
        return ['Part', [...facts, ...checksumElements(part)]];
      }),
    ],
  ];
  return xmlReply(list, abortHeaders(upload));
}

function checksumElements({ checksum }: Pick<StoredPart, 'checksum'>): XmlElement[] {
  return checksum === null ? [] : [[`Checksum${checksum.algorithm.toUpperCase()}`, checksum.value]];
}
