import { AwsClient } from 'aws4fetch';
import { childrenOf, textOf, type ReadXml } from './xml.ts';
import { sha256Hex } from '#components/ui/sha256.ts';

/** What opens one bucket of a store that speaks the S3 protocol. */
export interface BucketAccess {
  /** Origin of the store, without a path. */
  readonly endpoint: string;
  /** What signatures have to name. */
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface StoredObject {
  /** The whole name, slashes included. */
  readonly key: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

/** An upload in parts that was begun and is not finished: its parts take up room. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly id: string;
  readonly begunMs: number;
  /** When the store gives it up unless another part comes; undefined where it does not say. */
  readonly givenUpMs: number | undefined;
}

export interface UploadPage {
  readonly uploads: readonly UnfinishedUpload[];
  /** There are more than these. */
  readonly isPart: boolean;
}

/** A part of an upload that the store has. */
export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

/** What was asked for, or why it did not come, in the store's own words where it said any. */
export type StoreAnswer<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly sentence: string };

/** Calls of the S3 protocol on one bucket, path style, each signed in this browser; none is made twice by itself. */
export interface Bucket {
  list(from: string | undefined): Promise<StoreAnswer<ObjectPage>>;
  /** The object as it arrives: its body is read by whoever asked. */
  get(key: string, signal: AbortSignal): Promise<StoreAnswer<Response>>;
  put(key: string, data: Blob, signal: AbortSignal): Promise<StoreAnswer<null>>;
  remove(key: string): Promise<StoreAnswer<null>>;
  /** The first of the uploads that are not finished. */
  unfinished(): Promise<StoreAnswer<UploadPage>>;
  /** Begins an upload in parts; the value is its id. */
  beginUpload(key: string, type: string): Promise<StoreAnswer<string>>;
  /** Parts are numbered from 1 to 10,000; all but the last have 5 MiB or more. */
  putPart(
    upload: { readonly key: string; readonly id: string; readonly number: number },
    data: Blob,
    signal: AbortSignal,
  ): Promise<StoreAnswer<UploadedPart>>;
  completeUpload(
    upload: { readonly key: string; readonly id: string },
    parts: readonly UploadedPart[],
  ): Promise<StoreAnswer<null>>;
  /** Gives back the room that the parts of an upload take up. */
  abortUpload(upload: { readonly key: string; readonly id: string }): Promise<StoreAnswer<null>>;
}

const PAGE_OBJECTS = 200;
/** Answers that are documents are not longer than this. */
const DOCUMENT_LENGTH_MAX = 2_000_000;
const WAIT_MS = 20_000;
/** The store puts the parts together before it answers. */
const COMPLETE_WAIT_MS = 10 * 60_000;

const NO_ANSWER = 'The store did not answer, or the answer was cut off.';
const STRANGE_ANSWER = 'The store’s answer cannot be read.';

interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** None: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Blob;
  readonly type?: string;
  readonly signal: AbortSignal;
}

/** How calls are made: for the answer as it comes, for what a document says, or for nothing but that it was done. */
function callsOf(access: BucketAccess, readXml: ReadXml) {
  const client = new AwsClient({
    accessKeyId: access.accessKey,
    secretAccessKey: access.secretKey,
    region: access.region,
    service: 's3',
  });

  async function call(asked: Call): Promise<StoreAnswer<Response>> {
    const address = addressOf(access, asked);
    if (address === undefined) return failed('A browser cannot ask for an object of this name: use a program.');
    try {
      const response = await fetch(await client.sign(address, await initOf(asked)));
      return response.ok ? { ok: true, value: response } : failed(await refusalOf(response, readXml));
    } catch {
      return failed(NO_ANSWER);
    }
  }

  /** A call whose answer is a document; undefined from `read`: it says nothing that can be used. */
  async function ask<Value>(
    asked: Call,
    read: (root: ReturnType<ReadXml>) => Value | undefined,
  ): Promise<StoreAnswer<Value>> {
    const answer = await call(asked);
    if (!answer.ok) return answer;
    const text = await answer.value.text().catch(() => '');
    const root = text.length <= DOCUMENT_LENGTH_MAX ? readXml(text) : undefined;
    // An upload that could not be put together is told with status 200 where the answer had begun before.
    if (root?.name === 'Error') return failed(sentenceOf(root) ?? STRANGE_ANSWER);
    const value = read(root);
    return value === undefined ? failed(STRANGE_ANSWER) : { ok: true, value };
  }

  async function run(asked: Call): Promise<StoreAnswer<null>> {
    const answer = await call(asked);
    if (!answer.ok) return answer;
    await readToEnd(answer.value);
    return { ok: true, value: null };
  }

  return { call, ask, run };
}

export function openBucket(access: BucketAccess, readXml: ReadXml): Bucket {
  const { call, ask, run } = callsOf(access, readXml);
  return {
    list: (from) =>
      ask(
        {
          method: 'GET',
          query: {
            'list-type': '2',
            // Names may hold characters that XML cannot.
            'encoding-type': 'url',
            'max-keys': String(PAGE_OBJECTS),
            ...(from === undefined ? {} : { 'continuation-token': from }),
          },
          signal: AbortSignal.timeout(WAIT_MS),
        },
        pageOf,
      ),
    get: (key, signal) => call({ method: 'GET', key, signal }),
    put: (key, data, signal) => run({ method: 'PUT', key, body: data, type: data.type, signal }),
    remove: (key) => run({ method: 'DELETE', key, signal: AbortSignal.timeout(WAIT_MS) }),
    unfinished: () =>
      ask(
        {
          method: 'GET',
          query: { uploads: '', 'encoding-type': 'url', 'max-uploads': String(PAGE_OBJECTS) },
          signal: AbortSignal.timeout(WAIT_MS),
        },
        uploadsOf,
      ),
    beginUpload: (key, type) =>
      ask({ method: 'POST', key, query: { uploads: '' }, type, signal: AbortSignal.timeout(WAIT_MS) }, (root) =>
        root === undefined ? undefined : textOf(root, 'UploadId'),
      ),
    async putPart({ key, id, number }, data, signal) {
      const query = { partNumber: String(number), uploadId: id };
      const answer = await call({ method: 'PUT', key, query, body: data, signal });
      if (!answer.ok) return answer;
      const etag = answer.value.headers.get('ETag');
      await readToEnd(answer.value);
      return etag === null ? failed(STRANGE_ANSWER) : { ok: true, value: { number, etag } };
    },
    completeUpload: ({ key, id }, parts) =>
      ask(
        {
          method: 'POST',
          key,
          query: { uploadId: id },
          body: new Blob([completeXml(parts)]),
          type: 'application/xml',
          signal: AbortSignal.timeout(COMPLETE_WAIT_MS),
        },
        (root) => (root?.name === 'CompleteMultipartUploadResult' ? null : undefined),
      ),
    abortUpload: ({ key, id }) =>
      run({ method: 'DELETE', key, query: { uploadId: id }, signal: AbortSignal.timeout(WAIT_MS) }),
  };
}

function failed(sentence: string): { readonly ok: false; readonly sentence: string } {
  return { ok: false, sentence };
}

/** As S3 writes names in addresses: every byte but letters, digits, `-._~` and the slashes between parts. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Undefined for a key with `.` or `..` between slashes, which browsers take out of addresses, and for one that is no text. */
function addressOf({ endpoint, bucket }: BucketAccess, { key, query }: Call): string | undefined {
  if (key !== undefined && !key.isWellFormed()) return undefined;
  const path = `/${bucket}${key === undefined ? '' : `/${encodeKey(key)}`}`;
  const url = new URL(`${endpoint}${path}`);
  if (url.pathname !== path) return undefined;
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return url.href;
}

/** The store compares a body's hash, which is signed, with what arrives. */
async function initOf({ method, body, type, signal }: Call): Promise<RequestInit> {
  const bytes = body === undefined ? undefined : await body.arrayBuffer();
  const headers = new Headers();
  if (type) headers.set('Content-Type', type);
  if (bytes !== undefined) headers.set('X-Amz-Content-Sha256', await sha256Hex(bytes));
  return {
    method,
    headers,
    signal,
    ...(bytes === undefined ? {} : { body: bytes }),
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
  };
}

/** An answer whose body nobody reads keeps its connection, and ends as an aborted call. */
async function readToEnd(response: Response): Promise<void> {
  await response.arrayBuffer().catch(() => undefined);
}

async function refusalOf(response: Response, readXml: ReadXml): Promise<string> {
  const text = await response.text().catch(() => '');
  const root = text.length <= DOCUMENT_LENGTH_MAX ? readXml(text) : undefined;
  const said = root?.name === 'Error' ? sentenceOf(root) : undefined;
  return said ?? `The store answered ${response.status} and gave no reason.`;
}

/** `The quota of this bucket is used up. (QuotaExceeded)` */
function sentenceOf(error: NonNullable<ReturnType<ReadXml>>): string | undefined {
  const [code, message] = [textOf(error, 'Code'), textOf(error, 'Message')];
  if (message === undefined || message === '') return code;
  return code === undefined ? message : `${message} (${code})`;
}

function pageOf(root: ReturnType<ReadXml>): ObjectPage | undefined {
  if (root?.name !== 'ListBucketResult') return undefined;
  const objects = childrenOf(root, 'Contents').map((contents) => {
    const bytes = Number(textOf(contents, 'Size'));
    const modifiedMs = Date.parse(textOf(contents, 'LastModified') ?? '');
    const key = decoded(textOf(contents, 'Key') ?? '');
    const isSound = key !== undefined && key !== '' && Number.isSafeInteger(bytes) && !Number.isNaN(modifiedMs);
    return isSound ? { key, bytes, modifiedMs } : undefined;
  });
  const sound = objects.filter((object) => object !== undefined);
  if (sound.length < objects.length) return undefined;
  return { objects: sound, next: textOf(root, 'NextContinuationToken') };
}

function uploadsOf(root: ReturnType<ReadXml>): UploadPage | undefined {
  if (root?.name !== 'ListMultipartUploadsResult') return undefined;
  const uploads = childrenOf(root, 'Upload').map((upload) => {
    const key = decoded(textOf(upload, 'Key') ?? '');
    const id = textOf(upload, 'UploadId');
    const begunMs = Date.parse(textOf(upload, 'Initiated') ?? '');
    const givenUpMs = Date.parse(textOf(upload, 'AbortDate') ?? '');
    if (!key || !id || Number.isNaN(begunMs)) return undefined;
    return { key, id, begunMs, givenUpMs: Number.isNaN(givenUpMs) ? undefined : givenUpMs };
  });
  const sound = uploads.filter((upload) => upload !== undefined);
  if (sound.length < uploads.length) return undefined;
  return { uploads: sound, isPart: textOf(root, 'IsTruncated') === 'true' };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function completeXml(parts: readonly UploadedPart[]): string {
  const named = parts.map(
    ({ number, etag }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${etag.replaceAll(/[<>&]/g, '')}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${named.join('')}</CompleteMultipartUpload>`;
}
