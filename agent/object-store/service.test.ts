import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bucket } from './bucket.ts';
import { fullDisk } from './data-files.ts';
import { makeGate } from './testing/gate.ts';
import { ask, signed, type Unsigned, type Whole } from './testing/signed-request.ts';
import { BUCKET, makeFolder, openBucket, serviceOf, type SignedService } from './testing/store-server.ts';

const MIB = 1024 ** 2;
const QUOTA = 20 * MIB;

let folder: ReturnType<typeof makeFolder>;
let bucket: Bucket;
let service: SignedService;

beforeEach(() => {
  folder = makeFolder();
  bucket = openBucket(folder.path, { quotaBytes: QUOTA });
  service = serviceOf(bucket);
});

afterEach(() => {
  bucket.close();
  folder.remove();
});

const put = (key: string, body: Unsigned['body'], headers: Record<string, string> = {}): Promise<Whole> =>
  ask(service, { method: 'PUT', key, body, headers });
const get = (key: string, headers: Record<string, string> = {}): Promise<Whole> =>
  ask(service, { method: 'GET', key, headers });

/** Closes the bucket and opens it again, as after a restart. */
function reopen(): void {
  bucket.close();
  bucket = openBucket(folder.path, { quotaBytes: QUOTA });
  service = serviceOf(bucket);
}

const files = (): string[] => readdirSync(join(folder.path, 'bucket', 'data'));

describe('keys', () => {
  test.each([
    ['a path out of the folder', '../../../../etc/passwd'],
    ['only dots', '..'],
    ['slashes', '//a///b/'],
    ['control characters and the end of a C string', 'a\u0000b\n\r\t\u001f\u007f'],
    ['what XML, SQL and shells read', `'; DROP TABLE objects; -- <&>"%2e%2e+ $(x)`],
    ['names of JavaScript', '__proto__'],
    ['1,024 bytes', 'ü'.repeat(512)],
    ['characters beyond the basic plane', '\u{1f600}/\uffee'],
  ])('may be %s: they name the object and never a file', async (_, key) => {
    expect((await put(key, Buffer.from(key))).status).toBe(200);
    expect((await get(key)).text).toBe(key);
    const list = await ask(service, { method: 'GET', query: { 'list-type': '2', 'encoding-type': 'url' } });
    expect(decodeURIComponent(/<Key>(.*)<\/Key>/.exec(list.text)?.[1] ?? '')).toBe(key);
    expect(files()).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect((await ask(service, { method: 'DELETE', key })).status).toBe(204);
    expect(bucket.usedBytes).toBe(0);
  });

  test('have no more than 1,024 bytes, in UTF-8', async () => {
    expect(await put(`${'ü'.repeat(512)}a`, Buffer.from('x'))).toMatchObject({ status: 400, code: 'KeyTooLongError' });
    const request = await signed({ method: 'GET', key: 'a' });
    const answer = await service.answer({ ...request, path: `/${BUCKET}/%ff` });
    expect(answer.status).toBe(400);
  });
});

describe('a body that is not as declared is refused and leaves nothing', () => {
  const data = Buffer.from('twelve bytes');
  const sha256 = createHash('sha256').update(data).digest('hex');
  const cases: [string, string, Unsigned['body'], Record<string, string>][] = [
    ['shorter than stated', 'IncompleteBody', data, { 'content-length': '13' }],
    ['longer than stated', 'IncompleteBody', data, { 'content-length': '11' }],
    ['without a length', 'MissingContentLength', one(data), {}],
    ['more than 5 GiB', 'EntityTooLarge', data, { 'content-length': String(5 * 1024 ** 3 + 1) }],
    ['5 GiB, which the quota lacks', 'QuotaExceeded', data, { 'content-length': String(5 * 1024 ** 3) }],
    ['another SHA-256', 'XAmzContentSHA256Mismatch', Buffer.from('twelve bites'), { 'x-amz-content-sha256': sha256 }],
    ['another MD5', 'BadDigest', data, { 'content-md5': Buffer.alloc(16).toString('base64') }],
    ['an MD5 that is none', 'InvalidDigest', data, { 'content-md5': 'abc' }],
    ['another CRC-32', 'BadDigest', data, { 'x-amz-checksum-crc32': 'AAAAAA==' }],
    ['another CRC-64', 'BadDigest', data, { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }],
    ['a checksum that is none', 'InvalidRequest', data, { 'x-amz-checksum-sha256': 'AAAA' }],
    ['a checksum nobody knows', 'InvalidRequest', data, { 'x-amz-checksum-xxhash64': 'AAAAAAAAAAA=' }],
    [
      'two checksums',
      'InvalidRequest',
      data,
      { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' },
    ],
    ['a chunk that ends early', 'IncompleteBody', Buffer.from('c\r\ntwelve'), chunkedOf(12)],
    ['chunks longer than stated', 'IncompleteBody', Buffer.from('d\r\ntwelve bytes!\r\n0\r\n\r\n'), chunkedOf(12)],
    ['a chunk of a wrong size', 'IncompleteBody', Buffer.from('b\r\ntwelve bytes\r\n0\r\n\r\n'), chunkedOf(12)],
    ['a size without end', 'IncompleteBody', Buffer.alloc(4_096, 'f'), chunkedOf(12)],
    ['no announced trailer', 'InvalidRequest', Buffer.from('c\r\ntwelve bytes\r\n0\r\n\r\n'), chunkedOf(12)],
    [
      'a wrong trailer',
      'BadDigest',
      Buffer.from('c\r\ntwelve bytes\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'),
      chunkedOf(12),
    ],
    ['encryption', 'NotImplemented', data, { 'x-amz-server-side-encryption': 'AES256' }],
    ['other people’s access', 'AccessControlListNotSupported', data, { 'x-amz-acl': 'public-read' }],
    ['metadata without end', 'MetadataTooLarge', data, { 'x-amz-meta-a': 'x'.repeat(2_048) }],
  ];
  test.each(cases)('%s: %s', async (_, code, body, headers) => {
    expect(await put('key', body, headers)).toMatchObject({ code });
    expect(await get('key')).toMatchObject({ status: 404, code: 'NoSuchKey' });
    expect(bucket.usedBytes).toBe(0);
    expect(files()).toEqual([]);
  });

  test('is not read at all when its length alone forbids it', async () => {
    const body = one(data);
    const headers = { 'content-length': String(QUOTA + 1) };
    const answer = await service.answer(await signed({ method: 'PUT', key: 'key', body, headers }));
    expect(answer).toMatchObject({ status: 403, bytesRead: 0 });
  });
});

describe('the quota', () => {
  test('counts objects, parts and uploads under way, each as long as it is there, also after a restart', async () => {
    await put('half', Buffer.alloc(QUOTA / 2));
    const { text } = await ask(service, { method: 'POST', key: 'parts', query: { uploads: '' } });
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? '';
    const part = { method: 'PUT', key: 'parts', query: { partNumber: '1', uploadId } };
    expect((await ask(service, { ...part, body: Buffer.alloc(QUOTA / 4) })).status).toBe(200);
    reopen();
    expect(bucket.usedBytes).toBe((QUOTA / 4) * 3);
    const gate = makeGate();
    const slow = put('slow', gate.data(Buffer.alloc(QUOTA / 4)), { 'content-length': String(QUOTA / 4) });
    await gate.reached;
    expect(await put('one', Buffer.from('1'))).toMatchObject({ status: 403, code: 'QuotaExceeded' });
    gate.open();
    expect((await slow).status).toBe(200);
    await ask(service, { method: 'DELETE', key: 'parts', query: { uploadId } });
    expect((await put('one', Buffer.from('1'))).status).toBe(200);
    expect(bucket.usedBytes).toBe((QUOTA / 4) * 3 + 1);
  });

  test('counts a copy with all its bytes', async () => {
    await put('a', Buffer.alloc(QUOTA / 2));
    const copy = (key: string): Promise<Whole> =>
      ask(service, { method: 'PUT', key, headers: { 'x-amz-copy-source': `${BUCKET}/a` } });
    expect((await copy('b')).status).toBe(200);
    expect(await copy('c')).toMatchObject({ code: 'QuotaExceeded' });
    await ask(service, { method: 'DELETE', key: 'a' });
    expect((await get('b')).body).toHaveLength(QUOTA / 2);
    await ask(service, { method: 'DELETE', key: 'b' });
    expect(bucket.usedBytes).toBe(0);
    await expect.poll(files).toEqual([]);
  });
});

describe('a disk that fails', () => {
  test.each(['write', 'sync'] as const)(
    'full at the %s: says so, keeps nothing, and goes on when there is room',
    async (call) => {
      bucket.close();
      let isFull = true;
      bucket = openBucket(folder.path, {
        quotaBytes: QUOTA,
        createFile: async (path) => {
          const file = await open(path, 'wx');
          if (isFull) file[call] = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
          return file;
        },
      });
      service = serviceOf(bucket);
      expect(await put('key', Buffer.alloc(MIB))).toMatchObject({ status: 507, code: 'InsufficientStorage' });
      expect(bucket.usedBytes).toBe(0);
      expect(files()).toEqual([]);
      isFull = false;
      expect((await put('key', Buffer.alloc(MIB))).status).toBe(200);
    },
  );
});

test('an index that fills its disk is told as a full disk', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE a (b TEXT) STRICT');
  database.exec('PRAGMA max_page_count = 2');
  let failure: unknown;
  try {
    database.prepare('INSERT INTO a VALUES (?)').run('x'.repeat(MIB));
  } catch (error) {
    failure = fullDisk(error);
  }
  database.close();
  expect(failure).toMatchObject({ code: 'InsufficientStorage' });
});

describe('a disk that changes what it was given', () => {
  const rot = async (): Promise<void> => {
    const [name = ''] = files();
    const file = await open(join(folder.path, 'bucket', 'data', name), 'r+');
    await file.write(Buffer.from('x'), 0, 1, 300_000);
    await file.close();
  };

  test('is never told as the whole object, nor copied: the end of the answer does not come', async () => {
    await put('key', Buffer.alloc(MIB));
    await rot();
    let came = 0;
    const { body } = await service.answer(await signed({ method: 'GET', key: 'key' }));
    const read = async (): Promise<void> => {
      for await (const piece of body ?? []) came += piece.length;
    };
    await expect(read()).rejects.toThrow(/holds other bytes than were stored/);
    expect(came).toBeLessThan(MIB);
    const { text } = await ask(service, { method: 'POST', key: 'copy', query: { uploads: '' } });
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? '';
    const headers = { 'x-amz-copy-source': `${BUCKET}/key` };
    const query = { partNumber: '1', uploadId };
    expect(await ask(service, { method: 'PUT', key: 'copy', query, headers })).toMatchObject({ status: 500 });
  });

  test('is not noticed in a bucket that was made before sums were kept, whose objects stay readable', async () => {
    await put('key', Buffer.alloc(MIB));
    bucket.close();
    const index = new DatabaseSync(join(folder.path, 'bucket', 'index.db'));
    index.exec('ALTER TABLE files DROP COLUMN crc32');
    index.close();
    bucket = openBucket(folder.path, { quotaBytes: QUOTA });
    service = serviceOf(bucket);
    await rot();
    expect((await get('key')).body).toHaveLength(MIB);
    await put('key', Buffer.alloc(2 * MIB));
    expect((await get('key')).body).toHaveLength(2 * MIB);
  });
});

describe('at the same time', () => {
  test('of two uploads of one key the one that ends last stands, whole', async () => {
    const gate = makeGate();
    const [first, second] = [randomBytes(MIB), randomBytes(MIB)];
    const slow = put('key', gate.data(first), { 'content-length': String(MIB) });
    await gate.reached;
    await put('key', second);
    expect((await get('key')).body.equals(second)).toBe(true);
    gate.open();
    await slow;
    expect((await get('key')).body.equals(first)).toBe(true);
    expect(bucket.usedBytes).toBe(MIB);
  });

  test('of two uploads that may only create the second is refused', async () => {
    const gate = makeGate();
    const headers = { 'if-none-match': '*', 'content-length': '3' };
    const slow = put('key', gate.data(Buffer.from('one')), headers);
    await gate.reached;
    expect((await put('key', Buffer.from('two'), { 'if-none-match': '*' })).status).toBe(200);
    gate.open();
    expect(await slow).toMatchObject({ status: 412, code: 'PreconditionFailed' });
    expect((await get('key')).text).toBe('two');
    expect(bucket.usedBytes).toBe(3);
  });

  test('a download ends whole although its object is deleted and its key written anew', async () => {
    const data = randomBytes(3 * MIB);
    await put('key', data);
    const { body } = await service.answer(await signed({ method: 'GET', key: 'key' }));
    const read = [await body?.next()];
    await ask(service, { method: 'DELETE', key: 'key' });
    await put('key', randomBytes(3 * MIB));
    for (let next = await body?.next(); next?.done === false; next = await body?.next()) read.push(next);
    expect(Buffer.concat(read.map((next) => next?.value ?? Buffer.alloc(0))).equals(data)).toBe(true);
    await expect.poll(files).toHaveLength(1);
  });

  test('an upload that is given up leaves nothing', async () => {
    const gate = makeGate();
    const gone = new AbortController();
    const headers = { 'content-length': String(MIB) };
    const slow = ask(service, {
      method: 'PUT',
      key: 'key',
      body: gate.data(Buffer.alloc(MIB)),
      headers,
      signal: gone.signal,
    });
    await gate.reached;
    gone.abort();
    expect(await slow).toMatchObject({ code: 'RequestTimeout' });
    expect(files()).toEqual([]);
    expect(bucket.usedBytes).toBe(0);
  });
});

describe('reads', () => {
  test('of ranges and conditions answer as HTTP says', async () => {
    const { headers } = await put('key', Buffer.from('0123456789'), {
      'content-type': 'text/plain',
      'content-encoding': 'aws-chunked',
    });
    const { etag = '' } = headers;
    const cases: [Record<string, string>, number, string][] = [
      [{ range: 'bytes=2-4' }, 206, '234'],
      [{ range: 'bytes=-3' }, 206, '789'],
      [{ range: 'bytes=7-' }, 206, '789'],
      [{ range: 'bytes=7-1000' }, 206, '789'],
      [{ range: 'bytes=0-1,3-4' }, 200, '0123456789'],
      [{ range: 'bytes=2-4', 'if-range': etag }, 206, '234'],
      [{ range: 'bytes=2-4', 'if-range': '"other"' }, 200, '0123456789'],
      [{ 'if-none-match': etag }, 304, ''],
      [{ 'if-match': etag }, 200, '0123456789'],
      [{ 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() }, 304, ''],
      [{ 'if-unmodified-since': new Date(0).toUTCString(), 'if-match': etag }, 200, '0123456789'],
    ];
    for (const [sent, status, text] of cases) expect(await get('key', sent)).toMatchObject({ status, text });
    expect(await get('key', { range: 'bytes=10-' })).toMatchObject({ status: 416, code: 'InvalidRange' });
    expect(await get('key', { 'if-match': '"other"' })).toMatchObject({ status: 412, code: 'PreconditionFailed' });
    const head = await ask(service, { method: 'HEAD', key: 'key' });
    expect(head).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '10', 'content-type': 'text/plain' },
    });
    expect(head.headers['content-encoding']).toBeUndefined();
  });

  test('of nothing are empty: objects of no bytes', async () => {
    await put('empty', Buffer.alloc(0));
    expect(await get('empty')).toMatchObject({ status: 200, text: '', headers: { 'content-length': '0' } });
    expect(await get('empty', { range: 'bytes=0-' })).toMatchObject({ status: 416 });
  });
});

describe('an access key', () => {
  test('opens its own bucket alone', async () => {
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect(await ask(service, { method, bucket: 'another', key: 'a', body: Buffer.from('') })).toMatchObject({
        code: 'NoSuchBucket',
      });
    await put('a', Buffer.from('a'));
    const source = { 'x-amz-copy-source': 'another/a' };
    expect(await ask(service, { method: 'PUT', key: 'b', headers: source })).toMatchObject({ code: 'NoSuchBucket' });
  });

  test('of an erased bucket opens nothing, and an upload under way ends', async () => {
    const gate = makeGate();
    const slow = put('slow', gate.data(Buffer.from('slow')), { 'content-length': '4' });
    await gate.reached;
    await bucket.erase();
    expect(await slow).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(await get('slow')).toMatchObject({ status: 403 });
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

function chunkedOf(bytes: number): Record<string, string> {
  return {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': String(bytes),
    'x-amz-trailer': 'x-amz-checksum-crc32',
  };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
