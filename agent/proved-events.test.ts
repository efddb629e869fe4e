import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { sampleAnchor, sampleReceipt } from '#ledger/vectors/sample-receipt.ts';
import { PortalClient } from './portal-client.ts';
import { ProvedEvents, type Payload } from './proved-events.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Events as a portal tells them that gives this answer every time. */
async function eventsFrom(body: unknown): Promise<ProvedEvents> {
  const server = createServer((_, response) => response.end(JSON.stringify(body)));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => server.close().closeAllConnections());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new ProvedEvents(new PortalClient(origin, { network: '00'.repeat(32), key: null }), sampleAnchor);
}

const receipt = sampleReceipt();
const items = [{ logIndex: receipt.logIndex, receipt }];
const any = (payload: Payload): payload is Payload => typeof payload['type'] === 'string';
const none = (payload: Payload): payload is Payload => payload['type'] === 'NothingIsCalledSo';

test('an event that is proved against the anchor is found, also when the time to wait is over', async () => {
  const events = await eventsFrom({ items });
  expect(await events.await('something', any, 0)).toHaveProperty('type');
});

test('a portal that tells the same again and again is found out, and does not make a program wait for ever', async () => {
  const events = await eventsFrom({ items });
  await expect(events.await('something', none, 60_000)).rejects.toThrow('in another order');
});

test.each([
  ['a receipt that does not verify', { items: [{ receipt: { ...receipt, header: '00' } }] }, 'does not verify'],
  ['no receipt', { items: [{}] }, 'not understood'],
  ['no list', { items: 'none' }, 'not understood'],
  ['nothing', null, 'not understood'],
])('%s is believed by nobody', async (_, body, why) => {
  const events = await eventsFrom(body);
  await expect(events.await('something', any, 60_000)).rejects.toThrow(why);
});

test('what nobody tells is waited for as long as was said', async () => {
  const events = await eventsFrom({ items: [] });
  await expect(events.await('the delivery', any, 0)).rejects.toThrow('Waited 0 s in vain for the delivery');
});
