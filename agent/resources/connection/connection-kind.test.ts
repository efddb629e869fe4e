import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { done } from '#agent/outcome.ts';
import { openThrough, RelayRefusal } from '#agent/relay/client.ts';
import type { Network } from '#agent/relay/dial.ts';
import { REPLY } from '#agent/relay/socks.ts';
import type { KindModule } from '#agent/resources/kind.ts';
import { must, tokenOf } from '#agent/testing/kind-rig.ts';
import { freePort, RelayRig, type RelayRigOptions } from '#agent/testing/relay-rig.ts';
import { connectionKind } from './connection-kind.ts';
import { readConnectionSection } from './section.ts';
import { ConnectionService } from './service.ts';

const WINDOW_MS = 600_000;
const AMOUNTS = {
  connections: 3,
  downBytesPerS: 1_000_000_000,
  upBytesPerS: 1_000_000_000,
  bytes: 2_000_000,
  bytesIn: 2_000_000,
};

let folder: string;
let rig: RelayRig;
let said: string[];
let target: Server;
let targetPort: number;
/** Sides of connections at the target. */
let arrived: Socket[];
/** Bytes that the target was sent and that it sent. */
let seen: { in: number; out: number };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connection-kind-'));
  said = [];
  arrived = [];
  seen = { in: 0, out: 0 };
  // Sends back what it is sent.
  target = createServer({ allowHalfOpen: true }, (socket) => {
    arrived.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      seen.in += chunk.length;
      seen.out += chunk.length;
      socket.write(chunk);
    });
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  targetPort = (target.address() as AddressInfo).port;
});
afterEach(async () => {
  await rig.stop();
  for (const socket of arrived) socket.destroy();
  await new Promise((resolve) => target.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<RelayRigOptions> = {}): Promise<void> {
  rig = new RelayRig({
    folder,
    port: await freePort(),
    windowMs: WINDOW_MS,
    amounts: AMOUNTS,
    allow: [{ range: '127.0.0.1/32', ports: String(targetPort) }],
    log: (sentence) => said.push(sentence),
    ...options,
  });
  await rig.start();
  for (const agreement of [12, 13]) await rig.deliver(agreement);
}

const relayPort = (): number => rig.open.lines?.listen.port ?? 0;

async function open(agreement = 12, of: { password?: string; host?: string; port?: number } = {}): Promise<Socket> {
  const { password = tokenOf(agreement), host = '127.0.0.1', port = targetPort } = of;
  const access = { host: '127.0.0.1', port: relayPort(), user: String(agreement), password };
  const { socket } = await openThrough(access, { host, port });
  socket.on('error', () => undefined);
  return socket;
}

const replyOf = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => 0,
    (error: unknown) => (error instanceof RelayRefusal ? error.reply : error),
  );

/** Everything that comes until the other side ends. */
async function wholeOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks);
}

/** The answer to raw bytes, as text. */
async function say(...parts: (string | Buffer)[]): Promise<string> {
  const socket = connect(relayPort(), '127.0.0.1');
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  return (await wholeOf(socket)).toString('latin1');
}

const basic = (text: string): string => `Proxy-Authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`;

describe('an order of a relay [8.4.3-a]', () => {
  test('is told where the relay is, and passes bytes both ways by SOCKS5, each counted once', async () => {
    await start();
    const state = (await (await rig.call(12, '')).json()) as Record<string, unknown>;
    expect(state).toMatchObject({ relay: `127.0.0.1:${relayPort()}`, bytesLeft: 2_000_000, bytesInLeft: 2_000_000 });
    const socket = await open();
    const sent = Buffer.alloc(300_000, 'abc');
    const back = wholeOf(socket);
    socket.end(sent);
    expect((await back).equals(sent)).toBe(true);
    expect(rig.meter.usage(12)).toEqual({ bytes: seen.out, bytesIn: seen.in });
    expect(seen).toEqual({ in: 300_000, out: 300_000 });
    expect(rig.meter.usage(13)).toEqual({});
  });

  test('and by HTTP CONNECT at the same port, what follows the head included', async () => {
    await start();
    const head = `CONNECT 127.0.0.1:${targetPort} HTTP/1.1\r\n${basic(`12:${tokenOf(12)}`)}\r\n`;
    const socket = connect({ port: relayPort(), host: '127.0.0.1', allowHalfOpen: true });
    const whole = wholeOf(socket);
    socket.write(`${head}hello`);
    await vi.waitFor(() => expect(seen.in).toBe(5));
    socket.end();
    expect((await whole).toString()).toBe('HTTP/1.1 200 Connection established\r\n\r\nhello');
    expect(rig.meter.usage(12)).toEqual({ bytes: 5, bytesIn: 5 });
  });

  test('opens with its own link alone: not another order’s, not a wrong one, not without a name [8.5.2-a]', async () => {
    await start();
    for (const password of [tokenOf(13), 'x', `${tokenOf(12)}0`])
      expect(await replyOf(open(12, { password }))).toBeUndefined();
    const head = `CONNECT 127.0.0.1:${targetPort} HTTP/1.1\r\n`;
    for (const login of [
      '',
      basic('12:x'),
      basic(`99:${tokenOf(12)}`),
      basic(`012:${tokenOf(12)}`),
      basic(`1e1:${tokenOf(12)}`),
    ]) {
      const answer = await say(`${head}${login}\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 407 /);
      expect(answer).toContain('Proxy-Authenticate: Basic');
      expect(answer).not.toContain(tokenOf(12));
    }
    expect(arrived).toHaveLength(0);
    // An order that there is and one that there is not are told apart by nothing.
    const [known, unknown] = [await say(`${head}${basic('12:x')}\r\n`), await say(`${head}${basic('99:x')}\r\n`)];
    expect(known.replaceAll('12', '99').length).toBe(unknown.length);
  });

  test('only connects: BIND and UDP ASSOCIATE get code 7, other methods 405, no password method 0xFF, SOCKS4 nothing', async () => {
    await start();
    const login = Buffer.concat([
      Buffer.from([5, 1, 2, 1, 2]),
      Buffer.from('12'),
      Buffer.from([64]),
      Buffer.from(tokenOf(12)),
    ]);
    for (const command of [2, 3]) {
      const answer = await say(login, Buffer.from([5, command, 0, 1, 1, 2, 3, 4, 0, 80]));
      expect([...Buffer.from(answer, 'latin1')].slice(4, 6)).toEqual([5, REPLY.commandUnknown]);
    }
    expect([...Buffer.from(await say(Buffer.from([5, 1, 0])), 'latin1')]).toEqual([5, 0xff]);
    expect(await say('GET http://example.org/ HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 [\s\S]*Allow: CONNECT/);
    expect(await say(Buffer.from([4, 1, 0, 80, 1, 2, 3, 4, 0]))).toBe('');
  });

  test('uses the whole allowance and not a byte more; then every connection of it ends and no other opens', async () => {
    await start();
    const [first, idle] = [await open(), await open()];
    const back = wholeOf(first);
    const other = wholeOf(idle);
    first.write(Buffer.alloc(2_500_000));
    expect((await back).length).toBeLessThanOrEqual(2_000_000);
    await other;
    expect(rig.meter.usage(12)['bytesIn']).toBe(2_000_000);
    expect(seen.in).toBeLessThanOrEqual(2_000_000);
    await vi.waitFor(() => expect(said).toContain('O-12 is used up'));
    expect(await replyOf(open())).toBe(REPLY.notAllowed);
    expect(await say(`CONNECT 127.0.0.1:${targetPort} HTTP/1.1\r\n${basic(`12:${tokenOf(12)}`)}\r\n`)).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*has used up its allowance of bytesIn/,
    );
  });

  test('has as many connections at a time as it holds, those of other orders apart', async () => {
    await start();
    const held = await Promise.all([open(), open(), open()]);
    expect(await replyOf(open())).toBe(REPLY.notAllowed);
    expect(await say(`CONNECT 127.0.0.1:${targetPort} HTTP/1.1\r\n${basic(`12:${tokenOf(12)}`)}\r\n`)).toMatch(
      /^HTTP\/1\.1 429 [\s\S]*as many connections open as it holds, 3/,
    );
    expect(await replyOf(open(13))).toBe(0);
    held[0]?.destroy();
    await vi.waitFor(async () => expect(await replyOf(open())).toBe(0));
  });

  test('is cut at its end while a connection stands, by news of the ledger and by the clock alone', async () => {
    await start();
    const [byNews, byClock] = [await open(12), await open(13)];
    const cut = [wholeOf(byNews), wholeOf(byClock)];
    rig.gateway.cut(12, { status: 410, reason: 'ended', sentence: 'ended' });
    await cut[0];
    const ahead = WINDOW_MS + 1;
    rig.nowMs = () => Date.now() + ahead;
    await cut[1];
    expect(await replyOf(open(13))).toBeUndefined();
    expect(await say(`CONNECT 127.0.0.1:${targetPort} HTTP/1.1\r\n${basic(`13:${tokenOf(13)}`)}\r\n`)).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*ended when its time was up/,
    );
  });

  test('with a payment channel stops two intervals ahead of the last voucher, without closing, and goes on when one arrives [8.1.2-a]', async () => {
    await start();
    rig.book.record({ kind: 'channel', agreement: 12, voucherKey: '01'.repeat(20) });
    const socket = await open();
    const back = wholeOf(socket);
    socket.write('before');
    await vi.waitFor(() => expect(seen.out).toBe(6));
    // Intervals of ten seconds: two of them are over.
    rig.nowMs = () => Date.now() + 20_000;
    socket.end('after!');
    expect(await say(`CONNECT 127.0.0.1:${targetPort} HTTP/1.1\r\n${basic(`12:${tokenOf(12)}`)}\r\n`)).toMatch(
      /^HTTP\/1\.1 402 [\s\S]*waits for a voucher/,
    );
    expect(seen.in).toBe(6);
    expect(rig.meter.usage(12)).toEqual({ bytes: 6, bytesIn: 6 });
    const signature = 'ab'.repeat(65);
    rig.vouchers.offer(12, { interval: 1, amountMicro: '1', used: {}, runs: '000102', signature });
    rig.vouchers.agree(12, { voucherSignature: signature, paused: { from: 2, to: 2 } });
    expect((await back).toString()).toBe('beforeafter!');
    expect(rig.meter.usage(12)).toEqual({ bytes: 12, bytesIn: 12 });
  });

  test('refuses what is no address of the Internet and what no setting lists, at once and with the right code', async () => {
    await start();
    for (const host of ['10.0.0.1', '169.254.169.254', 'fd00::1', '::ffff:10.0.0.1', '127.0.0.2', '0.0.0.0'])
      expect([host, await replyOf(open(12, { host }))]).toEqual([host, REPLY.notAllowed]);
    expect(await replyOf(open(12, { port: targetPort === 1 ? 2 : 1 }))).toBe(REPLY.notAllowed);
    expect(await say(`CONNECT 10.0.0.1:443 HTTP/1.1\r\n${basic(`12:${tokenOf(12)}`)}\r\n`)).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*addresses of the Internet alone/,
    );
    expect(arrived).toHaveLength(0);
    expect(rig.meter.usage(12)).toEqual({});
  });
});

describe('who holds on', () => {
  test('without a byte is closed after the time of the settings', async () => {
    await start({ idleMs: 1_000 });
    const begunAt = performance.now();
    expect(await wholeOf(await open())).toHaveLength(0);
    expect(performance.now() - begunAt).toBeGreaterThan(900);
  });

  test('a receiver who takes nothing stops the sender: what waits in between is bounded', async () => {
    await start({ amounts: { ...AMOUNTS, bytes: 500_000_000 } });
    const socket = await open();
    await vi.waitFor(() => expect(arrived).toHaveLength(1));
    const sender = arrived[0];
    if (sender === undefined) throw new Error('nobody arrived');
    const chunk = Buffer.alloc(1_000_000);
    let sent = 0;
    const send = (): void => {
      while (sent < 200_000_000 && sender.write(chunk)) sent += chunk.length;
    };
    sender.on('drain', send);
    send();
    // Nobody reads the customer's side: the count comes to a stand.
    let before = -1;
    await vi.waitFor(
      () => {
        const now = rig.meter.usage(12)['bytes'] ?? 0;
        const stands = now === before && now > 0;
        before = now;
        expect(stands).toBe(true);
      },
      { timeout: 10_000, interval: 500 },
    );
    expect(before).toBeLessThan(20_000_000);
    socket.destroy();
  });

  test('has the rate that was bought, within five per cent of what a clock says', async () => {
    await start({ amounts: { ...AMOUNTS, bytes: 500_000_000, bytesIn: 500_000_000, upBytesPerS: 2_000_000 } });
    const socket = await open();
    const back = wholeOf(socket);
    const begunAt = performance.now();
    socket.end(Buffer.alloc(4_500_000));
    await back;
    // A quarter of a second's bytes go at once.
    const measured = 4_000_000 / ((performance.now() - begunAt) / 1_000);
    expect(measured).toBeLessThan(2_000_000 * 1.05);
    expect(measured).toBeGreaterThan(2_000_000 * 0.8);
  });
});

describe('a piece that waits for its rate', () => {
  /** Sends all that it has and ends, whatever the other side does. */
  async function sendingTarget(bytes: number): Promise<Server> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(Buffer.alloc(bytes, 'x'));
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  test.each([
    ['when the target has ended', false],
    ['when both sides have ended', true],
  ])('is passed on all the same %s', async (_what, endsFirst) => {
    const server = await sendingTarget(100_000);
    const { port } = server.address() as AddressInfo;
    await start({
      amounts: { ...AMOUNTS, downBytesPerS: 100_000 },
      allow: [{ range: '127.0.0.1/32', ports: String(port) }],
    });
    for (let round = 0; round < 2; round += 1) {
      const socket = await open(12, { port });
      const whole = wholeOf(socket);
      if (endsFirst) socket.end();
      expect((await whole).length).toBe(100_000);
    }
    expect(rig.meter.usage(12)).toMatchObject({ bytes: 200_000 });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('what an interval was like', () => {
  /** A network in which each connection goes as the test says. */
  async function startOn(outcome: () => string): Promise<void> {
    const network: Network = {
      own: () => [],
      resolve: () => Promise.resolve(['1.1.1.1']),
      connect: () => Promise.reject(Object.assign(new Error('x'), { code: outcome() })),
    };
    const module: KindModule = {
      ...connectionKind,
      configure: (section) => {
        const config = must(readConnectionSection(section));
        return done({ sources: [], open: ({ log }) => new ConnectionService(config, { log, network }) });
      },
    };
    await start({ module, promise: [{ meter: 'failedPerMille', amount: 100 }] });
  }

  test('the relay’s own failures count, those of targets do not', async () => {
    const codes = ['ENETUNREACH', 'ECONNREFUSED', 'ETIMEDOUT', 'EMFILE'];
    const outcomes = [...codes];
    await startOn(() => outcomes.shift() ?? '');
    const fromMs = Date.now();
    for (const _ of codes) await replyOf(open(12, { host: 'a.example' }));
    const terms = rig.termsOf(12);
    expect(rig.open.measure(terms, { fromMs, toMs: Date.now() + 1 })).toEqual({ failedPerMille: 500 });
    expect(rig.open.measure(terms, { fromMs, toMs: Date.now() + 1 })).toEqual({ failedPerMille: 0 });
  });
});

test('a relay promises no more than it has to all orders together', async () => {
  await start({ amounts: { ...AMOUNTS, connections: 30 } });
  const [first, second] = [rig.termsOf(12), rig.termsOf(13)];
  const third = { ...rig.termsOf(14), amounts: { ...AMOUNTS, connections: 5 } };
  expect(await rig.open.prepare(third, rig.published, [first, second])).toMatchObject({
    ok: false,
    sentence: expect.stringContaining('has 64 of connections, and with this order 65 would be promised') as string,
  });
});
