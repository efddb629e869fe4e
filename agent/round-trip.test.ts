import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { measureRoundTrip } from './round-trip.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

/** A portal of which only the health route is there, and how many connections it was asked over. */
async function portal(answer: RequestListener): Promise<{ origin: string; connections: () => number }> {
  const server = createServer(answer);
  servers.push(server);
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections };
}

test('a round trip is the median of five requests over one connection, and opening that does not count [8.4.2-e]', async () => {
  let nowMs = 0;
  const asked: string[] = [];
  const { origin, connections } = await portal((request, response) => {
    // Opening takes long; of the five that count, one is held up.
    nowMs += [400, 7.4, 30, 6, 7.6, 2][asked.length] ?? 0;
    asked.push(`${request.method} ${request.url}${request.headers.authorization ?? ''}`);
    response.setHeader('content-type', 'application/json').end('{"status":"ok"}');
  });
  expect(await measureRoundTrip(origin, () => nowMs)).toEqual({ ok: true, value: 7 });
  expect(asked).toEqual(Array.from({ length: 6 }, () => 'GET /api/v1/health'));
  expect(connections()).toBe(1);
});

test('a portal on the same machine is a whole ms away, never none', async () => {
  const { origin } = await portal((_, response) => response.end('{}'));
  expect(await measureRoundTrip(origin, () => 0)).toEqual({ ok: true, value: 1 });
  const measured = await measureRoundTrip(origin);
  expect(measured.ok && Number.isInteger(measured.value) && measured.value >= 1).toBe(true);
});

test('one answer too few says why there is no round trip; two that are missing do no harm', async () => {
  let count = 0;
  let missing = 2;
  const { origin } = await portal((request, response) => {
    count += 1;
    if (count > 1 && count <= 1 + missing) request.socket.destroy();
    else response.end('{}');
  });
  expect(await measureRoundTrip(origin, () => 0)).toEqual({ ok: true, value: 1 });
  [count, missing] = [0, 3];
  expect(await measureRoundTrip(origin)).toMatchObject({
    ok: false,
    sentence: expect.stringMatching(
      /^The round trip to the portal could not be measured\. The portal at .* did not answer/,
    ),
  });
});

test.each<[string, RequestListener]>([
  ['refuses', (_, response) => response.writeHead(429).end('{"detail":"Too many."}')],
  ['answers with something that is no JSON', (_, response) => response.end('<html>')],
  ['leads elsewhere', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
])('a portal that %s has no round trip, and is asked no more', async (_, answer) => {
  let count = 0;
  const { origin } = await portal((request, response) => {
    count += 1;
    answer(request, response);
  });
  expect(await measureRoundTrip(origin)).toMatchObject({ ok: false });
  expect(count).toBe(1);
});
