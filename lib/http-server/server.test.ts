import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BODY_BYTES_MAX, PAYLOAD_BODY_BYTES_MAX } from '#lib/shared/request-bounds.ts';
import { createPortalServer } from './server.ts';

const ACTION = '7f'.repeat(21);
let server: Server;
let port: number;
/** What was handed on, as a route would read it. */
let handed: { method: string; url: string; body: string }[];

beforeEach(async () => {
  handed = [];
  server = createPortalServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    handed.push({ method: request.method ?? '', url: request.url ?? '', body });
    response.end(String(body.length));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

interface Sent {
  line?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Sends bytes as they are, and gives the status and what was said. */
async function send({ line = 'GET / HTTP/1.1', headers = {}, body = '' }: Sent): Promise<[number, string]> {
  const socket = connect(port, '127.0.0.1');
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers }).map(
    ([k, v]) => `${k}: ${v}\r\n`,
  );
  socket.on('error', () => undefined);
  socket.write(`${line}\r\n${lines.join('')}\r\n`);
  socket.write(body);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => socket.once('close', resolve));
  return [Number(text.split(' ')[1]), text.slice(text.indexOf('\r\n\r\n') + 4)];
}

const chunked = (bytes: number, size = 16_384): Buffer => {
  const part = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size, 'a'), Buffer.from('\r\n')]);
  return Buffer.concat([...Array.from({ length: bytes / size }, () => part), Buffer.from('0\r\n\r\n')]);
};
const post = (path: string): string => `POST ${path} HTTP/1.1`;
const asChunks = { 'transfer-encoding': 'chunked' };

describe('the portal’s HTTP server', () => {
  test('hands a body on whole, said in length or in chunks, up to its bound and not a byte further', async () => {
    const line = post('/api/v1/transactions');
    for (const bytes of [0, 1, BODY_BYTES_MAX]) {
      const body = Buffer.alloc(bytes, 'a');
      expect(await send({ line, headers: { 'content-length': String(bytes) }, body })).toEqual([200, String(bytes)]);
    }
    expect(await send({ line, headers: asChunks, body: '0\r\n\r\n' })).toEqual([200, '0']);
    expect((await send({ line, headers: asChunks, body: chunked(BODY_BYTES_MAX) }))[0]).toBe(200);
    const refused = [
      await send({ line, headers: { 'content-length': String(BODY_BYTES_MAX + 1) }, body: 'a' }),
      await send({ line, headers: asChunks, body: chunked(BODY_BYTES_MAX + 16_384) }),
    ];
    for (const [status, text] of refused) expect([status, JSON.parse(text).code]).toEqual([413, 9005]);
    expect(handed).toHaveLength(5);
  });

  test('a payload may be larger, at its own address alone, and only our own pages and programs send one [I.2-7]', async () => {
    const line = post('/api/v1/payloads');
    const sized = (bytes: number) => ({ headers: { 'content-length': String(bytes) }, body: Buffer.alloc(bytes, 'a') });
    expect(await send({ line, ...sized(PAYLOAD_BODY_BYTES_MAX) })).toEqual([200, String(PAYLOAD_BODY_BYTES_MAX)]);
    const refused = [
      await send({ line, headers: { 'content-length': String(PAYLOAD_BODY_BYTES_MAX + 1) }, body: 'a' }),
      await send({ line, headers: asChunks, body: chunked(PAYLOAD_BODY_BYTES_MAX + 16_384 * 2 - 64) }),
    ];
    for (const [status, text] of refused)
      expect([status, JSON.parse(text)]).toMatchObject([413, { detail: expect.stringContaining('8 MiB') }]);
    for (const other of ['/api/v1/payloads/', '/api/v1/payloads?x', '/api/v1/payloads/00', '/api/v1//payloads'])
      expect([other, (await send({ line: post(other), ...sized(BODY_BYTES_MAX + 1) }))[0]]).toEqual([other, 413]);
    const foreign = { origin: 'http://evil.example', 'content-length': '1' };
    expect((await send({ line, headers: foreign, body: 'a' }))[0]).toBe(403);
    expect(handed).toHaveLength(1);
  });

  test('payloads that fill their room keep nobody from signing in', async () => {
    const sockets = Array.from({ length: 5 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    const head = `${post('/api/v1/payloads')}\r\nhost: localhost\r\ncontent-length: ${PAYLOAD_BODY_BYTES_MAX}\r\n\r\n`;
    const part = Buffer.alloc(PAYLOAD_BODY_BYTES_MAX - 1, 'a');
    await Promise.all(
      sockets.map(
        (socket) => new Promise<void>((sent) => socket.write(Buffer.concat([Buffer.from(head), part]), () => sent())),
      ),
    );
    const body = 'a'.repeat(BODY_BYTES_MAX);
    const line = post('/api/auth/callback/siwe');
    expect((await send({ line, headers: { 'content-length': String(body.length) }, body }))[0]).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  test('48 chunked bodies of 10 MB, sent at once to sign-in, are refused unread: memory and time do not grow with them [I.2-7]', async () => {
    const body = chunked(10 * 1_024 * 1_024);
    const [before, startMs] = [process.memoryUsage().rss, performance.now()];
    let highest = before;
    const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage().rss)), 5);
    const sent = { line: post('/api/auth/callback/siwe'), headers: asChunks, body };
    const answers = await Promise.all(Array.from({ length: 48 }, () => send(sent)));
    clearInterval(watch);
    // A caller that goes on sending may lose the answer; it is served nothing in any case.
    expect(answers.filter(([status]) => status !== 413 && !Number.isNaN(status))).toEqual([]);
    expect(handed).toEqual([]);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect((highest - before) / 1_024 / 1_024).toBeLessThan(256);
    expect((await send({}))[0]).toBe(200);
  }, 30_000);

  test.each([
    ['an address that is half a surrogate pair', { line: 'GET /%ED%A0%BD HTTP/1.1' }, 400],
    ['an address that is no UTF-8', { line: 'GET /catalogue?text=%FF HTTP/1.1' }, 400],
    ['an address cut short', { line: 'GET /% HTTP/1.1' }, 400],
    ['U+0000 in a path', { line: 'GET /catalogue/%00 HTTP/1.1' }, 400],
    ['U+0000 in a query', { line: 'GET /catalogue?text=%00 HTTP/1.1' }, 400],
    ['another server’s address', { line: 'GET http://example.org/ HTTP/1.1' }, 400],
    ['TRACE', { line: 'TRACE / HTTP/1.1' }, 405],
    ['TRACE below /api', { line: 'TRACE /api/v1/health HTTP/1.1' }, 405],
    ['a method of others', { line: 'PROPFIND / HTTP/1.1' }, 405],
    ['a form sent to a page', { line: post('/') }, 405],
    ['a compressed body', { line: post('/api/auth/_log'), headers: { 'content-encoding': 'gzip' }, body: '' }, 415],
    ['a router state that is none', { headers: { 'next-router-state-tree': '%7B' } }, 400],
  ])('%s is answered as a problem, and handed to nobody [7.2.2-d]', async (_what, sent: Sent, status) => {
    const [answered, text] = await send(sent);
    expect([answered, handed]).toEqual([status, []]);
    expect(JSON.parse(text)).toMatchObject({ status, detail: expect.stringMatching(/\.$/) });
  });

  test('who asks for another protocol is answered in this one, and no place to return to gets to next-auth', async () => {
    const seen: (string | undefined)[] = [];
    server.on('request', ({ headers }: { headers: { cookie?: string } }) => seen.push(headers.cookie));
    expect((await send({ headers: { connection: 'upgrade', upgrade: 'websocket' } }))[0]).toBe(200);
    await send({ headers: { cookie: 'a=1; next-auth.callback-url=::; b=2; __Secure-next-auth.callback-url=x' } });
    expect(seen).toEqual([undefined, 'a=1; b=2; ']);
  });

  const call = (body: string, headers: Record<string, string> = {}): Sent => ({
    line: post('/catalogue'),
    headers: {
      'next-action': ACTION,
      'content-type': 'text/plain;charset=UTF-8',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    },
    body,
  });

  test('an action’s arguments are plain values: React’s decoder is never given a reference', async () => {
    const good = ['[]', '["a",{"b":[1,null,true]},"$undefined","$$5"]', '["\u{1F600}"]'];
    for (const body of good) expect([body, (await send(call(body)))[0]]).toEqual([body, 200]);
    const bad = [
      '',
      '{}',
      '[',
      '["$1:constructor:constructor"]',
      '["$F0"]',
      '["$@0"]',
      '[{"a":"$K1"}]',
      '["\\u0000"]',
      '["\\ud83d"]',
      '[{"__proto__":{"then":"a"}}]',
      JSON.stringify(Array.from({ length: 17 }, () => 'a')),
      `${'['.repeat(40)}${']'.repeat(40)}`,
    ];
    for (const body of bad) expect([body, (await send(call(body)))[0]]).toEqual([body, 400]);
    expect(handed.map(({ body }) => body)).toEqual(good);
  });

  test('an action is called by our own pages alone, under a name that an action can have', async () => {
    expect((await send(call('[]', { origin: 'http://localhost' })))[0]).toBe(200);
    expect((await send(call('[]', { origin: 'http://portal.example', 'x-forwarded-host': 'portal.example' })))[0]).toBe(
      200,
    );
    for (const origin of ['http://evil.example', 'null', 'x', 'http://localhost:1'])
      expect([origin, (await send(call('[]', { origin })))[0]]).toEqual([origin, 403]);
    for (const name of ['x', 'constructor', ACTION.toUpperCase(), `${ACTION}0`])
      expect([name, (await send(call('[]', { 'next-action': name })))[0]]).toEqual([name, 400]);
    expect((await send(call('[]', { 'content-type': 'multipart/form-data; boundary=x' })))[0]).toBe(400);
    expect(handed).toHaveLength(2);
  });
});
