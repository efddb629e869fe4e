import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bucket as StoredBucket } from '#agent/object-store/bucket.ts';
import {
  BUCKET,
  CREDENTIALS,
  makeFolder,
  openBucket as openStoredBucket,
  REGION,
  serviceOf,
  startServer,
  type StoreServer,
} from '#agent/object-store/testing/store-server.ts';
import { readXml } from '#agent/object-store/xml.ts';
import { openBucket, type Bucket, type BucketAccess, type StoreAnswer } from './bucket.ts';
import { download, upload, WHOLE_BYTES_MAX, type Watch } from './transfer.ts';

const MIB = 1024 ** 2;

let folder: ReturnType<typeof makeFolder>;
let stored: StoredBucket;
let server: StoreServer;

beforeEach(async () => {
  folder = makeFolder();
  stored = openStoredBucket(folder.path, { quotaBytes: 20 * MIB });
  server = await startServer(serviceOf(stored));
});

afterEach(async () => {
  await server.close();
  stored.close();
  folder.remove();
});

function bucketOf(other: Partial<BucketAccess> = {}): Bucket {
  const access = {
    endpoint: server.endpoint,
    region: REGION,
    bucket: BUCKET,
    accessKey: CREDENTIALS.accessKeyId,
    secretKey: CREDENTIALS.secretAccessKey,
    ...other,
  };
  return openBucket(access, readXml);
}

function watch(): Watch & { readonly seen: number[]; readonly abort: () => void } {
  const controller = new AbortController();
  const seen: number[] = [];
  return {
    seen,
    signal: controller.signal,
    abort: () => controller.abort(),
    onProgress: (bytes) => void seen.push(bytes),
  };
}

function valueOf<Value>(answer: StoreAnswer<Value>): Value {
  if (!answer.ok) throw new Error(answer.sentence);
  return answer.value;
}

/** Bytes that are not all alike, so that parts in a wrong order show. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 13)) & 0xff);
}

async function fetched(bucket: Bucket, key: string, bytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const sink = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece) });
  valueOf(await download(bucket, { key, bytes, modifiedMs: 0 }, sink, watch()));
  return new Uint8Array(Buffer.concat(pieces));
}

describe('a bucket from a browser, against the store of an agent', () => {
  test.each([
    'plain.txt',
    'a folder/with spaces + plus',
    'quotes \' " (and) *stars*!',
    '100 % ünïcode/日本語',
    'a//b',
    '~tilde?and#hash&amp;',
    '\u0001control',
  ])('a file under the name %j comes back as it was, is listed by that name, and is gone once deleted', async (key) => {
    const bucket = bucketOf();
    const data = bytesOf(1_000);
    valueOf(await upload(bucket, key, new Blob([data], { type: 'text/plain' }), watch()));
    const { objects, next } = valueOf(await bucket.list(undefined));
    expect([objects.map((object) => [object.key, object.bytes]), next]).toEqual([[[key, 1_000]], undefined]);
    expect(await fetched(bucket, key, 1_000)).toEqual(data);
    valueOf(await bucket.remove(key));
    expect(valueOf(await bucket.list(undefined)).objects).toEqual([]);
  });

  test('a name that browsers take out of addresses is refused before anything is sent', async () => {
    for (const key of ['a/../b', './a', '..'])
      expect(await bucketOf().remove(key)).toMatchObject({ ok: false, sentence: expect.stringContaining('program') });
  });

  test('a large file goes up in parts with its progress, and is one object then', async () => {
    const bucket = bucketOf();
    const data = bytesOf(WHOLE_BYTES_MAX + 1_234_567);
    const watched = watch();
    valueOf(await upload(bucket, 'large.bin', new Blob([data]), watched));
    expect(watched.seen).toEqual([8 * MIB, 16 * MIB, data.length]);
    expect(Buffer.compare(await fetched(bucket, 'large.bin', data.length), data)).toBe(0);
  });

  test('an upload that is stopped between its parts stores nothing and takes up no room', async () => {
    const bucket = bucketOf();
    const watched = watch();
    const stopping = { ...watched, onProgress: watched.abort };
    const stopped = await upload(bucket, 'large.bin', new Blob([bytesOf(WHOLE_BYTES_MAX + 1)]), stopping);
    expect(stopped.ok).toBe(false);
    expect(valueOf(await bucket.list(undefined)).objects).toEqual([]);
    expect(stored.usedBytes).toBe(0);
  });

  test('an upload that a program left in its middle is shown with its end, and its parts can be deleted', async () => {
    const bucket = bucketOf();
    const key = '\u0001 left / here';
    const id = valueOf(await bucket.beginUpload(key, ''));
    valueOf(await bucket.putPart({ key, id, number: 1 }, new Blob([bytesOf(1_000)]), watch().signal));
    const { uploads, isPart } = valueOf(await bucket.unfinished());
    expect(uploads.map((upload) => [upload.key, upload.id])).toEqual([[key, id]]);
    const [{ givenUpMs = 0, begunMs } = { begunMs: 0 }] = uploads;
    expect([givenUpMs >= begunMs + 86_400_000, isPart, stored.usedBytes]).toEqual([true, false, 1_000]);
    valueOf(await bucket.abortUpload({ key, id }));
    expect([valueOf(await bucket.unfinished()).uploads, stored.usedBytes]).toEqual([[], 0]);
  });

  test('what the store refuses is told in its own words, with its code', async () => {
    const first = await upload(bucketOf(), 'first.bin', new Blob([bytesOf(12 * MIB)]), watch());
    const second = await upload(bucketOf(), 'second.bin', new Blob([bytesOf(12 * MIB)]), watch());
    expect([first.ok, second]).toEqual([
      true,
      { ok: false, sentence: expect.stringMatching(/^\S.+ \(QuotaExceeded\)$/) },
    ]);
    const forged = await bucketOf({ secretKey: 'ab'.repeat(32) }).list(undefined);
    expect(forged).toEqual({ ok: false, sentence: expect.stringMatching(/ \(SignatureDoesNotMatch\)$/) });
    expect(await bucketOf({ bucket: 'order-13' }).list(undefined)).toMatchObject({ ok: false });
  });

  test('a list of many objects comes page by page, each object once', async () => {
    const bucket = bucketOf();
    const keys = Array.from({ length: 201 }, (_, index) => `file-${String(index).padStart(3, '0')}`);
    for (const key of keys) valueOf(await bucket.put(key, new Blob(['x']), AbortSignal.timeout(10_000)));
    const first = valueOf(await bucket.list(undefined));
    const second = valueOf(await bucket.list(first.next));
    expect([...first.objects, ...second.objects].map(({ key }) => key)).toEqual(keys);
    expect([first.objects.length, second.next]).toEqual([200, undefined]);
  });

  test('a store that is not there is told as one that did not answer', async () => {
    const nowhere = bucketOf({ endpoint: 'http://127.0.0.1:1' });
    expect(await nowhere.list(undefined)).toEqual({ ok: false, sentence: expect.stringContaining('did not answer') });
  });
});
