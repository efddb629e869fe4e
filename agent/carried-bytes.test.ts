import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NodeSample } from './node-sample.ts';
import { openThrough } from './relay/client.ts';
import { tokenOf, type KindRig } from './testing/kind-rig.ts';
import { freePort, RelayRig } from './testing/relay-rig.ts';
import { storeClient, StoreRig } from './testing/store-rig.ts';

const BYTES = 3_000_000;
/** What else passes a wire: heads of calls, signatures, the handshake of a relay. */
const BESIDE_SHARE_MAX = 0.03;

let folder: string;
let rig: KindRig;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carried-bytes-'));
});
afterEach(async () => {
  await rig.stop();
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Stands before a port and counts, by the system's sockets, what passes to it and from it. */
async function countingWire(port: number): Promise<{ port: number; bytes(): number }> {
  let bytes = 0;
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  return { port: await listen(server), bytes: () => bytes };
}

function sampleOf(orders: () => number): NodeSample {
  return new NodeSample({
    home: folder,
    address: '0a'.repeat(20),
    height: () => 1,
    orders,
    takeRefusals: () => ({}),
    carriedBytes: () => rig.gateway.carried.total,
    slots: () => null,
    call: () => Promise.resolve(null),
  });
}

/** The figure of a heartbeat over the time of the use, and the same by whoever stood at the wire. */
async function measured(use: () => Promise<void>, bytesAtWire: () => number): Promise<{ said: unknown; seen: number }> {
  const sample = sampleOf(() => 1);
  await sample.take();
  const [startedAt, before] = [performance.now(), bytesAtWire()];
  await use();
  await sleep(200);
  const { carriedBytesPerS: said } = await sample.take();
  const seen = ((bytesAtWire() - before) * 1_000) / (performance.now() - startedAt);
  sample.close();
  return { said, seen };
}

const log = (): void => undefined;

test('what calls carried for an order, in and out, is what the wire before the gateway counted [6.2.1-e]', async () => {
  const amounts = { bytes: 10 * BYTES, bytesIn: 10 * BYTES, calls: 100, storedBytes: 2 * BYTES };
  rig = new StoreRig({ folder, roomBytes: 10 * BYTES, windowMs: 600_000, amounts, promise: [], log });
  await rig.start();
  await rig.deliver(12);
  const wire = await countingWire(Number(new URL(rig.endpoint).port));
  const client = storeClient(`http://127.0.0.1:${wire.port}`, 12);
  const at = { Bucket: 'order-12', Key: 'a' };
  const { said, seen } = await measured(async () => {
    await client.send(new PutObjectCommand({ ...at, Body: randomBytes(BYTES) }));
    const { Body } = await client.send(new GetObjectCommand(at));
    expect((await Body!.transformToByteArray()).length).toBe(BYTES);
  }, wire.bytes);
  expect(said).toBeLessThanOrEqual(seen * (1 + BESIDE_SHARE_MAX));
  expect(said).toBeGreaterThanOrEqual(seen * (1 - BESIDE_SHARE_MAX));
  expect(rig.gateway.carried.total).toBeGreaterThanOrEqual(2 * BYTES);
  client.destroy();
});

test('and so is what connections of a relay carried, both ways [6.2.1-e]', async () => {
  const port = await freePort();
  const target = await listen(createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket)));
  const allow = [{ range: '127.0.0.1/32', ports: String(target) }];
  const held = { connections: 3, downBytesPerS: 1_000_000_000, upBytesPerS: 1_000_000_000 };
  const amounts = { ...held, bytes: 10 * BYTES, bytesIn: 10 * BYTES };
  rig = new RelayRig({ folder, port, windowMs: 600_000, amounts, allow, log });
  await rig.start();
  await rig.deliver(12);
  const wire = await countingWire(port);
  const { said, seen } = await measured(async () => {
    const access = { host: '127.0.0.1', port: wire.port, user: '12', password: tokenOf(12) };
    const { socket } = await openThrough(access, { host: '127.0.0.1', port: target });
    let back = 0;
    socket.on('data', (chunk: Buffer) => {
      back += chunk.length;
    });
    socket.end(randomBytes(BYTES));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(back).toBe(BYTES);
  }, wire.bytes);
  expect(said).toBeLessThanOrEqual(seen * (1 + BESIDE_SHARE_MAX));
  expect(said).toBeGreaterThanOrEqual(seen * (1 - BESIDE_SHARE_MAX));
  expect(rig.gateway.carried.total).toBe(2 * BYTES);
});

test('who has no order says nothing of it, and who has one that is not used says 0', async () => {
  const amounts = { bytes: 1, bytesIn: 1, calls: 1, storedBytes: 1 };
  rig = new StoreRig({ folder, roomBytes: BYTES, windowMs: 600_000, amounts, promise: [], log });
  await rig.start();
  let orders = 0;
  const sample = sampleOf(() => orders);
  const figures: unknown[] = [];
  // An order that ended since the heartbeat before could have been used.
  for (const served of [0, 0, 1, 0, 0]) {
    orders = served;
    await sleep(5);
    figures.push((await sample.take())['carriedBytesPerS']);
  }
  sample.close();
  expect(figures).toEqual([undefined, undefined, 0, 0, undefined]);
});
