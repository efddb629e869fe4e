import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bucket } from './bucket.ts';
import { newDigest } from './checksums.ts';
import {
  BUCKET,
  CREDENTIALS,
  makeFolder,
  openBucket,
  REGION,
  serviceOf,
  startServer,
  type StoreServer,
} from './testing/store-server.ts';

const run = promisify(execFile);
const MIB = 1024 ** 2;

let folder: ReturnType<typeof makeFolder>;
let bucket: Bucket;
let server: StoreServer;
let client: S3Client;

beforeEach(async () => {
  folder = makeFolder();
  bucket = openBucket(folder.path, { quotaBytes: 64 * MIB });
  server = await startServer(serviceOf(bucket));
  client = clientOf(server.endpoint);
});

afterEach(async () => {
  client.destroy();
  await server.close();
  bucket.close();
  folder.remove();
});

function clientOf(endpoint: string): S3Client {
  return new S3Client({ endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
}

async function bytesAt(key: string, range?: string): Promise<Buffer> {
  const answer = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key, Range: range }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
}

describe('Amazon’s own client', () => {
  test('puts, reads, lists, copies and deletes objects', async () => {
    const Body = randomBytes(300_000);
    const put = await client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: 'a b/ü+%.bin',
        Body,
        ContentType: 'text/x-test',
        Metadata: { who: 'me' },
      }),
    );
    expect(put.ETag).toBe(`"${createHash('md5').update(Body).digest('hex')}"`);
    expect(await bytesAt('a b/ü+%.bin')).toEqual(Body);
    expect(await bytesAt('a b/ü+%.bin', 'bytes=10-19')).toEqual(Body.subarray(10, 20));
    const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'a b/ü+%.bin' }));
    expect(head).toMatchObject({ ContentLength: 300_000, ContentType: 'text/x-test', Metadata: { who: 'me' } });
    const CopySource = `${BUCKET}/a%20b/%C3%BC%2B%25.bin`;
    await client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'copy', CopySource }));
    expect(await bytesAt('copy')).toEqual(Body);
    const listed = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Delimiter: '/' }));
    expect(listed.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([['copy', 300_000]]);
    expect(listed.CommonPrefixes).toEqual([{ Prefix: 'a b/' }]);
    const first = await client.send(new ListObjectsCommand({ Bucket: BUCKET, MaxKeys: 1 }));
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'a b/ü+%.bin' });
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'a b/ü+%.bin' }));
    const Objects = [{ Key: 'copy' }, { Key: 'not there & <never>' }];
    const deleted = await client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }));
    expect(deleted.Deleted?.map(({ Key }) => Key)).toEqual(['copy', 'not there & <never>']);
    await expect(bytesAt('copy')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(bucket.usedBytes).toBe(0);
  });

  test('uploads in parts, lists them, copies a range as a part, and gives one up', async () => {
    const [one, two] = [randomBytes(5 * MIB), randomBytes(6 * MIB)];
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'source', Body: two }));
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'large', ChecksumAlgorithm: 'CRC32' }),
    );
    const at = { Bucket: BUCKET, Key: 'large', UploadId };
    const range = { CopySource: `/${BUCKET}/source`, CopySourceRange: `bytes=100-${5 * MIB + 99}` };
    const copied = await client.send(new UploadPartCopyCommand({ ...at, PartNumber: 1, ...range }));
    const second = await client.send(new UploadPartCommand({ ...at, PartNumber: 2, Body: one }));
    const third = await client.send(new UploadPartCommand({ ...at, PartNumber: 7, Body: two.subarray(0, 10) }));
    const { Parts } = await client.send(new ListPartsCommand(at));
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * MIB],
      [2, 5 * MIB],
      [7, 10],
    ]);
    const parts = [
      { PartNumber: 1, ETag: copied.CopyPartResult?.ETag },
      { PartNumber: 2, ETag: second.ETag, ChecksumCRC32: second.ChecksumCRC32 },
      { PartNumber: 7, ETag: third.ETag },
    ];
    const completion = new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts: parts } });
    const completed = await client.send(completion);
    expect(completed.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(completed.ChecksumCRC32).toMatch(/-3$/);
    // The first answer may have been lost.
    expect((await client.send(completion)).ETag).toBe(completed.ETag);
    const whole = Buffer.concat([two.subarray(100, 5 * MIB + 100), one, two.subarray(0, 10)]);
    expect((await bytesAt('large')).equals(whole)).toBe(true);
    expect(
      (await bytesAt('large', `bytes=${5 * MIB - 3}-${5 * MIB + 2}`)).equals(whole.subarray(5 * MIB - 3, 5 * MIB + 3)),
    ).toBe(true);
    const other = await client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'other' }));
    const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    expect(uploads.Uploads?.map(({ Key }) => Key)).toEqual(['other']);
    const given = { Bucket: BUCKET, Key: 'other', UploadId: other.UploadId };
    await client.send(new UploadPartCommand({ ...given, PartNumber: 1, Body: one }));
    await client.send(new AbortMultipartUploadCommand(given));
    expect(bucket.usedBytes).toBe(whole.length + two.length);
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'has its %s checked and given back',
    async (algorithm) => {
      const at = { Bucket: BUCKET, Key: 'summed' };
      const Body = randomBytes(100_000);
      const put = await client.send(new PutObjectCommand({ ...at, Body, ChecksumAlgorithm: algorithm }));
      const got = await client.send(new GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(Body);
      expect(put[`Checksum${algorithm}`]).toBeDefined();
      expect(got[`Checksum${algorithm}`]).toBe(put[`Checksum${algorithm}`]);
    },
  );

  test('streams a body whose checksum follows it', async () => {
    const Body = Readable.from([randomBytes(70_000), randomBytes(80_000)]);
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'streamed', Body, ContentLength: 150_000 }));
    expect(await bytesAt('streamed')).toHaveLength(150_000);
  });

  test('has the CRC-64 of a whole object checked and given back, though it came in parts', async () => {
    const at = { Bucket: BUCKET, Key: 'whole' };
    const Body = randomBytes(5 * MIB);
    const ChecksumAlgorithm = 'CRC64NVME';
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm }));
    const parts = [];
    for (const PartNumber of [1, 2]) {
      const part = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ChecksumAlgorithm }));
      parts.push({ PartNumber, ETag: part.ETag, ChecksumCRC64NVME: part.ChecksumCRC64NVME });
    }
    const digest = await newDigest('crc64nvme');
    digest.update(Body);
    digest.update(Body);
    const ChecksumCRC64NVME = digest.digest().toString('base64');
    const complete = { ...at, UploadId, MultipartUpload: { Parts: parts }, ChecksumType: 'FULL_OBJECT' } as const;
    const wrong = client.send(new CompleteMultipartUploadCommand({ ...complete, ChecksumCRC64NVME: 'AAAAAAAAAAA=' }));
    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
    await client.send(new CompleteMultipartUploadCommand({ ...complete, ChecksumCRC64NVME }));
    const got = await client.send(new GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    expect(got).toMatchObject({ ChecksumCRC64NVME, ChecksumType: 'FULL_OBJECT' });
    expect(await got.Body?.transformToByteArray()).toHaveLength(10 * MIB);
  });

  test('makes addresses that anybody may read and write with until they expire', async () => {
    const signer = new SignatureV4({
      region: REGION,
      credentials: CREDENTIALS,
      service: 's3',
      uriEscapePath: false,
      sha256: client.config.sha256,
    });
    const { hostname, port, host } = new URL(server.endpoint);
    const presign = async (method: string, query: Record<string, string> = {}): Promise<string> => {
      // Amazon's library makes parameters of all but the host.
      const headers = { host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'x-amz-meta-from': 'somebody' };
      const path = `/${BUCKET}/to/${encodeURIComponent('a & b')}`;
      const request = { protocol: 'http:', hostname, port: Number(port), method, path, headers, query };
      const signed = await signer.presign(request, { expiresIn: 60 });
      return `${server.endpoint}${path}?${new URLSearchParams(signed.query as Record<string, string>).toString()}`;
    };
    expect((await fetch(await presign('PUT'), { method: 'PUT', body: 'hello' })).status).toBe(200);
    const read = await fetch(await presign('GET', { 'response-content-type': 'text/plain' }));
    expect(read.headers.get('content-type')).toBe('text/plain');
    expect(read.headers.get('x-amz-meta-from')).toBe('somebody');
    expect(await read.text()).toBe('hello');
    expect((await fetch(await presign('GET'), { method: 'DELETE' })).status).toBe(403);
    const smuggled = await presign('PUT', { 'x-amz-meta-a': 'b\r\nset-cookie: c' });
    expect((await fetch(smuggled, { method: 'PUT', body: 'hello' })).status).toBe(400);
  });

  test('waits with a large body until it is wanted, and is told at once that it does not fit', async () => {
    const Body = Buffer.alloc(65 * MIB);
    const upload = client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'too large', Body }));
    await expect(upload).rejects.toMatchObject({
      name: 'QuotaExceeded',
      $metadata: { httpStatusCode: 403, attempts: 1 },
    });
  });

  test('reads the names of keys that XML cannot carry, when it asks for them encoded', async () => {
    const Key = 'bell\u0007, null\u0000, <&>, \r\n';
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, EncodingType: 'url' }));
    expect(Contents?.map((object) => decodeURIComponent(object.Key ?? ''))).toEqual([Key]);
  });

  test('hears what the bucket is, and that other operations are not offered', async () => {
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual([BUCKET]);
    await client.send(new HeadBucketCommand({ Bucket: BUCKET }));
    const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket: BUCKET }));
    expect(LocationConstraint).toBe(REGION);
    expect((await client.send(new GetBucketVersioningCommand({ Bucket: BUCKET }))).Status).toBeUndefined();
    const refusals = [
      [new CreateBucketCommand({ Bucket: BUCKET }), 'BucketAlreadyOwnedByYou'],
      [new CreateBucketCommand({ Bucket: 'another' }), 'NoSuchBucket'],
      [new ListObjectsV2Command({ Bucket: 'another' }), 'NoSuchBucket'],
      [new GetObjectAclCommand({ Bucket: BUCKET, Key: 'a' }), 'NotImplemented'],
    ] as const;
    for (const [command, name] of refusals) {
      await expect(client.send(command as never)).rejects.toMatchObject({ name });
    }
  });
});

/** Programs of others; where one is not installed its test says so and is left out. */
const hasProgram = (name: string): boolean => spawnSync(name, ['--version']).status === 0;

describe('programs of others', () => {
  /** Of nothing but this: variables of whoever runs the tests could name another store, or certificates of their own. */
  const environment = { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH ?? '', HOME: '' };

  beforeEach(() => {
    environment.HOME = folder.path;
    const source = join(folder.path, 'source', 'sub folder');
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, 'ü +%&.txt'), 'hello');
    writeFileSync(join(folder.path, 'source', 'empty'), '');
    writeFileSync(join(folder.path, 'source', 'large.bin'), randomBytes(12 * MIB));
  });

  test.skipIf(!hasProgram('rclone'))(
    'rclone synchronises a folder, behind a path of the address too (needs rclone)',
    async () => {
      const behind = await startServer(serviceOf(bucket), '/v1/agreements/12/store');
      const rclone = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
        run('rclone', [...args, '--config', join(folder.path, 'rclone.conf'), '--retries', '1'], {
          env: {
            ...environment,
            RCLONE_S3_PROVIDER: 'Other',
            RCLONE_S3_ENDPOINT: behind.endpoint,
            RCLONE_S3_REGION: REGION,
            RCLONE_S3_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
            RCLONE_S3_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
          },
        });
      const [source, target] = [join(folder.path, 'source'), `:s3:${BUCKET}/copy`];
      await rclone('sync', source, target, '--s3-upload-cutoff', '6M', '--s3-chunk-size', '5M');
      expect((await rclone('check', source, target, '--download')).stderr).toContain('0 differences found');
      writeFileSync(join(source, 'empty'), 'not any more');
      await rclone('sync', source, target);
      await rclone('copy', target, join(folder.path, 'back'));
      expect(readFileSync(join(folder.path, 'back', 'empty'), 'utf8')).toBe('not any more');
      await rclone('purge', target);
      expect(bucket.usedBytes).toBe(0);
      await behind.close();
    },
  );

  test.skipIf(!hasProgram('s3cmd'))('s3cmd puts in parts, lists, gets and deletes (needs s3cmd)', async () => {
    const host = new URL(server.endpoint).host;
    const config = join(folder.path, 's3cfg');
    const settings = {
      access_key: CREDENTIALS.accessKeyId,
      secret_key: CREDENTIALS.secretAccessKey,
      host_base: host,
      host_bucket: host,
      bucket_location: REGION,
      use_https: 'False',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    writeFileSync(config, `[default]\n${lines.join('\n')}\n`);
    const s3cmd = (...args: string[]): Promise<{ stdout: string }> =>
      run('s3cmd', ['-c', config, ...args], { env: environment });
    const file = join(folder.path, 'source', 'large.bin');
    await s3cmd('put', file, `s3://${BUCKET}/dir/large.bin`, '--multipart-chunk-size-mb=5');
    expect((await s3cmd('ls', `s3://${BUCKET}/dir/`)).stdout).toContain(`s3://${BUCKET}/dir/large.bin`);
    await s3cmd('get', `s3://${BUCKET}/dir/large.bin`, join(folder.path, 'got.bin'));
    expect(readFileSync(join(folder.path, 'got.bin')).equals(readFileSync(file))).toBe(true);
    await s3cmd('del', `s3://${BUCKET}/dir/large.bin`);
    expect(bucket.usedBytes).toBe(0);
  });
});
