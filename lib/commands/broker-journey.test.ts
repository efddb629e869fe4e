import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Broker } from '#agent/broker/broker.ts';
import { keyOf } from '#agent/key.ts';
import { possessionDigest } from '#ledger/contracts/account/key-possession.ts';
import { methodOf, type MethodName } from '#ledger/contracts/definitions.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import {
  amountsOfUse,
  ATTRIBUTES,
  filled,
  HOUR_MS,
  places,
  strategy,
  terms,
} from '#ledger/contracts/testing/samples.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { anchorFromJson } from '#ledger/core/genesis.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { runAs } from '#lib/auth/viewer.ts';
import { BROKER_METHODS } from '#lib/shared/agent-methods.ts';
import { places as routes, routeAt } from '#lib/testing/api-routes.ts';
import { startNetwork, testPerson, type TestNetwork, type TestPerson } from '#lib/testing/network.ts';
import { waitForHeight } from '#lib/queries/network.ts';
import { relayTransaction } from './relay-transaction.ts';

const [PROVIDER, CUSTOMER, NODE_PROVIDER, BROKER] = [1, 2, 3, 4] as const;
const people = [testPerson(11), testPerson(12), testPerson(13), testPerson(14)] as const;
const agent = testPerson(21);
const program = testPerson(22);
const TOKEN = 'a token of more than thirty-two characters';

let net: TestNetwork;
let portal: ReturnType<typeof createServer>;
let origin: string;
let folder: string;
let broker: Broker;
let api: string;

beforeAll(async () => {
  const roles = [['NRP'], [], ['NRNSP'], ['NRB']];
  net = await startNetwork(
    people.map((person, index) => ({ person, roles: ['NRC', ...(roles[index] ?? [])], balanceMicro: '50000000' })),
  );
  await waitForHeight(0);
  folder = mkdtempSync(join(tmpdir(), 'interpool-broker-'));
  portal = createServer((request, response) => void serve(request, response));
  await new Promise<void>((listening) => portal.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
  const anchor = anchorFromJson(readFileSync(join(net.home, 'anchor.json'), 'utf8'));
  if (!anchor.ok) throw new Error(anchor.sentence);
  const started = await Broker.start({
    config: {
      account: BROKER,
      label: 'Edge broker',
      home: folder,
      anchor: '',
      regions: ['US-WA'],
      nodeProviders: [{ portal: origin, account: NODE_PROVIDER }],
      api: { host: '127.0.0.1', port: 0, token: TOKEN },
      measureEveryMs: 1_000,
      propose: false,
      feePerMille: 0,
      isLoopback: true,
    },
    anchor: anchor.value,
    key: keyOf(program.secretKey),
    nowMs: Date.now,
    onFatal: (sentence) => process.stderr.write(`${sentence}\n`),
    log: () => undefined,
  });
  if (!started.ok) throw new Error(started.sentence);
  broker = started.value.broker;
  api = `http://127.0.0.1:${started.value.port}`;
}, 90_000);
afterAll(async () => {
  await broker.stop();
  portal.close().closeAllConnections();
  await net.stop();
  rmSync(folder, { recursive: true });
});

/** The portal's own route handlers behind a listener on loopback. */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', origin);
  const parts = url.pathname.split('/').slice(2);
  const place = routes.find((each) => {
    const names = each.split('/');
    return names.length === parts.length && names.every((name, at) => name.startsWith('[') || name === parts[at]);
  });
  const names = (place ?? '').split('/');
  const params = Object.fromEntries(
    names.flatMap((name, at) => (name.startsWith('[') ? [[name.slice(1, -1), parts[at] ?? '']] : [])),
  );
  const handler = (await routeAt(place ?? '[[...path]]'))[request.method ?? ''];
  const body = await buffer(request);
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && name !== 'connection' ? [[name, value]] : [],
  );
  const asked = new Request(url, {
    method: request.method,
    headers,
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
  const answer = await runAs({ kind: 'public' }, async () => handler?.(asked, { params: Promise.resolve(params) }));
  response.writeHead(answer?.status ?? 405, Object.fromEntries(answer?.headers ?? []));
  response.end(Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer(0)));
}

let nonces = 0n;

async function act(person: TestPerson, account: number, method: MethodName, args: Args): Promise<unknown> {
  const hex = net.sign(person, methodOf(method), { account: BigInt(account), nonce: nonces++, args });
  const relayed = await runAs({ kind: 'public' }, () => relayTransaction(hex, 20_000));
  if (relayed.state !== 'decided' || relayed.item.code !== 0) throw new Error(`${method}: ${JSON.stringify(relayed)}`);
  return relayed.item.data;
}

function authorise(person: TestPerson, account: number, key: TestPerson, methods: readonly string[]): Promise<unknown> {
  const digest = possessionDigest(
    { network: net.network, account: BigInt(account), address: key.address },
    nobleCrypto,
  );
  const scope = {
    methods: [...methods],
    resources: [],
    spendingCapMicro: 0n,
    expiresAtMs: BigInt(Date.now() + 3_600_000),
  };
  const proof = nobleCrypto.signRecoverable(digest, key.secretKey);
  return act(person, account, 'AuthorizeKey', { keyAddress: key.address, label: 'program', ...scope, proof });
}

async function publish(): Promise<void> {
  const tested = { kind: 'data', sourceId: 'weather', attributes: ATTRIBUTES, testedAtMs: BigInt(Date.now()) };
  const digest = resourceTestDigest({ network: net.network, owner: BigInt(PROVIDER), ...tested }, nobleCrypto);
  const words = {
    title: 'Weather',
    summary: 'Daily.',
    tags: ['weather'],
    region: 'US-WA',
    licence: 'CC0',
    sourceUrl: '',
  };
  await act(people[0], PROVIDER, 'PublishResource', {
    ...words,
    ...tested,
    agentKey: 1n,
    capacity: places(2n),
    strategy: strategy(),
    testSignature: nobleCrypto.signRecoverable(digest, agent.secretKey),
  });
}

async function read(path: string, from = api): Promise<Record<string, unknown>> {
  return (await (await fetch(`${from}${path}`)).json()) as Record<string, unknown>;
}

test('a broker’s program follows the real portal by proofs, free capacity of other people’s orders too, and its request goes its way [6.2.6-a/d/e] [8.4.2-a/e]', async () => {
  await authorise(people[0], PROVIDER, agent, ['Prepare']);
  await publish();
  const need = { kind: 'data', terms: [], choices: terms({ format: 'csv' }), amounts: amountsOfUse(), promise: [] };
  const asked = { purpose: 'research', fieldOfBusiness: 'weather', durationMs: HOUR_MS };
  await act(people[1], CUSTOMER, 'PublishDemand', {
    ...asked,
    needs: [need],
    work: [],
    budgetMicro: 10_000_000n,
    backup: false,
    batch: false,
    openMs: HOUR_MS,
    encryptionKey: filled(9),
  });
  await act(people[1], CUSTOMER, 'Apply', {
    ...asked,
    resource: 1n,
    provider: 1n,
    strategyVersion: 1n,
    choices: need.choices,
    amounts: need.amounts,
    holdMicro: 3_600_000n,
    continues: 0n,
    encryptionKey: filled(9),
    voucherKey: filled(0, 20),
  });
  // Nobody has allowed the key: the portal tells it nothing.
  expect(await read('/health')).toMatchObject({ isAllowed: false, resources: 0, status: 'behind' });
  await authorise(people[3], BROKER, program, BROKER_METHODS);
  await expect
    .poll(() => read('/registry'), { timeout: 60_000 })
    .toMatchObject({
      isBehind: false,
      items: [{ resource: 1, status: 'published', free: [{ meter: 'places', amount: 1 }] }],
    });
  expect(await read('/demands')).toMatchObject({
    items: [{ demand: 1, customer: CUSTOMER, plans: [{ resources: [1] }] }],
  });
  await expect.poll(async () => (await read('/health'))['isAllowed'], { timeout: 30_000 }).toBe(true);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const body = JSON.stringify({ demand: 1, provider: PROVIDER, kind: 'data' });
  const sent = await fetch(`${api}/forward`, { method: 'POST', headers, body });
  expect([sent.status, await sent.json()]).toMatchObject([200, { sent: { state: 'taken' } }]);
  await act(people[2], NODE_PROVIDER, 'RelayNotice', { notice: 1n, passes: true });
  await expect
    .poll(() => read('/notices'), { timeout: 60_000 })
    .toMatchObject({ items: [{ notice: 1, status: 'relayed' }] });
});

test('bytes of a request that were altered on their way are refused by the real portal with the ledger’s code [6.2.6-e]', async () => {
  const args = { demand: 1n, provider: 1n, nodeProvider: 3n, kind: 'data' };
  const hex = net.sign(program, methodOf('SendNotice'), { account: BigInt(BROKER), key: 1n, nonce: 900n, args });
  const bytes = Buffer.from(hex, 'hex');
  bytes[bytes.findLastIndex((byte, index) => byte === 3 && index < bytes.length - 65)] = 2;
  const answer = await fetch(`${origin}/api/v1/transactions?wait=10000`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ transaction: bytes.toString('hex') }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([403, { code: admissionCodes.SIGNER_MISMATCH }]);
});
