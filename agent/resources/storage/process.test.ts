import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { credentialsOf, storeClient } from '#agent/testing/store-rig.ts';
import { STORE_REGION } from '#ledger/contracts/kinds/storage.ts';

const run = promisify(execFile);
const GATEWAY = fileURLToPath(new URL('../../testing/storage-gateway.ts', import.meta.url));
const MIB = 1024 ** 2;
const at = { Bucket: 'order-1' };

let folder: string;
const children = new Set<ChildProcess>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storage-process-'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** The gateway in a process of its own, listening. */
async function startGateway(
  port = 0,
  command: readonly string[] = [],
): Promise<{ child: ChildProcess; endpoint: string }> {
  const [program = '', ...args] = [...command, process.execPath, GATEWAY, folder, String(port)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.add(child);
  for await (const line of createInterface({ input: child.stdout }))
    return { child, endpoint: new URL((JSON.parse(line) as { bucket: string }).bucket).origin };
  throw new Error('the gateway ended before it said how it is reached');
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function get(client: S3Client, Key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ ...at, Key }));
  return sha256((await Body?.transformToByteArray()) ?? new Uint8Array());
}

async function names(client: S3Client): Promise<string[]> {
  const { Contents } = await client.send(new ListObjectsV2Command(at));
  return (Contents ?? []).map(({ Key }) => Key ?? '');
}

/** Whether a program is there, and may do what it is told. */
function canRun([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('kill -9 of the agent’s gateway in the middle of uploads', () => {
  test('loses nothing that was answered, lists nothing in part, and the client’s own retries end well', async () => {
    const first = await startGateway();
    const { port } = new URL(first.endpoint);
    const one = storeClient(first.endpoint, 1);
    /** As a person or a script does: the same call again until it is answered. */
    const stubborn = <Answer>(make: () => Promise<Answer>): Promise<Answer> =>
      vi.waitFor(make, { timeout: 20_000, interval: 100 });
    const bodies = new Map(Array.from({ length: 12 }, (_, index) => [`object ${index}`, randomBytes(4 * MIB)]));
    const answered = new Set<string>();
    const { promise: isTime, resolve: reach } = Promise.withResolvers<void>();
    const uploads = [...bodies].map(async ([Key, Body]) => {
      await stubborn(() => one.send(new PutObjectCommand({ ...at, Key, Body })));
      answered.add(Key);
      if (answered.size === 4) reach();
    });
    const parts = [randomBytes(5 * MIB), randomBytes(MIB)];
    const inParts = (async () => {
      const { UploadId } = await stubborn(() => one.send(new CreateMultipartUploadCommand({ ...at, Key: 'in parts' })));
      const sent = await Promise.all(
        parts.map(async (Body, index) => {
          const part = { ...at, Key: 'in parts', UploadId, PartNumber: index + 1 };
          const { ETag } = await stubborn(() => one.send(new UploadPartCommand({ ...part, Body })));
          return { PartNumber: index + 1, ETag };
        }),
      );
      const whole = { ...at, Key: 'in parts', UploadId, MultipartUpload: { Parts: sent } };
      await stubborn(() => one.send(new CompleteMultipartUploadCommand(whole)));
    })();
    await isTime;
    await kill(first.child);
    const before = [...answered];
    expect(before.length).toBeLessThan(bodies.size);
    const second = await startGateway(Number(port));
    const client = storeClient(second.endpoint, 1);
    const listed = await names(client);
    for (const name of before) expect(listed).toContain(name);
    for (const name of listed.filter((name) => bodies.has(name)))
      expect(await get(client, name)).toBe(sha256(bodies.get(name) ?? new Uint8Array()));
    await Promise.all([...uploads, inParts]);
    expect((await names(client)).length).toBe(bodies.size + 1);
    for (const [name, body] of bodies) expect(await get(client, name)).toBe(sha256(body));
    expect(await get(client, 'in parts')).toBe(sha256(Buffer.concat(parts)));
    client.destroy();
    one.destroy();
  });

  const hasRclone = canRun(['rclone', 'version']);
  test.skipIf(!hasRclone)('rclone, which tries again, has everything there afterwards (needs rclone)', async () => {
    const first = await startGateway();
    const source = join(folder, 'source');
    mkdirSync(source);
    for (let index = 0; index < 8; index += 1) writeFileSync(join(source, `file ${index}`), randomBytes(6 * MIB));
    const { accessKeyId, secretAccessKey } = credentialsOf(1);
    const env = {
      NODE_ENV: process.env.NODE_ENV,
      PATH: process.env.PATH ?? '',
      RCLONE_CONFIG: '/dev/null',
      RCLONE_S3_PROVIDER: 'Other',
      RCLONE_S3_ENDPOINT: first.endpoint,
      RCLONE_S3_REGION: STORE_REGION,
      RCLONE_S3_ACCESS_KEY_ID: accessKeyId,
      RCLONE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const sizes = ['--s3-upload-cutoff', '5M', '--s3-chunk-size', '5M', '--retries', '10', '--retries-sleep', '500ms'];
    const sync = run('rclone', ['sync', source, ':s3:order-1/copy', ...sizes], { env });
    const client = storeClient(first.endpoint, 1);
    await expect.poll(() => names(client), { timeout: 20_000 }).not.toEqual([]);
    await kill(first.child);
    await startGateway(Number(new URL(first.endpoint).port));
    await sync;
    const { stderr } = await run('rclone', ['check', source, ':s3:order-1/copy', '--download'], { env });
    expect(stderr).toContain('0 differences found');
    client.destroy();
  });
});

/** A disk of 24 MiB over the shelf, that only the gateway's process sees. */
const SMALL_DISK = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$@"'];
const mayMount = canRun(['unshare', '-m', 'sh', '-c', 'mount -t tmpfs tmpfs /tmp']);

describe('a disk that is full', () => {
  test.skipIf(!mayMount)(
    'says so, keeps nothing of what did not fit and everything else, and goes on when there is room (needs root)',
    async () => {
      const shelf = join(folder, 'shelf');
      mkdirSync(shelf);
      const { endpoint } = await startGateway(0, [...SMALL_DISK, shelf]);
      const client = storeClient(endpoint, 1);
      const put = (Key: string, bytes: number): Promise<unknown> =>
        client.send(new PutObjectCommand({ ...at, Key, Body: Buffer.alloc(bytes, 1) }));
      const kept = sha256(Buffer.alloc(12 * MIB, 1));
      await put('kept', 12 * MIB);
      for (let attempt = 0; attempt < 2; attempt += 1)
        await expect(put('large', 16 * MIB)).rejects.toMatchObject({
          name: 'InsufficientStorage',
          $metadata: { httpStatusCode: 507 },
        });
      expect([await names(client), await get(client, 'kept')]).toEqual([['kept'], kept]);
      await client.send(new DeleteObjectCommand({ ...at, Key: 'kept' }));
      await put('large', 16 * MIB);
      expect(await names(client)).toEqual(['large']);
      client.destroy();
    },
  );
});
