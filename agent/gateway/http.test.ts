import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { noChannels } from '#agent/testing/no-channels.ts';
import { WatchfulClock } from '#agent/clock.ts';
import { OrderBook } from '#agent/order-book.ts';
import type { Outcome } from '#agent/outcome.ts';
import { KindRefusal } from '#agent/resources/kind.ts';
import { LARGE_PIECES, MirrorKind, mirrorSignature } from '#agent/testing/mirror-kind.ts';
import { Meter } from './meter.ts';
import { parseTarget, readBody } from './request.ts';
import { Gateway } from './server.ts';
import { unacknowledged, UNREAD_BYTES_MIN } from './unread.ts';

const NOW = 1_800_000_000_000;
const TOKEN = 'a'.repeat(64);
const NEXT_TOKEN = 'b'.repeat(64);
const PATH = '/v1/agreements/12/objects';
const AUTH = `Host: x\r\nAuthorization: Bearer ${TOKEN}\r\n`;

let folder: string;
let mirror: MirrorKind;
let book: OrderBook;
let meter: Meter;
let gateway: Gateway;
let port: number;
let said: string[];
let fatal: string[];
const sockets = new Set<Socket>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-http-'));
  mirror = new MirrorKind();
  said = [];
  fatal = [];
  await openGateway({ calls: 1_000, bytes: 1_000_000_000 });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

function seal(issue: number, token: string): void {
  const tokenHash = createHash('sha256').update(token).digest('hex');
  book.record({ kind: 'sealed', agreement: 12, issue, encryptionKey: '', tokenHash, descriptor: '' });
}

async function openGateway(amounts: Record<string, number>): Promise<void> {
  const home = mkdtempSync(join(folder, 'home-'));
  book = must(OrderBook.open(join(home, 'orders.journal')));
  meter = must(Meter.open(join(home, 'meter.journal')));
  const named = { kind: 'mirror', sourceId: 'm' };
  book.record({ kind: 'resource', published: { resource: 1, ...named, attributes: [] }, status: 'published' });
  const parties = { agreement: 12, order: 12, part: 1, first: 12, customer: 2, resource: 1 };
  const terms = { ...parties, ...named, choices: [], ways: [], amounts, promise: [] };
  const times = { degradedPerMille: 0, intervalMs: 1_000, encryptionKey: '', prepareByMs: NOW };
  book.record({ kind: 'reserved', terms: { ...terms, ...times } });
  seal(1, TOKEN);
  book.record({ kind: 'identity', account: 1, key: 1 });
  book.record({ kind: 'window', agreement: 12, issue: 1, startsAtMs: NOW, endsAtMs: NOW + 600_000 });
  book.record({ kind: 'head', height: 1, timeMs: NOW });
  const clock = new WatchfulClock(() => NOW, 0);
  gateway = new Gateway({
    book,
    meter,
    portalOrigin: 'http://localhost:3000',
    log: (sentence) => said.push(sentence),
    clock,
    channels: noChannels({ meter, clock }),
    kindOf: () => mirror.working,
    kinds: () => [mirror.working],
    tokens: ({ issue }) => (issue === 1 ? TOKEN : NEXT_TOKEN),
    onUsedUp: () => undefined,
    onFatal: (sentence) => fatal.push(sentence),
  });
  port = await gateway.listen('127.0.0.1', 0);
}

interface Connection {
  readonly socket: Socket;
  /** All that came, once the gateway closed the connection. */
  readonly whole: Promise<string>;
  /** What came so far, once the pattern stands in it as often as that. */
  until(pattern: RegExp, times?: number): Promise<string>;
}

/** A connection that sends exactly these bytes. */
function open(...parts: string[]): Connection {
  const socket = connect(port, '127.0.0.1');
  sockets.add(socket);
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  return {
    socket,
    whole: new Promise((resolve) => socket.once('close', () => resolve(text))),
    until: (pattern, times = 1) =>
      vi.waitFor(() => {
        if (text.split(pattern).length <= times) throw new Error(`not yet: ${text.slice(0, 200)}`);
        return text;
      }, 3_000),
  };
}

/** The answer to one request on a connection of its own. */
async function ask(requestLine: string, headers = AUTH, body = ''): Promise<string> {
  return open(`${requestLine} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n${body}`).whole;
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

function jsonOf(answer: string): Record<string, unknown> {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>;
}

async function expectAlive(): Promise<void> {
  expect(statusOf(await ask('GET /v1/health', 'Host: x\r\n'))).toBe(200);
}

describe('a request', () => {
  test.each([
    '/objects//a%2Fb',
    '/objects/%2e%2e/..//./x',
    '/objects/%zz/%',
    '/objects/a%20b+c;v=1',
    '/objects/a\\b',
    '/objectsbeside',
    '/',
  ])('reaches its kind with the path %s as it was sent', async (path) => {
    const answer = await ask(`GET /v1/agreements/12${path}?x=%41&&y=a?b`);
    expect(jsonOf(answer)).toMatchObject({ method: 'GET', path, queryString: 'x=%41&&y=a?b' });
  });

  test.each(['GET', 'PUT', 'DELETE'])('of the method %s reaches its kind with its body', async (method) => {
    const answer = await ask(`${method} ${PATH}/k`, `${AUTH}Content-Length: 5\r\n`, 'hello');
    expect([statusOf(answer), jsonOf(answer)]).toMatchObject([method === 'PUT' ? 201 : 200, { method, bytes: 5 }]);
  });

  test('brings a kind of any sort its own request, and no token and no cookie [8.2.5-a] [8.5.2-b]', async () => {
    const headers = `${AUTH}Cookie: a=b\r\nProxy-Authorization: Basic eDp5\r\nX-Amz-Date: today\r\n`;
    const answer = await ask(`GET ${PATH}/k`, headers);
    expect(jsonOf(answer)['headers']).toEqual({ host: 'x', 'x-amz-date': 'today', connection: 'close' });
    expect(JSON.stringify(mirror.seen)).not.toContain(TOKEN);
  });

  test.each(['http://gateway.example', 'HTTPS://gateway.example:8443', 'http://[::1]:4100'])(
    'in absolute form, to %s, means the same',
    async (origin) => {
      const answer = await ask(`GET ${origin}${PATH}/k?x`);
      expect(jsonOf(answer)).toMatchObject({ path: '/objects/k', queryString: 'x' });
    },
  );

  test('of the method HEAD gets the headers of the answer, and no byte is counted', async () => {
    const answer = await ask(`HEAD ${PATH}/k`);
    expect(statusOf(answer)).toBe(200);
    expect(answer).toMatch(/etag: "1"/i);
    expect(answer).toMatch(/content-length: [1-9]/i);
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
    expect(meter.usage(12)).toEqual({ calls: 1 });
  });

  test('that its kind refuses gets the problem, and nothing is counted', async () => {
    const answer = await ask(`GET ${PATH}/refused`);
    expect([statusOf(answer), jsonOf(answer)]).toMatchObject([404, { reason: 'not-found', agreement: 12 }]);
    expect(meter.usage(12)).toEqual({});
  });
});

/** A call that bears no token but is signed with one. */
function askSigned(link: string, token: string, path = '/bucket/k'): Promise<string> {
  return ask(`GET ${path}`, `Host: x\r\nlink: ${link}\r\nsign: ${mirrorSignature({ method: 'GET', path }, token)}\r\n`);
}

describe('a body that its sender holds back [8.5.2-a]', () => {
  const expecting = (headers: string): Connection =>
    open(`PUT ${PATH}/k HTTP/1.1\r\n${headers}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`);

  test('is asked for when it is wanted', async () => {
    const { socket, until } = expecting(AUTH);
    await until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    socket.write('abc');
    expect(await until(/"bytes":3/)).toMatch(/HTTP\/1\.1 201/);
  });

  test('is never asked for when the call is refused', async () => {
    const { whole } = expecting('Host: x\r\n');
    expect(await whole).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('a call that is signed with the link’s token [8.5.2-a]', () => {
  test('opens at an address of its own, and what the check found goes on to the kind', async () => {
    expect(statusOf(await askSigned('12.1', TOKEN))).toBe(200);
    const signature = mirrorSignature({ method: 'GET', path: '/bucket/k' }, TOKEN);
    expect(mirror.seen).toMatchObject([{ path: '/bucket/k', signature }]);
    expect(meter.usage(12)['calls']).toBe(1);
  });

  test.each([
    ['another token', '12.1', NEXT_TOKEN],
    ['a token for a link that was never made', '12.2', NEXT_TOKEN],
    ['a token for an order that is none', '13.1', TOKEN],
    ['an empty token, for no link', 'nothing', ''],
    ['zeros, for a link that is none', '12.9', '0'.repeat(64)],
  ])('with %s is refused in its protocol’s words, which are the same for each', async (_what, link, token) => {
    const answer = await askSigned(link, token);
    expect(answer).toMatch(/^HTTP\/1\.1 403 [^]*\r\n\r\nsignature$/);
    expect(mirror.seen).toEqual([]);
  });

  test('does not open after a newer link, whose token is not the old one', async () => {
    seal(2, NEXT_TOKEN);
    book.record({ kind: 'reissued', agreement: 12, issue: 2 });
    expect(await askSigned('12.1', TOKEN)).toMatch(/^HTTP\/1\.1 401 [^]*told: link-replaced$/);
    expect(await askSigned('12.2', TOKEN)).toMatch(/^HTTP\/1\.1 403 [^]*signature$/);
    expect(statusOf(await askSigned('12.2', NEXT_TOKEN))).toBe(200);
  });

  test('is told what the gateway refuses in its protocol’s words', async () => {
    const path = '/objects/refused';
    expect(await askSigned('12.1', TOKEN, path)).toMatch(/^HTTP\/1\.1 404 [^]*text\/plain[^]*told: not-found$/);
  });

  test('without a link is none: there is nothing at its address', async () => {
    expect(jsonOf(await ask('GET /bucket/k'))).toMatchObject({ status: 404, reason: 'not-found' });
  });
});

describe('hostile input [7.2.5-c]', () => {
  test.each([
    ['no target', 'GET ', 400],
    ['a target that is no path', 'GET objects', 400],
    ['an asterisk', 'GET *', 404],
    ['another scheme', 'GET ftp://x/v1/agreements/12/objects', 404],
    ['a leading zero', 'GET /v1/agreements/012/objects', 404],
    ['a number that no agreement has', 'GET /v1/agreements/9999999999999999999/objects', 404],
    ['an empty segment before the agreement', 'GET /v1//agreements/12/objects', 404],
    ['an encoded segment before the agreement', 'GET /v1/agreements/%31%32/objects', 404],
    ['a way up before the agreement', 'GET /v1/x/../agreements/12/objects', 404],
    ['a fragment in place of a path', 'GET /v1/agreements/12#objects', 404],
    ['a very long address', `GET ${PATH}/${'a'.repeat(17_000)}`, 414],
    ['letters that are not encoded', 'GET /v1/agreements/12/\u00e9', 400],
    ['a control character', 'GET /v1/agreements/12/\u0001', 400],
    ['a method nobody knows', `BREW ${PATH}`, 400],
    ['a method in small letters', `get ${PATH}`, 400],
    ['a method that the kind does not take', `PROPFIND ${PATH}`, 405],
    ['TRACE', `TRACE ${PATH}`, 405],
    ['POST', `POST ${PATH}`, 405],
  ])('with %s is refused, and the gateway goes on', async (_, requestLine, status) => {
    expect(statusOf(await ask(requestLine))).toBe(status);
    expect(mirror.seen).toEqual([]);
    await expectAlive();
  });

  test('asking for a tunnel is hung up on', async () => {
    expect(await ask('CONNECT example.org:443')).toBe('');
    await expectAlive();
  });

  test.each([
    ['headers that are too large', `${AUTH}X: ${'a'.repeat(30_000)}\r\n`, 431],
    ['a line that is no header', `${AUTH}no header\r\n`, 400],
    ['two lengths', `${AUTH}Content-Length: 1\r\nContent-Length: 2\r\n`, 400],
    ['a length and chunks', `${AUTH}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n`, 400],
    ['a length below nothing', `${AUTH}Content-Length: -1\r\n`, 400],
    ['a coding that is not known', `${AUTH}Transfer-Encoding: gzip\r\n`, 400],
    ['two hosts', `${AUTH}Host: y\r\n`, 400],
  ])('with %s is refused, and the gateway goes on', async (name, headers, status) => {
    const answer = await ask(`PUT ${PATH}/k`, headers);
    // HTTP allows a repeated Host to be refused or not; it says nothing here, so both are well.
    if (name === 'two hosts') expect([201, status]).toContain(statusOf(answer));
    else expect([statusOf(answer), mirror.seen.length]).toEqual([status, 0]);
    await expectAlive();
  });

  test('in a body that says it is too long is refused before it is read', async () => {
    const { whole } = open(`PUT ${PATH}/k HTTP/1.1\r\n${AUTH}Content-Length: 1000001\r\n\r\n`, 'abc');
    expect(jsonOf(await whole)).toMatchObject({ status: 413, reason: 'request-too-large' });
    expect(mirror.seen).toEqual([]);
  });

  test('in a body that becomes too long is refused where it does', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const { whole } = open(`PUT ${PATH}/k HTTP/1.1\r\n${AUTH}Transfer-Encoding: chunked\r\n\r\n`, chunk.repeat(17));
    expect(await whole).toMatch(/^HTTP\/1\.1 413 [^]*request-too-large/);
    expect(meter.usage(12)).toEqual({});
    await expectAlive();
  });

  test('in a body that comes too slowly ends with the time that its kind gives an answer', async () => {
    const { whole } = open(`PUT ${PATH}/k HTTP/1.1\r\n${AUTH}Content-Length: 10\r\n\r\n`, 'a');
    expect(jsonOf(await whole)).toMatchObject({ status: 400, reason: 'query-too-slow' });
    expect(meter.usage(12)).toEqual({});
  });

  test('in a body of somebody without a token is not read, and its bytes never become a request', async () => {
    const hidden = `GET ${PATH}/k HTTP/1.1\r\n${AUTH}\r\n`;
    const { whole } = open(`PUT ${PATH}/k HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n`, hidden);
    const answer = await whole;
    expect([statusOf(answer), answer.match(/HTTP\/1\.1/g)?.length, mirror.seen.length]).toEqual([401, 1, 0]);
  });

  test('in one burst of requests is answered in their order', async () => {
    const three = ['a', 'b', 'c'].map((name) => `GET ${PATH}/${name} HTTP/1.1\r\n${AUTH}\r\n`).join('');
    const { until } = open(three);
    const text = await until(/"path":"\/objects\/c"/);
    const paths = [...text.matchAll(/"path":"([^"]*)"/g)].map(([, path]) => path);
    expect(paths).toEqual(['/objects/a', '/objects/b', '/objects/c']);
    expect(meter.usage(12)['calls']).toBe(3);
  });

  test('in a burst of more requests than an order may have at once is refused in its turn', async () => {
    const { until } = open(`GET ${PATH}/k HTTP/1.1\r\n${AUTH}\r\n`.repeat(40));
    const text = await until(/HTTP\/1\.1 \d/, 40);
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
    expect(statuses.filter((status) => status !== '200' && status !== '429')).toEqual([]);
    expect(meter.usage(12)['calls']).toBe(statuses.filter((status) => status === '200').length);
  });
});

describe('a large answer', () => {
  test('is made no faster than it is taken, and let go when the customer goes away', async () => {
    const { socket, until } = open(`GET ${PATH}/large HTTP/1.1\r\n${AUTH}\r\n`);
    await until(/^HTTP\/1\.1 200/);
    socket.pause();
    let before = -1;
    await vi.waitFor(
      () => {
        const isSteady = mirror.piecesMade === before;
        before = mirror.piecesMade;
        expect(isSteady).toBe(true);
      },
      { timeout: 3_000, interval: 150 },
    );
    expect(mirror.piecesMade < LARGE_PIECES / 2).toBe(true);
    socket.destroy();
    await mirror.freed;
    await vi.waitFor(() => expect(mirror.seen[0]?.signal.aborted).toBe(true));
    expect(said).toEqual([]);
  });

  test('is charged to customers who read nothing up to a stated bound each, not up to what their systems buffer', async () => {
    const idle = Array.from({ length: 4 }, () => {
      const socket = connect(port, '127.0.0.1').pause();
      sockets.add(socket);
      socket.write(`GET ${PATH}/large HTTP/1.1\r\n${AUTH}\r\n`);
      return socket;
    });
    await vi.waitFor(() => expect(meter.usage(12)['calls']).toBe(4), { timeout: 5_000 });
    let before = -1;
    await vi.waitFor(
      () => {
        const bytes = meter.usage(12)['bytes'] ?? 0;
        const isSteady = bytes > 0 && bytes === before;
        before = bytes;
        expect(isSteady).toBe(true);
      },
      { timeout: 10_000, interval: 1_000 },
    );
    for (const socket of idle) socket.destroy();
    // What the receiving system took by itself is with the customer; ours holds the bound and one piece.
    expect(before).toBeLessThanOrEqual(4 * (2 * UNREAD_BYTES_MIN + 65_536));
  });

  test('ends without an end where the allowance does, and every byte that was counted arrives [6.2.4-b]', async () => {
    await gateway.close();
    await openGateway({ calls: 10, bytes: 3_000_001 });
    const text = await open(`GET ${PATH}/large HTTP/1.1\r\n${AUTH}\r\n`).whole;
    await mirror.freed;
    expect(meter.usage(12)).toEqual({ calls: 1, bytes: 3_000_001, objects: 45 });
    expect(bodyOf(text).bytes).toBe(3_000_001);
    expect(bodyOf(text).isWhole).toBe(false);
  });

  test('ends where the allowance of another meter does, which is never counted beyond its end [6.2.4-b]', async () => {
    await gateway.close();
    await openGateway({ calls: 10, bytes: 1_000_000_000, objects: 20 });
    const text = await open(`GET ${PATH}/large HTTP/1.1\r\n${AUTH}\r\n`).whole;
    expect(bodyOf(text)).toEqual({ bytes: 20 * 65_536, isWhole: false });
    expect(meter.usage(12)).toEqual({ calls: 1, bytes: 20 * 65_536, objects: 20 });
    const next = await ask(`GET ${PATH}/k`);
    expect([statusOf(next), jsonOf(next)]).toMatchObject([403, { reason: 'objects-used-up' }]);
  });

  test('whose kind fails in the middle ends without an end', async () => {
    const text = await open(`GET ${PATH}/large?fails HTTP/1.1\r\n${AUTH}\r\n`).whole;
    expect(statusOf(text)).toBe(200);
    expect(bodyOf(text).isWhole).toBe(false);
    expect(text).not.toContain('the store went away');
    expect(said).toEqual(['An answer broke off: the store went away']);
    await expectAlive();
  });

  test('stops the agent when its bytes can no longer be counted', async () => {
    const { whole, until, socket } = open(`GET ${PATH}/large HTTP/1.1\r\n${AUTH}\r\n`);
    await until(/^HTTP\/1\.1 200/);
    socket.pause();
    meter.close();
    socket.resume();
    expect(bodyOf(await whole).isWhole).toBe(false);
    await vi.waitFor(() => expect(fatal.length).toBe(1));
  });

  test('whose order ends is cut at once', async () => {
    const { whole, until } = open(`GET ${PATH}/large HTTP/1.1\r\n${AUTH}\r\n`);
    await until(/^HTTP\/1\.1 200/);
    gateway.cut(12, { status: 410, reason: 'ended', agreement: 12, sentence: 'It has ended.' });
    expect(bodyOf(await whole).isWhole).toBe(false);
    await mirror.freed;
  });
});

test('a body that stops is given up', async () => {
  const request = new PassThrough();
  request.write('abc');
  const read = async (): Promise<void> => {
    const { signal } = new AbortController();
    for await (const chunk of readBody(request, { bytesMax: 10, signal, stallMsMax: 20 })) {
      expect(chunk.length).toBe(3);
    }
  };
  await expect(read()).rejects.toBeInstanceOf(KindRefusal);
});

test('a target is never decoded on its way', () => {
  expect(parseTarget('/v1/agreements/7//%2F/?a?b')).toEqual({
    kind: 'agreement',
    agreement: 7,
    path: '//%2F/',
    queryString: 'a?b',
  });
});

/** Length of the chunks of an answer, and whether the last one, which is empty, came. */
function bodyOf(answer: string): { bytes: number; isWhole: boolean } {
  let at = answer.indexOf('\r\n\r\n') + 4;
  let bytes = 0;
  for (;;) {
    const size = /^([0-9a-f]+)\r\n/.exec(answer.slice(at, at + 20));
    if (size?.[1] === undefined) return { bytes, isWhole: false };
    const length = Number.parseInt(size[1], 16);
    if (length === 0) return { bytes, isWhole: true };
    at += size[0].length;
    bytes += Math.min(length, Math.max(0, answer.length - at));
    at += length + 2;
  }
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}

test('the system’s own tables say what a connection has not acknowledged, by its two ports', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   3: 0100007F:ACAB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0',
    '1463: 0100007F:ACAB 0100007F:8CE0 01 0039B612:00000000 04:00000016 00000000     0        1 2 2 0 20 4 31 16 -1',
  ].join('\n');
  expect(unacknowledged(table).get('ACAB:8CE0')).toBe(0x39b612);
  expect(unacknowledged('no table at all')).toEqual(new Map());
});
