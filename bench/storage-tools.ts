import { execFile } from 'node:child_process';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const run = promisify(execFile);

/** A bucket as tools are told of it. */
export interface Access {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

interface Tool {
  readonly name: string;
  readonly isHere: boolean;
  put(file: string): Promise<unknown>;
  get(to: string): Promise<unknown>;
}

function rclone({ endpoint, region, bucket, accessKey, secretKey }: Access): Tool {
  const program = '/usr/bin/rclone';
  const env = {
    PATH: '/usr/bin:/bin',
    NODE_ENV: 'production' as const,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_S3_PROVIDER: 'Other',
    RCLONE_S3_ENDPOINT: endpoint,
    RCLONE_S3_REGION: region,
    RCLONE_S3_ACCESS_KEY_ID: accessKey,
    RCLONE_S3_SECRET_ACCESS_KEY: secretKey,
  };
  const at = `:s3:${bucket}/by-rclone`;
  return {
    name: 'rclone',
    isHere: existsSync(program),
    put: (file) => run(program, ['copyto', file, at, '--ignore-times'], { env }),
    get: (to) => run(program, ['copyto', at, to, '--ignore-times'], { env }),
  };
}

function s3cmd({ endpoint, region, bucket, accessKey, secretKey }: Access): Tool {
  const program = '/usr/bin/s3cmd';
  const host = new URL(endpoint).host;
  const flags = [
    '--config=/dev/null',
    '--no-ssl',
    '--quiet',
    `--host=${host}`,
    `--host-bucket=${host}`,
    `--region=${region}`,
  ];
  const keys = [`--access_key=${accessKey}`, `--secret_key=${secretKey}`];
  const at = `s3://${bucket}/by-s3cmd`;
  return {
    name: 's3cmd',
    isHere: existsSync(program),
    put: (file) => run(program, [...flags, ...keys, 'put', file, at]),
    get: (to) => run(program, [...flags, ...keys, 'get', '--force', at, to]),
  };
}

function sdk({ endpoint, region, bucket, accessKey, secretKey }: Access): Tool {
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  const at = { Bucket: bucket, Key: 'by-sdk' };
  return {
    name: 'AWS SDK for JavaScript',
    isHere: true,
    put: (file) =>
      client.send(new PutObjectCommand({ ...at, Body: createReadStream(file), ContentLength: statSync(file).size })),
    get: async () => {
      const { Body } = await client.send(new GetObjectCommand(at));
      await pipeline(Body as NodeJS.ReadableStream, new Writable({ write: (_chunk, _encoding, done) => done() }));
    },
  };
}

/** What everybody's tools reach at the same bucket, in MB/s; each with its own checksums, parts and start. Those that are not on this machine are left out. */
export async function reportTools(access: Access, file: string): Promise<void> {
  const { size } = statSync(file);
  const mbPerS = async (work: Promise<unknown>): Promise<number> => {
    const begunAt = performance.now();
    await work;
    return Math.round(size / 1_000 / (performance.now() - begunAt));
  };
  for (const tool of [rclone(access), s3cmd(access), sdk(access)].filter(({ isHere }) => isHere)) {
    const putMbPerS = await mbPerS(tool.put(file));
    const getMbPerS = await mbPerS(tool.get(`${file}.back`));
    console.log(JSON.stringify({ figure: 'storage', tool: tool.name, putMbPerS, getMbPerS }));
  }
}
