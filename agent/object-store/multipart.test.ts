import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bucket } from './bucket.ts';
import { makeGate } from './testing/gate.ts';
import { ask, type Whole } from './testing/signed-request.ts';
import { makeFolder, openBucket, serviceOf, type SignedService } from './testing/store-server.ts';

const MIB = 1024 ** 2;

let folder: ReturnType<typeof makeFolder>;
let bucket: Bucket;
let service: SignedService;
let nowMs: () => number;

beforeEach(() => {
  folder = makeFolder();
  nowMs = () => Date.now();
  start();
});

afterEach(() => {
  bucket.close();
  folder.remove();
});

function start(): void {
  bucket = openBucket(folder.path, { quotaBytes: 20 * MIB, nowMs: () => nowMs() });
  service = serviceOf(bucket);
}

/** Closes the bucket and opens it again, as after a restart. */
function reopen(): void {
  bucket.close();
  start();
}

const get = (key: string): Promise<Whole> => ask(service, { method: 'GET', key });
const files = (): string[] => readdirSync(join(folder.path, 'bucket', 'data'));

describe('uploads in parts', () => {
  const begin = async (): Promise<string> => {
    const { text } = await ask(service, { method: 'POST', key: 'large', query: { uploads: '' } });
    return /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? '';
  };
  const putPart = (uploadId: string, partNumber: number, body: Uint8Array): Promise<Whole> =>
    ask(service, { method: 'PUT', key: 'large', query: { partNumber: String(partNumber), uploadId }, body });
  const complete = (uploadId: string, parts: readonly [number, string | undefined][]): Promise<Whole> => {
    const named = parts.map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${named.join('')}</CompleteMultipartUpload>`);
    return ask(service, { method: 'POST', key: 'large', query: { uploadId }, body });
  };

  test('take numbers from 1 to 10,000, and parts in any order but of one upload', async () => {
    const uploadId = await begin();
    const small = Buffer.from('small');
    for (const number of [0, 10_001, -1, 1.5]) {
      expect(await putPart(uploadId, number, small)).toMatchObject({ code: 'InvalidArgument' });
    }
    expect(await putPart('0'.repeat(32), 1, small)).toMatchObject({ status: 404, code: 'NoSuchUpload' });
    const last = await putPart(uploadId, 10_000, small);
    const large = randomBytes(5 * MIB);
    const first = await putPart(uploadId, 1, large);
    const [one, end] = [first.headers.etag, last.headers.etag];
    const refused: [string, readonly [number, string | undefined][]][] = [
      [
        'InvalidPartOrder',
        [
          [10_000, end],
          [1, one],
        ],
      ],
      [
        'InvalidPartOrder',
        [
          [1, one],
          [1, one],
        ],
      ],
      [
        'InvalidPart',
        [
          [1, one],
          [2, one],
        ],
      ],
      ['InvalidPart', [[1, end]]],
      ['InvalidPart', [[0, one]]],
      ['MalformedXML', []],
    ];
    for (const [code, parts] of refused) expect(await complete(uploadId, parts)).toMatchObject({ code });
    expect(await get('large')).toMatchObject({ code: 'NoSuchKey' });
    expect(
      (
        await complete(uploadId, [
          [1, one],
          [10_000, end],
        ])
      ).status,
    ).toBe(200);
    reopen();
    expect((await get('large')).body.equals(Buffer.concat([large, small]))).toBe(true);
    expect(await putPart(uploadId, 1, small)).toMatchObject({ code: 'NoSuchUpload' });
  });

  test('refuse a part below 5 MiB that is not the last, and forget parts that are not named', async () => {
    const uploadId = await begin();
    const small = await putPart(uploadId, 1, Buffer.from('small'));
    const last = await putPart(uploadId, 2, Buffer.from('last'));
    const both = await complete(uploadId, [
      [1, small.headers.etag],
      [2, last.headers.etag],
    ]);
    expect(both).toMatchObject({ code: 'EntityTooSmall' });
    expect((await complete(uploadId, [[2, last.headers.etag]])).status).toBe(200);
    expect(bucket.usedBytes).toBe(4);
    await expect.poll(files).toHaveLength(1);
  });

  test('are given up with their parts after 24 hours without a new one, and say when that is', async () => {
    const startMs = nowMs();
    const hours = (count: number): void => void (nowMs = () => startMs + count * 3_600_000);
    const uploadId = await begin();
    const idle = await begin();
    await putPart(uploadId, 1, Buffer.alloc(5 * MIB));
    await putPart(idle, 1, Buffer.alloc(5 * MIB));
    hours(20);
    await putPart(uploadId, 2, Buffer.from('last'));
    const parts = await ask(service, { method: 'GET', key: 'large', query: { uploadId } });
    expect(parts.headers['x-amz-abort-date']).toBe(new Date(startMs + 44 * 3_600_000).toUTCString());
    hours(24.01);
    const gate = makeGate();
    const lateQuery = { partNumber: '3', uploadId };
    const headers = { 'content-length': '4' };
    const late = ask(service, {
      method: 'PUT',
      key: 'large',
      query: lateQuery,
      body: gate.data(Buffer.from('late')),
      headers,
    });
    await gate.reached;
    const { text } = await ask(service, { method: 'GET', query: { uploads: '' } });
    expect([...text.matchAll(/<UploadId>(.*?)<\/UploadId>/g)].map(([, id]) => id)).toEqual([uploadId]);
    expect(await putPart(idle, 2, Buffer.from('x'))).toMatchObject({ status: 404, code: 'NoSuchUpload' });
    expect(bucket.usedBytes).toBe(5 * MIB + 8);
    // A part that is on its way keeps its upload, however long it takes.
    hours(50);
    await get('anything');
    gate.open();
    expect((await late).status).toBe(200);
    hours(75);
    await get('anything');
    expect(bucket.usedBytes).toBe(0);
    reopen();
    expect([bucket.usedBytes, files()]).toEqual([0, []]);
  });

  test('under way are listed by prefix, delimiter and page, each once, also several of one key', async () => {
    const keys = ['a/1', 'a/1', 'a/1', 'a/2', 'b', 'c/1', 'c/2'];
    const ids: string[] = [];
    for (const key of keys) {
      const { text } = await ask(service, { method: 'POST', key, query: { uploads: '' } });
      ids.push(/<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? '');
    }
    /** All pages of one upload or prefix each. */
    const pages = async (asked: Record<string, string>): Promise<string[]> => {
      const names: string[] = [];
      let markers: Record<string, string> = {};
      for (;;) {
        const query = { uploads: '', 'max-uploads': '1', ...asked, ...markers };
        const { text } = await ask(service, { method: 'GET', query });
        const found = [...text.matchAll(/<UploadId>(.*?)<\/UploadId>|<CommonPrefixes><Prefix>(.*?)<\/Prefix>/g)];
        expect(found).toHaveLength(1);
        names.push(...found.map(([, id, prefix]) => id ?? prefix ?? ''));
        if (text.includes('<IsTruncated>false')) return names;
        const key = /<NextKeyMarker>(.*?)</.exec(text)?.[1] ?? '';
        const id = /<NextUploadIdMarker>(.*?)</.exec(text)?.[1];
        markers = { 'key-marker': key, ...(id === undefined ? {} : { 'upload-id-marker': id }) };
      }
    };
    const [first, second, third] = ids.slice(0, 3).toSorted();
    expect(await pages({})).toEqual([first, second, third, ...ids.slice(3)]);
    expect(await pages({ prefix: 'a/1' })).toEqual([first, second, third]);
    expect(await pages({ prefix: 'c/' })).toEqual(ids.slice(5));
    expect(await pages({ delimiter: '/' })).toEqual(['a/', ids[4], 'c/']);
    expect(await pages({ 'key-marker': 'a/1' })).toEqual(ids.slice(3));
  });

  test.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><CompleteMultipartUpload/>'],
    ['an entity of nobody', '<CompleteMultipartUpload><Part><ETag>&b;</ETag></Part></CompleteMultipartUpload>'],
    ['depth', `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`],
    ['names of JavaScript', '<__proto__><constructor/></__proto__>'],
    ['no XML', 'null'],
    ['half of it', '<CompleteMultipartUpload><Part>'],
  ])('refuse %s in their XML', async (_, body) => {
    const uploadId = await begin();
    const answer = await ask(service, { method: 'POST', key: 'large', query: { uploadId }, body: Buffer.from(body) });
    expect(answer).toMatchObject({ status: 400, code: 'MalformedXML' });
  });
});
