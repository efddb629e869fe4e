import type { Bucket, StoreAnswer, StoredObject, UploadedPart } from './bucket.ts';

/** Larger files go up in parts: each has its own progress, and none has to be held whole. */
export const WHOLE_BYTES_MAX = 16_000_000;
const PART_BYTES_MIN = 8 * 1024 ** 2;
/** Parts of one upload (S3 API reference, "Multipart upload limits"). */
const PARTS_MAX = 10_000;

/** What watches a transfer, and can stop it. */
export interface Watch {
  readonly signal: AbortSignal;
  /** Bytes that are through so far. */
  onProgress(bytes: number): void;
}

/** Stores a file under a key, in parts when it is large. What was stored of one that failed or was stopped is given back. */
export async function upload(bucket: Bucket, key: string, file: Blob, watch: Watch): Promise<StoreAnswer<null>> {
  if (file.size > WHOLE_BYTES_MAX) return uploadInParts(bucket, key, file, watch);
  const stored = await bucket.put(key, file, watch.signal);
  if (stored.ok) watch.onProgress(file.size);
  return stored;
}

async function uploadInParts(bucket: Bucket, key: string, file: Blob, watch: Watch): Promise<StoreAnswer<null>> {
  const begun = await bucket.beginUpload(key, file.type);
  if (!begun.ok) return begun;
  const started = { key, id: begun.value };
  const parts = await putParts(bucket, started, file, watch);
  const stored = parts.ok ? await bucket.completeUpload(started, parts.value) : parts;
  // When even this does not reach the store, the answer that matters is the first one.
  if (!stored.ok) await bucket.abortUpload(started);
  return stored;
}

async function putParts(
  bucket: Bucket,
  started: { readonly key: string; readonly id: string },
  file: Blob,
  { signal, onProgress }: Watch,
): Promise<StoreAnswer<readonly UploadedPart[]>> {
  const partBytes = Math.max(PART_BYTES_MIN, Math.ceil(file.size / PARTS_MAX));
  const parts: UploadedPart[] = [];
  for (let from = 0; from < file.size; from += partBytes) {
    const piece = file.slice(from, from + partBytes);
    const stored = await bucket.putPart({ ...started, number: parts.length + 1 }, piece, signal);
    if (!stored.ok) return stored;
    parts.push(stored.value);
    onProgress(Math.min(file.size, from + partBytes));
  }
  return { ok: true, value: parts };
}

/** Where the bytes of a download go; closed after the last, aborted when they do not all come. */
export type Sink = WritableStream<Uint8Array>;

/** Hands an object on to a sink as it arrives, so that none has to be held whole. */
export async function download(
  bucket: Bucket,
  { key, bytes }: StoredObject,
  sink: Sink,
  { signal, onProgress }: Watch,
): Promise<StoreAnswer<null>> {
  const answer = await bucket.get(key, signal);
  if (!answer.ok || answer.value.body === null) {
    await sink.abort().catch(() => undefined);
    return answer.ok ? { ok: false, sentence: 'The store answered without the object.' } : answer;
  }
  let through = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      through += piece.length;
      onProgress(through);
      controller.enqueue(piece);
    },
  });
  try {
    await answer.value.body.pipeThrough(counted).pipeTo(sink, { signal });
    return { ok: true, value: null };
  } catch {
    return { ok: false, sentence: `Only ${through} of ${bytes} bytes came; then the answer was cut off.` };
  }
}
