import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { done } from '#agent/outcome.ts';
import { noPayloads } from '#agent/payloads.ts';
import { NO_SPENDING } from '#agent/spending.ts';
import { Sha256 } from '#agent/object-store/testing/signed-request.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { must } from '#agent/testing/kind-rig.ts';
import { credentialsOf, storeClient, StoreRig } from '#agent/testing/store-rig.ts';
import { STORE_REGION } from '#ledger/contracts/kinds/storage.ts';
import { storageKind } from './storage-kind.ts';

const QUOTA = 3_000_000;
const ROOM = 50_000_000;
/** Shorter than the time by which a signature may be off. */
const WINDOW_MS = 600_000;

let folder: string;
let rig: StoreRig;
let said: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'storage-kind-'));
  said = [];
  rig = new StoreRig({
    folder,
    roomBytes: ROOM,
    windowMs: WINDOW_MS,
    amounts: { bytes: 100_000_000, bytesIn: 100_000_000, calls: 1_000, storedBytes: QUOTA },
    promise: [
      { meter: 'firstByteMs', amount: 1_000 },
      { meter: 'probeBytesPerS', amount: 1 },
    ],
    log: (sentence) => said.push(sentence),
  });
  await rig.start();
  for (const agreement of [12, 13]) await rig.deliver(agreement);
});
afterEach(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true, force: true });
});

const clientOf = (agreement: number, secret?: string): S3Client => storeClient(rig.endpoint, agreement, secret);
const at = { Bucket: 'order-12' };

async function put(key: string, bytes: Uint8Array, client = clientOf(12)): Promise<void> {
  await client.send(new PutObjectCommand({ ...at, Key: key, Body: bytes }));
}

async function get(key: string, client = clientOf(12)): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ ...at, Key: key }));
  return Body!.transformToByteArray();
}

/** Status, code and sentence of what a client was refused. */
async function refusal(
  work: Promise<unknown>,
): Promise<{ status: number | undefined; code: string; sentence: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as S3ServiceException,
  );
  if (error === undefined) throw new Error('it was not refused');
  return { status: error.$metadata?.httpStatusCode, code: error.name, sentence: error.message };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('an order’s storage behind the gateway [8.4.1-a] [8.4.3-a]', () => {
  test('is used by Amazon’s own client: what was put is listed, read whole and in part, counted both ways, and gone when deleted', async () => {
    const bytes = randomBytes(2_000_000);
    await put('folder/a file.bin', bytes);
    const { Contents } = await clientOf(12).send(new ListObjectsV2Command(at));
    expect(Contents).toMatchObject([{ Key: 'folder/a file.bin', Size: 2_000_000 }]);
    expect(sha256(await get('folder/a file.bin'))).toBe(sha256(bytes));
    const part = await clientOf(12).send(
      new GetObjectCommand({ ...at, Key: 'folder/a file.bin', Range: 'bytes=10-19' }),
    );
    expect(Buffer.from(await part.Body!.transformToByteArray())).toEqual(bytes.subarray(10, 20));
    const { calls, bytes: out, bytesIn } = rig.meter.usage(12);
    expect(calls).toBe(4);
    expect(bytesIn).toBeGreaterThanOrEqual(2_000_000);
    expect(bytesIn).toBeLessThan(2_010_000);
    expect(out).toBeGreaterThanOrEqual(2_000_010);
    expect(rig.open.describe(rig.termsOf(12))).toMatchObject({ bucket: 'order-12', storedBytes: 2_000_000 });
    await clientOf(12).send(new DeleteObjectCommand({ ...at, Key: 'folder/a file.bin' }));
    expect(rig.open.describe(rig.termsOf(12))).toMatchObject({ storedBytes: 0 });
    expect(await refusal(get('folder/a file.bin'))).toMatchObject({ status: 404, code: 'NoSuchKey' });
    expect(said).toEqual([]);
  });

  test('takes no more than its quota, and says so', async () => {
    await put('a', randomBytes(2_000_000));
    expect(await refusal(put('b', randomBytes(1_500_000)))).toMatchObject({ status: 403, code: 'QuotaExceeded' });
    expect((await get('a')).length).toBe(2_000_000);
  });

  test('is opened by its own link alone: another order’s, a wrong secret and a token as a bearer get nothing', async () => {
    await put('a', randomBytes(10));
    expect(await refusal(get('a', clientOf(13)))).toMatchObject({ status: 404, code: 'NoSuchBucket' });
    expect(await refusal(get('a', clientOf(12, credentialsOf(13).secretAccessKey)))).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    expect(await refusal(get('a', clientOf(99)))).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    const { Buckets } = await clientOf(13).send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['order-13']);
    const anonymous = await fetch(`${rig.endpoint}/order-12/a`);
    expect([anonymous.status, await anonymous.text()]).toEqual([
      403,
      expect.stringContaining('<Code>AccessDenied</Code>'),
    ]);
  });

  test('is there after a restart, answers with the reason after the window, and is erased when it is let go', async () => {
    const bytes = randomBytes(1_000);
    await put('a', bytes);
    await rig.stop();
    await rig.start();
    expect(sha256(await get('a'))).toBe(sha256(bytes));
    rig.nowMs = () => rig.startMs + WINDOW_MS;
    rig.book.record({ kind: 'head', height: 2, timeMs: rig.startMs + WINDOW_MS });
    for (const work of [get('a'), put('b', bytes)])
      expect(await refusal(work)).toMatchObject({
        status: 403,
        code: 'AccessDenied',
        sentence: expect.stringContaining('its time was up') as string,
      });
    const bucket = join(folder, 'shelf', 'order-12');
    expect(existsSync(bucket)).toBe(true);
    must(await rig.open.release(rig.termsOf(12)));
    must(await rig.open.release(rig.termsOf(12)));
    expect(existsSync(bucket)).toBe(false);
  });

  test('an upload under way is cut when the order ends, and leaves nothing', async () => {
    const signer = new SignatureV4({
      region: STORE_REGION,
      service: 's3',
      uriEscapePath: false,
      sha256: Sha256 as never,
      credentials: credentialsOf(12),
    });
    const { host, hostname, port } = new URL(rig.endpoint);
    const unsigned = { host, 'content-length': '200000', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const { headers } = await signer.sign({
      method: 'PUT',
      path: '/order-12/slow',
      headers: unsigned,
      protocol: 'http:',
      hostname,
    });
    const upload = httpRequest({ hostname, port, method: 'PUT', path: '/order-12/slow', headers });
    const over = new Promise((resolve) => upload.once('error', resolve).once('response', resolve));
    upload.write(randomBytes(100_000));
    await expect.poll(() => rig.storedBytes(12)).toBe(200_000);
    rig.gateway.cut(12, { status: 410, reason: 'ended', agreement: 12, sentence: 'Order O-12 has ended.' });
    await over;
    upload.destroy();
    await expect.poll(() => rig.storedBytes(12)).toBe(0);
  });

  test('measures its first byte and the disk’s throughput', async () => {
    await put('a', randomBytes(1_000));
    const { firstByteMs, probeBytesPerS } = rig.open.measure(rig.termsOf(12), {
      fromMs: rig.startMs,
      toMs: Date.now() + 1,
    });
    expect(firstByteMs).toBeGreaterThanOrEqual(0);
    expect(probeBytesPerS).toBeGreaterThan(1_000);
  });

  test('an order for more than the store has left beside what it promised is not made ready, after a restart too [8.4.1-a]', async () => {
    const asking = (storedBytes: number, agreement = 14) => {
      const terms = rig.termsOf(agreement);
      return { ...terms, amounts: { ...terms.amounts, storedBytes } };
    };
    const left = ROOM - 2 * QUOTA;
    expect(await rig.open.prepare(asking(left + 1), rig.published, [])).toEqual({
      ok: false,
      sentence: `the store shelf has ${ROOM} bytes, and with this order ${ROOM + 1} would be promised`,
    });
    expect(existsSync(join(folder, 'shelf', 'order-14'))).toBe(false);
    // Whoever continues an order has its bucket.
    must(await rig.open.prepare({ ...asking(left + QUOTA), first: 12 }, rig.published, []));
    await rig.stop();
    await rig.start();
    const beside = [...rig.book.orders.values()].map(({ terms }) => terms);
    expect(await rig.open.prepare(asking(left + 1), rig.published, beside)).toMatchObject({ ok: false });
    must(await rig.open.prepare(asking(left), rig.published, beside));
    must(await rig.open.prepare(asking(left), rig.published, beside));
    expect(await rig.open.prepare(asking(1, 15), rig.published, beside)).toMatchObject({ ok: false });
    must(await rig.open.release(asking(left)));
    must(await rig.open.prepare(asking(1, 15), rig.published, beside));
  });

  test('a store is tested for its room, and refused where the disk has less', async () => {
    expect(must(await rig.open.test('shelf')).attributes).toEqual(rig.published.attributes);
    const section = { stores: [{ id: 'vast', title: 'Vast', folder: 'vast', bytes: 2 ** 49 }] };
    const vast = must(storageKind.configure(section, folder)).open({
      folder,
      spending: NO_SPENDING,
      payloads: noPayloads('ab'.repeat(32)),
      measureRoundTrip: () => Promise.resolve(done(1)),
      isRefused: () => false,
      log: () => undefined,
    });
    expect(await vast.test('vast')).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('make room') as string,
    });
    expect(await vast.test('nothing')).toMatchObject({ ok: false });
    vast.close();
  });
});

test.each([
  [
    'two stores in one folder',
    {
      stores: [
        { id: 'a', title: 'A', folder: 'x', bytes: 1 },
        { id: 'b', title: 'B', folder: './x', bytes: 1 },
      ],
    },
    /same folder/,
  ],
  ['no room', { stores: [{ id: 'a', title: 'A', folder: 'x', bytes: 0 }] }, /storage\.stores\.0\.bytes/],
  ['a word more', { stores: [{ id: 'a', title: 'A', folder: 'x', bytes: 1, public: true }] }, /storage\.stores\.0/],
  ['nothing', null, /^storage/],
])('a section with %s is refused with its place', (_what, section, sentence) => {
  const folderOf = mkdtempSync(join(tmpdir(), 'storage-section-'));
  expect(storageKind.configure(section, folderOf)).toMatchObject({
    ok: false,
    sentence: expect.stringMatching(sentence) as string,
  });
  rmSync(folderOf, { recursive: true });
});
