import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnector, type Call } from './connector.ts';
import { webhookHeaders } from './webhook-signature.ts';

let server: Server;
let port: number;
let calls = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    calls += 1;
    if (request.url === '/away') return void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    if (request.url === '/silent') return;
    if (request.url === '/long') return void response.end('x'.repeat(100_000));
    response.end('{"status":"ok"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (url: string): Call => ({ url, method: 'GET', timeoutMs: 300, bytesMax: 1_000 });

describe('a call from the monitor', () => {
  test('is measured, follows no redirect, and ends in time and at its bound', async () => {
    const connector = createConnector({ mayReachPrivate: true });
    const base = `http://127.0.0.1:${port}`;
    expect(await connector(get(`${base}/`))).toMatchObject({ ok: true, status: 200, body: '{"status":"ok"}' });
    expect(await connector(get(`${base}/away`))).toMatchObject({ ok: true, status: 302 });
    expect(await connector(get(`${base}/silent`))).toEqual({ ok: false, sentence: 'No answer in 0.3 s.' });
    expect(await connector(get(`${base}/long`))).toMatchObject({ ok: false });
    expect(await connector(get('http://127.0.0.1:1/'))).toEqual({ ok: false, sentence: 'Nothing listens there.' });
  });

  test('reaches nothing on this machine unless the operator allows it, whatever the address is called [8.5.2-a]', async () => {
    const connector = createConnector({ mayReachPrivate: false });
    const before = calls;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '127.1', '2130706433', '0.0.0.0'])
      expect([host, await connector(get(`http://${host}:${port}/`))]).toEqual([
        host,
        expect.objectContaining({ ok: false, isRefusedHere: true }),
      ]);
    expect(calls).toBe(before);
  });
});

test('a webhook is signed as Standard Webhooks says: its own example', () => {
  // github.com/standard-webhooks/standard-webhooks, libraries/javascript: the vector of its test of signing.
  const headers = webhookHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    atMs: 1_614_265_330_000,
    body: '{"test": 2432232314}',
  });
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});
