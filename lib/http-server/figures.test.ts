import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tellFigures, type Listener } from '#metrics/listener.ts';
import { scrape, valuesOf } from '#metrics/testing/exposition.ts';
import { groupOf, portalFigures } from './figures.ts';
import { createPortalServer } from './server.ts';
import { openPortalStanding } from './standing.ts';

let server: Server;
let listener: Listener;
let origin: string;

beforeEach(async () => {
  const { figures, count } = portalFigures();
  server = createPortalServer(async (request, response) => {
    if (request.url === '/hangs') return;
    if (request.url === '/fails') throw new Error('a defect');
    response.writeHead(request.url === '/nowhere' ? 404 : 200).end('x');
  }, count);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  listener = await tellFigures(figures, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await listener.close();
});

test('the portal counts every request by group and status, those that no route sees and those that nobody waited for too [7.2.6-a]', async () => {
  for (const path of [
    '/',
    '/nowhere',
    '/catalogue/1?x=1',
    '/fails',
    '/api/v1/health',
    '/api/v1/accounts/1/nonce',
    '/%',
  ])
    await fetch(`${origin}${path}`).then((response) => response.text());
  await fetch(`${origin}/api/v1/agents/heartbeat`, { method: 'POST', body: '{}' }).then((response) => response.text());
  const left = new AbortController();
  const hanging = fetch(`${origin}/hangs`, { signal: left.signal }).catch(() => undefined);
  await expect
    .poll(async () => valuesOf((await scrape(listener.url)).samples, 'interpool_portal_open_requests')[''])
    .toBe(1);
  left.abort();
  await hanging;
  await expect
    .poll(async () => valuesOf((await scrape(listener.url)).samples, 'interpool_portal_requests_total'))
    .toEqual({
      'page 200': 2,
      'page 404': 1,
      'page 500': 1,
      'page 400': 1,
      'page aborted': 1,
      'health 200': 1,
      'api 200': 1,
      'heartbeat 200': 1,
    });
  const seconds = valuesOf((await scrape(listener.url)).samples, 'interpool_portal_answer_seconds_count');
  expect(seconds).toMatchObject({ page: 6, heartbeat: 1 });
});

test('the portal itself has no figures for the public', async () => {
  expect(await (await fetch(`${origin}/metrics`)).text()).toBe('x');
});

test.each([
  ['/', 'page'],
  ['/api', 'page'],
  ['/api/v1/resources?x', 'api'],
  ['/api/v1/agents/heartbeat', 'heartbeat'],
  ['/api/v1/agents/jobs', 'agent'],
  ['/api/auth/session', 'sign-in'],
  ['/api/events?topic=1', 'stream'],
  ['/api/v1/monitoring/nodes', 'monitoring'],
  ['/_next/static/x.js', 'file'],
  ['/constructor', 'page'],
  ['//api/v1/health', 'page'],
])('%s is of the group %s', (url, group) => {
  expect(groupOf({ method: 'GET', url, headers: {} })).toBe(group);
});

test('a portal tells its version and how its read model stands, and what nobody can say is absent [7.2.3-b]', async () => {
  const told = async (name: string) => valuesOf((await scrape(listener.url)).samples, name);
  openPortalStanding(() => Promise.reject(new Error('away')));
  expect(await told('interpool_portal_height')).toEqual({});
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await told('interpool_portal_info')).toEqual({ [version]: 1 });
  openPortalStanding(() => Promise.resolve({ height: 40, blocksBehind: 2 }));
  expect(await told('interpool_portal_height')).toEqual({ '': 40 });
  expect(await told('interpool_portal_blocks_behind')).toEqual({ '': 2 });
  openPortalStanding(() => Promise.resolve({ height: 41, blocksBehind: null }));
  expect(await told('interpool_portal_blocks_behind')).toEqual({});
});
