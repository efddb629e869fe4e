import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { keyOf } from '#agent/key.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { ProvedEvents } from '#agent/proved-events.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { applicationFor, buy, readOffer, type Buyer, type Offer } from './purchase.ts';

const offer: Offer = {
  kind: 'storage',
  gateway: 'http://localhost:4100',
  provider: { id: 3 },
  strategy: {
    version: 7,
    prices: [{ meter: 'storedBytes', per: 1_000_000_000, perMs: 3_600_000, amountMicro: '50000' }],
  },
};
const use = {
  resource: 4n,
  purpose: 'planning',
  fieldOfBusiness: 'logistics',
  durationMs: 600_000n,
  amounts: [{ meter: 'storedBytes', amount: 200_000_000n }],
  choices: [],
  continues: 0n,
};
const keys = { encryptionKey: new Uint8Array(32), voucherKey: new Uint8Array(20) };

test('a program signs the price in force, by the ledger’s own rule, and nothing above its limit', () => {
  const signed = applicationFor({ ...use, atMostMicro: 1_667n }, offer, keys);
  expect(signed).toMatchObject({ ok: true, value: { provider: 3n, strategyVersion: 7n, holdMicro: 1_667n } });
  const dear = applicationFor({ ...use, atMostMicro: 1_666n }, offer, keys);
  const sentence =
    'It can cost 0.001667 tokens, more than the 0.001666 tokens that --at-most allows; nothing was bought.';
  expect(dear).toEqual({ ok: false, sentence });
});

type Answer = { status: number; body: string };
const json = (status: number, body: unknown): Answer => ({ status, body: JSON.stringify(body) });
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A portal that answers with what `answer` says of a path, and hands out a new nonce to whoever asks. */
async function portal(answer: (request: IncomingMessage) => Answer): Promise<{ buyer: Buyer; sent: string[] }> {
  const sent: string[] = [];
  let nonce = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url = '' } = request;
      if (request.method === 'POST') sent.push((JSON.parse(body) as { transaction: string }).transaction);
      const validUntilMs = Date.now() + 60_000;
      const { status, body: said } = url.includes('by-address')
        ? json(200, { account: 5, key: 1 })
        : url.includes('/nonce')
          ? json(200, { nonce: String((nonce += 1)), validUntilMs })
          : answer(request);
      response.writeHead(status).end(said);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => server.close().closeAllConnections());
  const key = keyOf(new Uint8Array(32).fill(7));
  const network = new Uint8Array(32);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new PortalClient(origin, { network: '00'.repeat(32), key });
  return { buyer: { client, events: new ProvedEvents(client, {} as Anchor), key, network }, sent };
}

const proxyDown: Answer = { status: 502, body: '<html>Bad Gateway</html>' };

test('an answer that got lost is asked for with the same bytes, so that nothing is bought twice', async () => {
  let calls = 0;
  const decided = { tx: 'ab'.repeat(32), height: 9, code: 0, data: { agreement: '12' }, logIndex: 3 };
  const { buyer, sent } = await portal(() => ((calls += 1) === 1 ? proxyDown : json(200, decided)));
  const bought = await buy({ use: { ...use, atMostMicro: null }, isPaying: false }, offer, buyer);
  expect(bought).toEqual({ ok: true, value: 12n });
  expect([sent.length, new Set(sent).size]).toEqual([2, 1]);
});

test('where nothing becomes known, nothing is signed again, and the program says so', async () => {
  const { buyer, sent } = await portal(() => proxyDown);
  const bought = await buy({ use: { ...use, atMostMicro: null }, isPaying: false }, offer, buyer);
  expect(bought).toMatchObject({ ok: false, sentence: expect.stringContaining('not known whether') as unknown });
  expect([sent.length, new Set(sent).size]).toEqual([3, 1]);
});

test('what the ledger refuses is final: it is not sent again', async () => {
  const { buyer, sent } = await portal(() => json(409, { code: 6, detail: 'The signature has expired.' }));
  expect(await buy({ use: { ...use, atMostMicro: null }, isPaying: false }, offer, buyer)).toMatchObject({ ok: false });
  expect(sent).toHaveLength(1);
});

test.each([
  ['without TLS', 'http://agent.example'],
  ['with a path', 'https://agent.example/x'],
  ['that is none', 'javascript:alert(1)'],
])('a gateway %s is sent no token', async (_, gateway) => {
  const { buyer } = await portal(() => json(200, { ...offer, gateway }));
  expect(await readOffer(buyer.client, 4n)).toMatchObject({ ok: false });
});
