import { randomBytes } from 'node:crypto';
import { bucketOperations } from './bucket-operations.ts';
import type { Bucket } from './bucket.ts';
import { fullDisk } from './data-files.ts';
import { failureXml, S3Failure } from './failure.ts';
import { listOperations } from './list-operations.ts';
import { multipartOperations } from './multipart-operations.ts';
import { checkHeaders } from './object-headers.ts';
import { noSuchBucket, objectOperations } from './object-operations.ts';
import { bytesReply, emptyReply, type Operation, type Reply } from './operation.ts';
import { parseAddress, parseQuery, withoutHoisting, type Address, type Query, type S3Request } from './request.ts';
import type { Payload } from './signature.ts';

/** Whose request it is, as the check of its signature said. */
export interface Caller {
  readonly bucket: Bucket;
  readonly payload: Payload;
}

export interface ServiceOptions {
  /** The region that buckets are said to be in, one word. */
  readonly region: string;
  /** Told what went wrong inside; callers hear only that it did. */
  log(sentence: string): void;
}

export interface S3Answer extends Reply {
  /** Bytes of the request's body that were read, whatever became of them. */
  readonly bytesRead: number;
}

/** The most particular first: the first whose marks are all there is the one. */
const OPERATIONS: readonly Operation[] = [
  ...bucketOperations,
  ...listOperations,
  ...multipartOperations,
  ...objectOperations,
].toSorted((left, right) => right.marks.length - left.marks.length);

/** By which Amazon's clients name the operation to proxies. */
const OPERATION_NAME = 'x-id';

/** Answers requests of the S3 protocol whose signature was checked; `answer` never throws, and reads no more of a body than it needs. */
export interface ObjectService {
  answer(request: S3Request, caller: Caller): Promise<S3Answer>;
}

export function createObjectService(options: ServiceOptions): ObjectService {
  return {
    async answer(request, caller) {
      const requestId = randomBytes(8).toString('hex').toUpperCase();
      let bytesRead = 0;
      const body = request.body === null ? null : counted(request.body, (bytes) => (bytesRead += bytes));
      let reply: Reply;
      try {
        reply = await answerCall({ ...request, body }, caller, options);
      } catch (error) {
        const failure = failureOf(error, { isGone: request.signal.aborted, log: options.log });
        reply = failureReply(failure, request, requestId);
      }
      return { ...reply, headers: { ...reply.headers, 'x-amz-request-id': requestId }, bytesRead };
    },
  };
}

async function answerCall(
  sent: S3Request,
  { bucket, payload }: Caller,
  { region }: Pick<ServiceOptions, 'region'>,
): Promise<Reply> {
  const { request, query } = withoutHoisting(sent, parseQuery(sent.queryString));
  const address = parseAddress(request);
  const operation = operationOf(request, query, address);
  if (address.bucket !== null && address.bucket !== bucket.name) throw noSuchBucket(bucket.name);
  checkHeaders(request.headers);
  bucket.giveUpUploads();
  return operation.answer({ request, query, payload, bucket, region, key: address.key ?? '' });
}

function operationOf({ method, headers }: S3Request, query: Query, address: Address): Operation {
  const on = address.bucket === null ? 'service' : address.key === null ? 'bucket' : 'object';
  const isMarked = (mark: string): boolean => query.has(mark) || Object.hasOwn(headers, mark);
  const operation = OPERATIONS.find(
    (candidate) => candidate.method === method && candidate.on === on && candidate.marks.every(isMarked),
  );
  if (operation === undefined) throw notOffered(`${method} requests of this kind`);
  const unknown = [...query.keys()].find(
    (name) => name !== OPERATION_NAME && !operation.marks.includes(name) && !operation.parameters.includes(name),
  );
  if (unknown !== undefined) throw notOffered(`requests with the parameter “${unknown.slice(0, 100)}”`);
  return operation;
}

function notOffered(what: string): S3Failure {
  return new S3Failure('NotImplemented', `This store does not answer ${what}.`);
}

function failureOf(error: unknown, of: { readonly isGone: boolean; log(sentence: string): void }): S3Failure {
  if (error instanceof S3Failure) return error;
  const full = fullDisk(error);
  if (full !== undefined) return full;
  if (of.isGone) return new S3Failure('RequestTimeout', 'The request was given up.');
  of.log(`A request failed: ${error instanceof Error ? error.message : String(error)}`);
  return new S3Failure('InternalError', 'The store could not answer; its provider finds the reason in the log.');
}

/** The answer that says why there is none. */
export function failureReply(failure: S3Failure, { method, path }: S3Request, requestId: string): Reply {
  const { status, headers } = failure;
  if (status === 304) return { status, headers, body: null };
  if (method === 'HEAD') return emptyReply(status, headers);
  const xml = failureXml(failure, { resource: path, requestId });
  return bytesReply(status, { 'content-type': 'application/xml', ...headers }, Buffer.from(xml));
}

async function* counted(body: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await pieces.next().catch(() => {
      throw new S3Failure('RequestTimeout', 'The request’s body stopped or broke off before its end.');
    });
    if (next.done === true) return;
    count(next.value.length);
    yield next.value;
  }
}
