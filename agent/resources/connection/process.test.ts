import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openThrough } from '#agent/relay/client.ts';

const GATEWAY = fileURLToPath(new URL('../../testing/relay-gateway.ts', import.meta.url));
/** How far the count may be ahead of what passed after a crash: what stands on the disk for later pieces, and pieces under way. */
const AHEAD_BYTES_MAX = 1024 * 1024 + 2 * 256 * 1024;

interface Relay {
  readonly child: ChildProcess;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Address that tells how the order stands. */
  readonly state: string;
}

let folder: string;
let target: Server;
/** Bytes that reached the target. */
let reached: number;
const sockets = new Set<Socket>();
const children = new Set<ChildProcess>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connection-process-'));
  reached = 0;
  target = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      reached += chunk.length;
    });
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const socket of sockets) socket.destroy();
  target.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The relay in a process of its own, listening. */
async function startRelay(port = 0): Promise<Relay> {
  const child = spawn(process.execPath, [GATEWAY, folder, String(port)], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.add(child);
  for await (const line of createInterface({ input: child.stdout }))
    return { child, ...(JSON.parse(line) as Omit<Relay, 'child'>) };
  throw new Error('the relay ended before it said how it is reached');
}

async function kill({ child }: Relay): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function bytesIn({ state, password }: Relay): Promise<number> {
  const response = await fetch(state, { headers: { authorization: `Bearer ${password}` } });
  return ((await response.json()) as { bytesIn: number }).bytesIn;
}

async function open(relay: Relay): Promise<Socket> {
  const { port } = target.address() as AddressInfo;
  const { socket } = await openThrough({ ...relay, host: '127.0.0.1' }, { host: '127.0.0.1', port });
  sockets.add(socket);
  socket.on('error', () => undefined);
  return socket;
}

test('kill -9 of the relay in the middle of a transfer loses no byte that passed, and counts none twice [7.2.2-d]', async () => {
  let relay = await startRelay();
  let before = 0;
  for (let round = 0; round < 3; round += 1) {
    const socket = await open(relay);
    const piece = Buffer.alloc(100_000);
    const send = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', send);
    send();
    const goal = reached + 5_000_000;
    await vi.waitFor(() => expect(reached).toBeGreaterThan(goal), { timeout: 20_000, interval: 5 });
    await kill(relay);
    socket.destroy();
    relay = await startRelay(relay.port);
    // What was under way to the target arrives before anybody looks.
    const passed = await settled();
    const counted = await bytesIn(relay);
    expect(counted).toBeGreaterThanOrEqual(passed);
    expect(counted - passed).toBeLessThanOrEqual((round + 1) * AHEAD_BYTES_MAX);
    expect(counted).toBeGreaterThan(before);
    before = counted;
  }
  // Without a crash the count is exact.
  const socket = await open(relay);
  const start = reached;
  socket.end(Buffer.alloc(1_000_000));
  await vi.waitFor(() => expect(reached).toBe(start + 1_000_000), { timeout: 20_000 });
  await vi.waitFor(async () => expect(await bytesIn(relay)).toBe(before + 1_000_000), { timeout: 20_000 });
});

/** How many bytes reached the target, once no more come. */
async function settled(): Promise<number> {
  let last = -1;
  await vi.waitFor(
    () => {
      const isStill = reached === last;
      last = reached;
      expect(isStill).toBe(true);
    },
    { timeout: 20_000, interval: 100 },
  );
  return last;
}
