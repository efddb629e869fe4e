import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { filled } from '#ledger/abci/testing/test-network.ts';
import { keyOf } from './key.ts';
import { payloadsOf } from './payloads.ts';
import { PortalClient } from './portal-client.ts';
import { sha256Hex } from './testing/sample-task.ts';

const PAYLOAD = new Uint8Array(2_000_000).map((_, index) => index % 251);
const digest = sha256Hex(PAYLOAD);
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

async function fetchedFrom(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const { port } = server.address() as AddressInfo;
  const key = keyOf(filled(3));
  const client = new PortalClient(`http://127.0.0.1:${port}`, { network: '00'.repeat(32), key });
  return payloadsOf({ client, key, network: filled(0) }).fetch(digest);
}

test('a payload is fetched with the agent’s signature, whole, and believed by its SHA-256 alone [7.2.5-a]', async () => {
  const asked: (string | undefined)[] = [];
  const fetched = await fetchedFrom(({ url, headers }, response) => {
    asked.push(url, headers.authorization?.slice(0, 15));
    response.setHeader('content-type', 'application/octet-stream').end(PAYLOAD);
  });
  expect(asked).toEqual([`/api/v1/payloads/${digest}`, 'Interpool-Agent']);
  expect(fetched.kind === 'found' && Buffer.compare(fetched.bytes, PAYLOAD)).toBe(0);
  const changed = await fetchedFrom((_, response) => response.end(PAYLOAD.subarray(1)));
  expect(changed).toEqual({ kind: 'missing' });
});

test.each([
  [404, 'missing'],
  [410, 'missing'],
  [401, 'unreachable'],
  [204, 'unreachable'],
  [503, 'unreachable'],
])('a portal that answers %i is understood as %s', async (status, kind) => {
  const problem = { status, title: 'Said' };
  const fetched = await fetchedFrom((_, response) =>
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem)),
  );
  expect(fetched).toMatchObject({ kind });
});

test('a body without an end is given up at the bound of payloads', async () => {
  let isOver = false;
  const fetched = await fetchedFrom((_, response) => {
    const more = (): void => {
      if (!isOver && response.write(new Uint8Array(65_536))) setImmediate(more);
      else if (!isOver) response.once('drain', more);
    };
    response.once('close', () => (isOver = true));
    more();
  });
  expect(fetched).toMatchObject({ kind: 'unreachable', sentence: expect.stringContaining('larger') as string });
});
