import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openHeartbeatWay } from './heartbeat-way.ts';
import { createPortalServer } from './server.ts';

const PLACE = '/api/v1/agents/heartbeat';
let server: Server;
let origin: string;
let short: { body: string; authorization: string | null; type: string | null; cookie: string | null }[] = [];
let forwardedFor: (string | null)[] = [];
let usual: string[] = [];

beforeAll(async () => {
  openHeartbeatWay(async (request, forwarded) => {
    const { headers } = request;
    const [authorization, type, cookie] = ['authorization', 'content-type', 'cookie'].map((name) => headers.get(name));
    short.push({ body: await request.text(), authorization, type, cookie } as (typeof short)[0]);
    forwardedFor.push(forwarded);
    if (request.headers.get('authorization') === 'broken') throw new Error('a defect');
    return Response.json({ url: request.url }, { status: 202, headers: { 'x-own': '1' } });
  });
  server = createPortalServer(async (request, response) => {
    usual.push(`${request.method} ${request.url}`);
    response.end('usual');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  short = [];
  forwardedFor = [];
  usual = [];
});

test('a heartbeat is handed to its endpoint with what its signature and its limit need, and nothing more', async () => {
  const headers = {
    authorization: 'a',
    'content-type': 'application/json',
    'x-forwarded-for': '1.2.3.4',
    cookie: 'c=1',
  };
  const response = await fetch(`${origin}${PLACE}`, { method: 'POST', body: '{"ä":1}', headers });
  expect([response.status, response.headers.get('x-own'), await response.json()]).toEqual([
    202,
    '1',
    { url: `http://localhost${PLACE}` },
  ]);
  expect(short).toEqual([{ body: '{"ä":1}', authorization: 'a', type: 'application/json', cookie: null }]);
  expect([forwardedFor, usual]).toEqual([['1.2.3.4'], []]);
});

test.each([
  ['another method', 'GET', PLACE],
  ['PUT', 'PUT', PLACE],
  ['a query', 'POST', `${PLACE}?x=1`],
  ['a slash behind it', 'POST', `${PLACE}/`],
  ['another form of its letters', 'POST', '/api/v1/agents/%68eartbeat'],
  ['two slashes', 'POST', '/api/v1//agents/heartbeat'],
])('%s goes its usual way', async (_what, method, path) => {
  await fetch(`${origin}${path}`, { method, ...(method === 'GET' ? {} : { body: '{}' }) }).then((each) => each.text());
  expect([short.length, usual]).toEqual([0, [`${method} ${path}`]]);
});

test('a body beyond the bound and a compressed one are refused before, and a defect is a 500 without its words', async () => {
  const post = (init: RequestInit): Promise<Response> => fetch(`${origin}${PLACE}`, { method: 'POST', ...init });
  expect((await post({ body: 'a'.repeat(2_000_000) })).status).toBe(413);
  expect((await post({ body: 'x', headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  expect(short).toEqual([]);
  const broken = await post({ body: 'x', headers: { authorization: 'broken' } });
  expect([broken.status, (await broken.text()).includes('a defect')]).toEqual([500, false]);
});
