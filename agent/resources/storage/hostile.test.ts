import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signed, type Unsigned } from '#agent/object-store/testing/signed-request.ts';
import type { S3Request } from '#agent/object-store/request.ts';
import { Meter } from '#agent/gateway/meter.ts';
import { must } from '#agent/testing/kind-rig.ts';
import { credentialsOf, StoreRig } from '#agent/testing/store-rig.ts';
import { bucketNameOf, STORE_REGION } from '#ledger/contracts/kinds/storage.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const QUOTA = 40 * MIB;
const ALLOWED_BYTES = 100 * MIB;

let folder: string;
let rig: StoreRig;
let said: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'storage-hostile-'));
  said = [];
  rig = new StoreRig({
    folder,
    roomBytes: 2 * QUOTA,
    windowMs: 600_000,
    amounts: { bytes: ALLOWED_BYTES, bytesIn: ALLOWED_BYTES, calls: 1_000, storedBytes: QUOTA },
    promise: [],
    log: (sentence) => said.push(sentence),
  });
  await rig.start();
  for (const agreement of [12, 13]) await rig.deliver(agreement);
});
afterEach(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Told {
  readonly status: number;
  /** The Code of an error; '' where there is none. */
  readonly code: string;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

type Asked = Partial<Unsigned> & Pick<Unsigned, 'method'>;

function sign(asked: Asked): Promise<S3Request> {
  const bucket = bucketNameOf(12);
  const { host } = new URL(rig.endpoint);
  return signed({ bucket, region: STORE_REGION, credentials: credentialsOf(12), host, ...asked });
}

/** Sends a request as it was signed, its path untouched. */
async function begin(asked: Asked): Promise<IncomingMessage> {
  const { method, path, queryString, headers, body } = await sign(asked);
  const { hostname, port } = new URL(rig.endpoint);
  const options = { hostname, port, method, headers, path: queryString === '' ? path : `${path}?${queryString}` };
  const sent: Uint8Array[] = [];
  for await (const piece of body ?? []) sent.push(piece);
  return new Promise((resolve, reject) => {
    httpRequest(options, resolve).on('error', reject).end(Buffer.concat(sent));
  });
}

async function ask(asked: Asked): Promise<Told> {
  const response = await begin(asked);
  const text = await textOf(response);
  const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? '';
  return { status: response.statusCode ?? 0, code, text, headers: response.headers };
}

const put = (key: string, body: Uint8Array, headers = {}): Promise<Told> => ask({ method: 'PUT', key, body, headers });
const get = (key: string): Promise<Told> => ask({ method: 'GET', key });

const shelf = (agreement = 12): string => join(folder, 'shelf', bucketNameOf(agreement));
const dataFiles = (): string[] => readdirSync(join(shelf(), 'data'));

describe('a call that is not the customer’s, or not now, gets nothing and is counted nowhere [8.5.2-a]', () => {
  const day = 24 * 3_600_000;
  const cases: [string, Partial<Asked>, number, string][] = [
    [
      'another secret',
      { credentials: { ...credentialsOf(12), secretAccessKey: 'a'.repeat(64) } },
      403,
      'SignatureDoesNotMatch',
    ],
    ['a key of nobody', { credentials: credentialsOf(99) }, 403, 'SignatureDoesNotMatch'],
    ['a clock that is late', { nowMs: Date.now() - day }, 403, 'RequestTimeTooSkewed'],
    ['a clock that is early', { nowMs: Date.now() + day }, 403, 'RequestTimeTooSkewed'],
    ['another region', { region: 'us-east-1' }, 400, 'AuthorizationHeaderMalformed'],
  ];
  test.each(cases)('%s', async (_, wrong, status, code) => {
    const body = Buffer.from('x');
    expect(await ask({ method: 'PUT', key: 'a', body, ...wrong })).toMatchObject({ status, code });
    expect([rig.meter.usage(12), rig.meter.usage(13), dataFiles()]).toEqual([{}, {}, []]);
  });

  test('another order’s bucket, and one that nobody has, are the same to whoever asks', async () => {
    await ask({
      method: 'PUT',
      key: 'a',
      body: Buffer.from('13’s'),
      bucket: 'order-13',
      credentials: credentialsOf(13),
    });
    for (const bucket of ['order-13', 'order-99', 'elsewhere'])
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect(await ask({ method, key: 'a', bucket, body: Buffer.from('x') })).toMatchObject({
          status: 404,
          code: 'NoSuchBucket',
        });
    expect(await put('b', Buffer.alloc(0), { 'x-amz-copy-source': 'order-13/a' })).toMatchObject({
      code: 'NoSuchBucket',
    });
    expect(rig.storedBytes(13)).toBe(Buffer.byteLength('13’s'));
  });
});

describe('names', () => {
  test.each([
    ['that climb out of the folder', '../../../../../../tmp/out-of-the-store'],
    ['of dots alone', '..'],
    ['with slashes at every place', '//a//../b/'],
    ['with control characters', 'a\u0000b\r\n\t\u001b[2J\u007f'],
    ['of 1,024 bytes', 'ü'.repeat(512)],
  ])('%s are names and nothing else', async (_, key) => {
    expect((await put(key, Buffer.from(key))).status).toBe(200);
    expect((await get(key)).text).toBe(key);
    expect(dataFiles()).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(readdirSync(folder).toSorted()).toEqual(['meter.journal', 'orders.journal', 'shelf']);
    expect((await ask({ method: 'DELETE', key })).status).toBe(204);
    expect(rig.storedBytes(12)).toBe(0);
  });

  test('of 1,025 bytes are refused', async () => {
    expect(await put(`${'ü'.repeat(512)}a`, Buffer.from('x'))).toMatchObject({ status: 400, code: 'KeyTooLongError' });
  });
});

describe('a body', () => {
  test('of no bytes is an object', async () => {
    expect((await put('empty', Buffer.alloc(0))).status).toBe(200);
    expect(await get('empty')).toMatchObject({ status: 200, text: '', headers: { 'content-length': '0' } });
    expect((await ask({ method: 'GET', query: { 'list-type': '2' } })).text).toContain('<Size>0</Size>');
  });

  const data = Buffer.from('twelve bytes');
  const chunked = (bytes: number): Record<string, string> => ({
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': String(bytes),
    'x-amz-trailer': 'x-amz-checksum-crc32',
  });
  const cases: [string, string, Buffer, Record<string, string>][] = [
    ['another MD5', 'BadDigest', data, { 'content-md5': Buffer.alloc(16).toString('base64') }],
    ['another CRC-32', 'BadDigest', data, { 'x-amz-checksum-crc32': 'AAAAAA==' }],
    ['another SHA-256', 'XAmzContentSHA256Mismatch', data, { 'x-amz-content-sha256': '0'.repeat(64) }],
    ['fewer bytes in chunks than stated', 'IncompleteBody', Buffer.from('c\r\ntwelve bytes\r\n0\r\n\r\n'), chunked(13)],
    ['more bytes in chunks than stated', 'IncompleteBody', Buffer.from('c\r\ntwelve bytes\r\n0\r\n\r\n'), chunked(11)],
  ];
  test.each(cases)('with %s is refused, and nothing of it stays', async (_, code, body, headers) => {
    expect(await put('a', body, headers)).toMatchObject({ status: 400, code });
    expect([(await get('a')).code, rig.storedBytes(12), dataFiles()]).toEqual(['NoSuchKey', 0, []]);
  });

  test.each([
    ['more than 5 GiB', 5 * GIB + 1, 'EntityTooLarge', 0],
    ['5 GiB, which the quota lacks', 5 * GIB, 'QuotaExceeded', 1],
  ])('of %s is refused before any of it is asked for', async (_, bytes, code, calls) => {
    const { path, headers } = await sign({ method: 'PUT', key: 'a', headers: { 'content-length': String(bytes) } });
    const lines = Object.entries({ ...headers, expect: '100-continue' }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const { hostname, port } = new URL(rig.endpoint);
    const socket = connect(Number(port), hostname);
    socket.write(`PUT ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    const told = await textOf(socket);
    expect(told).toContain(`<Code>${code}</Code>`);
    expect(told).not.toContain('100 Continue');
    expect(rig.meter.usage(12)['calls'] ?? 0).toBe(calls);
    expect(rig.meter.usage(12)['bytesIn'] ?? 0).toBe(0);
    expect(rig.storedBytes(12)).toBe(0);
  });

  /** Sends twelve bytes with another stated length, and ends; what is there afterwards. */
  const twelveBytesAs = async (stated: string): Promise<readonly [unknown, string, number]> => {
    const unsigned = { 'content-length': stated, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const { path, headers } = await sign({ method: 'PUT', key: 'a', headers: unsigned });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const { hostname, port } = new URL(rig.endpoint);
    const socket = connect(Number(port), hostname);
    socket.end(`PUT ${path} HTTP/1.1\r\n${lines.join('')}\r\ntwelve bytes`);
    await textOf(socket).catch(() => '');
    // Its room is given back, or its object is there, once the gateway has let go of it.
    const isOver = async (): Promise<boolean> =>
      (rig.storedBytes(12) === 0 && dataFiles().length === 0) || (await get('a')).status === 200;
    await expect.poll(isOver, { timeout: 5_000 }).toBe(true);
    const { code, text } = await get('a');
    return [rig.storedBytes(12), code === '' ? text : code, dataFiles().length];
  };

  test('that ends before its stated length leaves nothing', async () => {
    expect(await twelveBytesAs('13')).toEqual([0, 'NoSuchKey', 0]);
  });

  test('that goes on after its stated length is kept as it was stated, or not at all', async () => {
    // What follows is no request, and may end the connection before the upload is done.
    expect([
      [11, 'twelve byte', 1],
      [0, 'NoSuchKey', 0],
    ]).toContainEqual(await twelveBytesAs('11'));
  });
});

describe('an upload in parts', () => {
  const key = 'large';
  const create = async (): Promise<string> =>
    /<UploadId>(.*)<\/UploadId>/.exec((await ask({ method: 'POST', key, query: { uploads: '' } })).text)?.[1] ?? '';
  const part = (uploadId: string, partNumber: number, body: Uint8Array): Promise<Told> =>
    ask({ method: 'PUT', key, query: { partNumber: String(partNumber), uploadId }, body });
  const complete = (uploadId: string, parts: readonly (readonly [number, unknown])[]): Promise<Told> => {
    const named = parts.map(
      ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${String(etag)}</ETag></Part>`,
    );
    const body = Buffer.from(`<CompleteMultipartUpload>${named.join('')}</CompleteMultipartUpload>`);
    return ask({ method: 'POST', key, query: { uploadId }, body });
  };

  test('takes the parts 1 and 10,000 in any order of arrival, none beyond, and names them in their order, all there', async () => {
    const uploadId = await create();
    const [first, last] = [randomBytes(5 * MIB), Buffer.from('the end')];
    const end = (await part(uploadId, 10_000, last)).headers.etag;
    const one = (await part(uploadId, 1, first)).headers.etag;
    expect(await part(uploadId, 10_001, last)).toMatchObject({ status: 400, code: 'InvalidArgument' });
    const many = Array.from({ length: 10_001 }, (_, at) => [at + 1, one] as const);
    expect(await complete(uploadId, many)).toMatchObject({ status: 400, code: 'InvalidPart' });
    expect(await complete(uploadId, many.slice(0, 10_000))).toMatchObject({ status: 400, code: 'InvalidPart' });
    expect(
      await complete(uploadId, [
        [10_000, end],
        [1, one],
      ]),
    ).toMatchObject({ status: 400, code: 'InvalidPartOrder' });
    expect(
      await complete(uploadId, [
        [1, one],
        [2, one],
        [10_000, end],
      ]),
    ).toMatchObject({ status: 400, code: 'InvalidPart' });
    expect((await get(key)).code).toBe('NoSuchKey');
    expect(
      (
        await complete(uploadId, [
          [1, one],
          [10_000, end],
        ])
      ).status,
    ).toBe(200);
    const whole = await begin({ method: 'GET', key });
    const pieces: Buffer[] = [];
    for await (const piece of whole) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces).equals(Buffer.concat([first, last]))).toBe(true);
  });
});

describe('at the same time', () => {
  test('two uploads of one key leave one of the two, whole, and count once', async () => {
    const bodies = [randomBytes(4 * MIB), randomBytes(4 * MIB)];
    const told = await Promise.all(bodies.map((body) => put('a', body)));
    expect(told.map(({ status }) => status)).toEqual([200, 200]);
    const kept = (await get('a')).headers.etag;
    expect(told.map(({ headers }) => headers.etag)).toContain(kept);
    expect(rig.storedBytes(12)).toBe(4 * MIB);
    await expect.poll(dataFiles).toHaveLength(1);
  });

  test('a download ends whole though its object is deleted in its middle', async () => {
    const body = randomBytes(20 * MIB);
    await put('a', body);
    const response = await begin({ method: 'GET', key: 'a' });
    response.pause();
    expect((await ask({ method: 'DELETE', key: 'a' })).status).toBe(204);
    expect((await get('a')).code).toBe('NoSuchKey');
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces).equals(body)).toBe(true);
    await expect.poll(dataFiles).toEqual([]);
  });
});

describe('a large answer', () => {
  test('is counted to the byte; a crash in its middle counts at most 1 MiB that did not leave, and never beyond the allowance [6.2.4-b]', async () => {
    await put('a', randomBytes(30 * MIB));
    const before = rig.meter.usage(12)['bytes'] ?? 0;
    const crashed = join(folder, 'crashed.journal');
    for (let round = 0; round < 3; round += 1) {
      const response = await begin({ method: 'GET', key: 'a' });
      let came = 0;
      let ahead = -1;
      for await (const piece of response) {
        came += (piece as Buffer).length;
        if (ahead >= 0 || came < 10 * MIB) continue;
        copyFileSync(join(folder, 'meter.journal'), crashed);
        const counted = rig.meter.usage(12)['bytes'] ?? 0;
        const found = must(Meter.open(crashed));
        ahead = (found.usage(12)['bytes'] ?? 0) - counted;
        found.close();
      }
      expect(ahead).toBeGreaterThanOrEqual(0);
      expect(ahead).toBeLessThanOrEqual(MIB);
      expect(came).toBe(30 * MIB);
    }
    const counted = (rig.meter.usage(12)['bytes'] ?? 0) - before;
    expect(counted).toBe(90 * MIB);
    // 10 MiB are left of the allowance: the fourth is cut there, at the byte.
    const last = await begin({ method: 'GET', key: 'a' });
    let came = 0;
    const read = async (): Promise<void> => {
      for await (const piece of last) came += (piece as Buffer).length;
    };
    await expect(read()).rejects.toThrow('aborted');
    expect(came).toBe(ALLOWED_BYTES - 90 * MIB - before);
    await rig.stop();
    await rig.start();
    expect(rig.meter.usage(12)['bytes']).toBe(ALLOWED_BYTES);
    expect(await get('a')).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  test('does not come to its end when the disk has changed what was stored, and the log says which file', async () => {
    await put('small', Buffer.alloc(1_000));
    const [small = ''] = dataFiles();
    await put('large', Buffer.alloc(3 * MIB));
    for (const name of dataFiles()) {
      const file = await openFile(join(shelf(), 'data', name), 'r+');
      await file.write(Buffer.from('x'), 0, 1, 500);
      await file.close();
    }
    expect(await get('small')).toMatchObject({ status: 500, code: 'InternalError' });
    const large = await begin({ method: 'GET', key: 'large' });
    expect(large.headers['content-length']).toBe(String(3 * MIB));
    await expect(textOf(large)).rejects.toThrow('aborted');
    expect(said.some((line) => line.includes(small) && line.includes('the disk has changed them'))).toBe(true);
    expect(said).toHaveLength(2);
    // A file that lost its end is no object either.
    await put('short', Buffer.alloc(3 * MIB, 1));
    for (const name of dataFiles()) truncateSync(join(shelf(), 'data', name), 600);
    expect(await get('short')).toMatchObject({ status: 500, code: 'InternalError' });
  });
});
