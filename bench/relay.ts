import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, rounded } from './statistics.ts';

const BYTES = 512 * 1024 ** 2;
const PAIRS = 5;
const GATEWAY = fileURLToPath(new URL('../agent/testing/relay-gateway.ts', import.meta.url));
const run = promisify(execFile);

/** What curl is told, to be connected. */
type Way = readonly string[];

/** MB/s of one download by curl. */
async function download(url: string, way: Way): Promise<number> {
  const begunAt = performance.now();
  const { stdout } = await run('curl', ['--fail', '-sS', '-o', '/dev/null', '-w', '%{size_download}', ...way, url]);
  if (Number(stdout) !== BYTES) throw new Error(`curl took ${stdout} bytes of ${BYTES}`);
  return Math.round(BYTES / 1_000 / (performance.now() - begunAt));
}

/** Gives the same bytes again and again. */
async function serveBytes(): Promise<{ server: Server; url: string }> {
  const piece = Buffer.alloc(1024 ** 2, 'interpool');
  const server = createServer((_request, response) => {
    response.setHeader('content-length', BYTES);
    let left = BYTES;
    const send = (): void => {
      while (left > 0) {
        left -= piece.length;
        if (!response.write(piece)) return void response.once('drain', send);
      }
      response.end();
    };
    send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bytes` };
}

/** The agent's own gateway, in a process of its own, with one order of a relay; how curl is told of it by each protocol. */
async function relayProcess(folder: string): Promise<{ child: ChildProcess; ways: Readonly<Record<string, Way>> }> {
  const child = spawn(process.execPath, [GATEWAY, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const { port, user, password } = JSON.parse(line) as { port: number; user: string; password: string };
    const login = ['--proxy-user', `${user}:${password}`];
    const socks5: Way = ['--socks5-hostname', `127.0.0.1:${port}`, ...login];
    const connect: Way = ['--proxytunnel', '--proxy', `http://127.0.0.1:${port}`, ...login];
    return { child, ways: { socks5, connect } };
  }
  throw new Error('the relay ended before it said how it is reached');
}

/** Throughput of a download by curl through the agent's relay ÷ the same download without it, in turn. */
export async function benchRelay(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-bench-'));
  const { server, url } = await serveBytes();
  const { child, ways } = await relayProcess(join(folder, 'agent'));
  const ratios: Record<string, number[]> = {};
  try {
    // Once each before the clock counts: the relay's code is compiled then.
    for (const way of [[], ...Object.values(ways)]) await download(url, way);
    for (let pair = 0; pair < PAIRS; pair += 1) {
      for (const [protocol, way] of Object.entries(ways)) {
        const directMbPerS = await download(url, []);
        const relayMbPerS = await download(url, way);
        ratios[protocol] = [...(ratios[protocol] ?? []), relayMbPerS / directMbPerS];
        console.log(JSON.stringify({ figure: 'relay', protocol, relayMbPerS, directMbPerS }));
      }
    }
    for (const [protocol, found] of Object.entries(ratios))
      console.log(JSON.stringify({ figure: 'relay', protocol, ratio: rounded(median(found)) }));
  } finally {
    child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
