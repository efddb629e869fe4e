import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openAccess } from './access.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const link = { link: { path: '/v1/agreements/12/objects', token: 'ab'.repeat(32) }, issue: 2n };
const state = { agreement: 12, endsAtMs: 1_800_000_000_000, region: 'interpool', bucket: 'order-7' };

/** A gateway that answers with these, one after the other. */
async function gateway(...answers: readonly [status: number, body: string][]): Promise<string> {
  const left = [...answers];
  const server = createServer((_, response) => {
    const [status, body] = left.shift() ?? [500, ''];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const opened = (origin: string) => openAccess(link, { agreement: 12n, kind: 'storage', gateway: origin });

test('a store is reached by the variables that S3 tools read, once its gateway is open', async () => {
  const origin = await gateway([503, '{"reason":"not-yet-open"}'], [200, JSON.stringify(state)]);
  expect(await opened(origin)).toMatchObject({
    ok: true,
    value: {
      endsAtMs: state.endsAtMs,
      environment: {
        INTERPOOL_ORDER: 'O-12',
        INTERPOOL_BUCKET: 'order-7',
        AWS_REGION: 'interpool',
        AWS_ENDPOINT_URL_S3: origin,
        AWS_ACCESS_KEY_ID: 'order12link2',
        AWS_SECRET_ACCESS_KEY: link.link.token,
      },
    },
  });
});

test.each([
  ['a command in place of a bucket', { ...state, bucket: 'x; rm -rf ~' }],
  ['no bucket', { ...state, bucket: undefined }],
  ['a region that is none', { ...state, region: '$(reboot)' }],
  ['an end that is no time', { ...state, endsAtMs: '2027' }],
  ['nothing', null],
])('a gateway that says %s is not believed, and is not asked again', async (_, said) => {
  const origin = await gateway([200, JSON.stringify(said)], [200, JSON.stringify(state)]);
  expect(await opened(origin)).toMatchObject({
    ok: false,
    sentence: expect.stringContaining('not understood') as unknown,
  });
});

test('a relay is used by the variables that programs read for a proxy, and by no address that could be a command', async () => {
  const of = { agreement: 12n, kind: 'connection' };
  const said = { agreement: 12, endsAtMs: 1_800_000_000_000, relay: 'relay.example:1080' };
  const { token } = link.link;
  expect(await openAccess(link, { ...of, gateway: await gateway([200, JSON.stringify(said)]) })).toMatchObject({
    ok: true,
    value: {
      environment: {
        INTERPOOL_RELAY: 'relay.example:1080',
        HTTPS_PROXY: `http://12:${token}@relay.example:1080`,
        ALL_PROXY: `socks5h://12:${token}@relay.example:1080`,
      },
    },
  });
  const hostile = JSON.stringify({ ...said, relay: '$(reboot):1080' });
  expect(await openAccess(link, { ...of, gateway: await gateway([200, hostile]) })).toMatchObject({ ok: false });
});

test('a refusal is told in the gateway’s words', async () => {
  const origin = await gateway([410, '{"title":"Gone","detail":"The order has ended."}']);
  expect(await opened(origin)).toEqual({ ok: false, sentence: 'The gateway answered 410: The order has ended.' });
});
