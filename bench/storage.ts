import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, rounded } from './statistics.ts';
import { reportTools, type Access } from './storage-tools.ts';

const BYTES = 256 * 1024 ** 2;
const PAIRS = 5;
const GATEWAY = fileURLToPath(new URL('../agent/testing/storage-gateway.ts', import.meta.url));
const run = promisify(execFile);

interface Place {
  readonly url: string;
  /** What curl is told besides, to be let in. */
  readonly access: readonly string[];
}

/** What curl took to put the file there and to get it back, in ms. */
async function putAndGet(file: string, { url, access }: Place): Promise<{ putMs: number; getMs: number }> {
  const timed = async (args: readonly string[]): Promise<number> => {
    const begunAt = performance.now();
    await run('curl', ['--fail', '-sS', '-o', '/dev/null', ...access, ...args, url]);
    return performance.now() - begunAt;
  };
  const putMs = await timed(['-T', file]);
  return { putMs, getMs: await timed([]) };
}

/** The least that stores a file durably over HTTP and gives it back: written, synced, renamed; read as a stream. */
async function bareServer(folder: string): Promise<{ server: Server; place: Place }> {
  const kept = join(folder, 'bare');
  const server = createServer((request, response) => {
    const work = async (): Promise<void> => {
      if (request.method === 'PUT') {
        await pipeline(request, createWriteStream(`${kept}.new`));
        const file = await open(`${kept}.new`, 'r');
        await file.sync();
        await file.close();
        await rename(`${kept}.new`, kept);
        response.end();
        return;
      }
      response.setHeader('content-length', statSync(kept).size);
      await pipeline(createReadStream(kept), response);
    };
    work().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, place: { url: `http://127.0.0.1:${port}/file`, access: [] } };
}

/** The agent's own gateway, in a process of its own, with one order of storage. */
async function storeProcess(folder: string): Promise<{ child: ChildProcess; place: Place; tools: Access }> {
  const child = spawn(process.execPath, [GATEWAY, join(folder, 'agent')], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const { bucket, region, user } = JSON.parse(line) as { bucket: string; region: string; user: string };
    const access = [
      '--aws-sigv4',
      `aws:amz:${region}:s3`,
      '--user',
      user,
      '-H',
      'x-amz-content-sha256: UNSIGNED-PAYLOAD',
    ];
    const [accessKey = '', secretKey = ''] = user.split(':');
    const { origin, pathname } = new URL(bucket);
    const tools = { endpoint: origin, region, bucket: pathname.slice(1), accessKey, secretKey };
    return { child, place: { url: `${bucket}/file`, access }, tools };
  }
  throw new Error('the gateway ended before it said how it is reached');
}

/** P13: put and get of 256 MiB by curl, at the agent's gateway and at a bare HTTP server that writes the same file durably, in turn. */
export async function benchStorage(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-bench-'));
  const file = join(folder, 'file.bin');
  writeFileSync(file, randomFillSync(Buffer.alloc(BYTES)));
  const bare = await bareServer(folder);
  const store = await storeProcess(folder);
  const ratios: { put: number; get: number }[] = [];
  try {
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const limit = await putAndGet(file, bare.place);
      const ours = await putAndGet(file, store.place);
      ratios.push({ put: limit.putMs / ours.putMs, get: limit.getMs / ours.getMs });
      const inMbPerS = (ms: number): number => Math.round(BYTES / 1_000 / ms);
      console.log(
        JSON.stringify({
          figure: 'storage',
          putMbPerS: inMbPerS(ours.putMs),
          getMbPerS: inMbPerS(ours.getMs),
          barePutMbPerS: inMbPerS(limit.putMs),
          bareGetMbPerS: inMbPerS(limit.getMs),
        }),
      );
    }
    const of = (what: 'put' | 'get'): number => rounded(median(ratios.map((ratio) => ratio[what])));
    console.log(JSON.stringify({ figure: 'storage', put: of('put'), get: of('get') }));
    await reportTools(store.tools, file);
  } finally {
    store.child.kill('SIGKILL');
    bare.server.closeAllConnections();
    bare.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
