import { done } from '#agent/outcome.ts';
import { noPayloads } from '#agent/payloads.ts';
import { NO_SPENDING } from '#agent/spending.ts';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filled } from '#ledger/abci/testing/test-network.ts';
import { recoverAddress } from '#ledger/core/address.ts';
import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { isPossessed } from '#ledger/contracts/account/key-possession.ts';
import { readDataSet } from '#ledger/contracts/kinds/data.ts';
import { isTestSigned } from '#ledger/contracts/resource/test-report.ts';
import { jobAnswerShape, registrationShape } from '#lib/shared/agent.ts';
import { keyOf } from './key.ts';
import { OrderBook } from './order-book.ts';
import { PortalClient } from './portal-client.ts';
import { Registration, type AgentJob } from './registration.ts';
import { SourceShelf } from './source-shelf.ts';
import { dataSources } from './testing/data-sources.ts';

const network = filled(7);
const key = keyOf(filled(9));
const job: AgentJob = { id: '5', kind: 'test', sourceId: 'trees', owner: 1, network: toHex(network) };
const proving: AgentJob = { id: '6', kind: 'prove', owner: 1, network: toHex(network) };

interface Seen {
  method: string;
  path: string;
  authorization: string;
  body: string;
}

let folder: string;
let server: Server;
let seen: Seen[];
let answer: (seen: Seen) => { status: number; body: string };
let registration: Registration;
let book: OrderBook;
let client: PortalClient;
let said: string[];
let clockMs: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-registration-'));
  seen = [];
  said = [];
  clockMs = 1_000;
  answer = () => ({ status: 204, body: '' });
  server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, path: url, authorization: headers.authorization ?? '', body });
      const reply = answer({ method, path: url, authorization: '', body });
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const path = join(folder, 'trees.csv');
  writeFileSync(path, 'name\noak\n');
  const opened = OrderBook.open(join(folder, 'orders.journal'));
  if (!opened.ok) throw new Error(opened.sentence);
  book = opened.value;
  const source = { id: 'trees', title: 'Trees', format: 'csv', path: 'trees.csv', publishRanges: true };
  const kinds = dataSources(folder, [source]);
  const shelf = new SourceShelf({
    kinds,
    home: folder,
    book,
    spending: NO_SPENDING,
    payloads: noPayloads('ab'.repeat(32)),
    measureRoundTrip: () => Promise.resolve(done(1)),
    log: () => undefined,
  });
  client = new PortalClient(origin, { network: toHex(network), key });
  const gateway = { host: '127.0.0.1', port: 4100, publicOrigin: 'http://localhost:4100' };
  registration = new Registration({
    client,
    key,
    network,
    book,
    shelf,
    nowMs: () => clockMs,
    openLinks: () => 0,
    sample: { take: async () => ({}), heard: () => undefined, measure: async () => undefined },
    log: (sentence) => said.push(sentence),
    config: {
      portal: origin,
      label: 'Agent',
      gateway,
      home: folder,
      anchor: '',
      repair: { allow: [] },
      probeEveryMs: 60_000,
      kinds,
      sources: shelf.sources,
    },
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

describe('a test for the publish wizard', () => {
  test('is done on the source itself and signed over exactly what is sent [6.2.3-a] [8.3.1-b]', async () => {
    book.record({ kind: 'identity', account: 1, key: 2 });
    const result = await registration.answer(job);
    if (result.what !== 'test') throw new Error('the source can be read');
    expect(jobAnswerShape.parse(result)).toEqual(result);
    const { attributes } = result;
    expect(readDataSet(attributes)).toMatchObject({ format: 'csv', rows: 1 });
    const report = { network, owner: 1n, sourceId: 'trees', kind: 'data', attributes, testedAtMs: 1_000n };
    const signature = fromHex(result.testSignature) ?? new Uint8Array();
    expect(isTestSigned(report, signature, key.address, nobleCrypto)).toBe(true);
    for (const other of [{ owner: 2n }, { kind: 'storage' }, { attributes: [] }, { network: filled(8) }])
      expect(isTestSigned({ ...report, ...other }, signature, key.address, nobleCrypto)).toBe(false);
    expect(result.preview).toEqual([{ name: 'oak' }]);
  });

  test('that comes again gets the same answer, and one for somebody else gets a sentence [8.5.2-a]', async () => {
    expect(await registration.answer({ ...job, id: 'early' })).toMatchObject({ what: 'failure' });
    book.record({ kind: 'identity', account: 1, key: 2 });
    const first = await registration.answer(job);
    writeFileSync(join(folder, 'trees.csv'), 'name\nelm\n');
    expect(await registration.answer(job)).toBe(first);
    for (const foreign of [
      { owner: 2 },
      { network: '00'.repeat(32) },
      { sourceId: '../trees' },
      { sourceId: 'oaks' },
    ]) {
      expect(await registration.answer({ ...job, id: JSON.stringify(foreign), ...foreign })).toMatchObject({
        what: 'failure',
      });
    }
  });

  test.each([
    '',
    '[]',
    '{"jobs":1}',
    '{"jobs":[{}]}',
    `{"jobs":[{"id":"../x","kind":"test","sourceId":"a","owner":1,"network":"${'0'.repeat(64)}"}]}`,
    '<html>',
  ])('that is not one is left alone: %s', async (body) => {
    answer = () => ({ status: 200, body });
    expect(await registration.workOnJobs(new AbortController().signal)).toBe(false);
    expect(seen.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});

describe('a proof for pairing', () => {
  test('is the agent’s own signature for the account that asked, on its own network, and who asked is said [8.5.2-a]', async () => {
    const answer = await registration.answer(proving);
    if (answer.what !== 'proof') throw new Error('an agent that nobody paired offers its key');
    expect(jobAnswerShape.parse(answer)).toEqual(answer);
    const proof = fromHex(answer.proof) ?? new Uint8Array();
    const { address } = key;
    expect(isPossessed({ network, account: 1n, address }, proof, nobleCrypto)).toBe(true);
    expect(isPossessed({ network, account: 2n, address }, proof, nobleCrypto)).toBe(false);
    expect(isPossessed({ network: filled(8), account: 1n, address }, proof, nobleCrypto)).toBe(false);
    expect(said.filter((sentence) => sentence.includes('A-1'))).toHaveLength(1);
    expect(await registration.answer(proving)).toBe(answer);
    expect(said.filter((sentence) => sentence.includes('A-1'))).toHaveLength(1);
  });

  test('is given again to its owner and never to another account, also after the key was revoked [8.5.2-b]', async () => {
    book.record({ kind: 'identity', account: 1, key: 2 });
    const foreign = await registration.answer({ ...proving, owner: 2 });
    expect(foreign).toMatchObject({ what: 'failure', sentence: expect.stringContaining('another account') as string });
    expect(said.at(-1)).toContain('A-2');
    book.record({ kind: 'identity-revoked' });
    expect(await registration.answer({ ...proving, id: 'revoked', owner: 3 })).toMatchObject({ what: 'failure' });
    expect(await registration.answer({ ...proving, id: 'own' })).toMatchObject({ what: 'proof' });
  });

  test('is refused for another network than the anchor’s', async () => {
    expect(await registration.answer({ ...proving, network: '00'.repeat(32) })).toMatchObject({ what: 'failure' });
  });

  test('is asked for and answered like every job, and the portal takes the answer [8.5.2-a]', async () => {
    const jobs = [
      { id: '6', kind: 'prove', owner: 1, network: toHex(network) },
      { id: '7', kind: 'test', sourceId: 'trees', owner: 1, network: toHex(network) },
    ];
    answer = ({ method }) =>
      method === 'GET' ? { status: 200, body: JSON.stringify({ jobs }) } : { status: 204, body: '' };
    expect(await registration.workOnJobs(new AbortController().signal)).toBe(true);
    const sent = seen
      .filter(({ method }) => method === 'POST')
      .map(({ path, body }) => [path, jobAnswerShape.parse(JSON.parse(body)).what]);
    expect(sent).toEqual([
      ['/api/v1/agents/jobs/6', 'proof'],
      ['/api/v1/agents/jobs/7', 'failure'],
    ]);
  });
});

test('an agent registers with its sources, the kind of each among them [8.3.1-b]', async () => {
  answer = () => ({ status: 200, body: '{"code":"ABCD","expiresAtMs":5000}' });
  expect(await registration.register()).toBe(true);
  const registered = registrationShape.parse(JSON.parse(seen[0]?.body ?? ''));
  expect(registered.sources).toEqual([{ id: 'trees', kind: 'data', title: 'Trees' }]);
});

describe('a heartbeat', () => {
  const signedAt = (): number[] => seen.map(({ authorization }) => Number(/,ts=(\d+),/.exec(authorization)?.[1]));

  test('is signed later than the last that was taken, also when the clock was set back; one that was not taken binds to nothing [8.5.2-a]', async () => {
    answer = () => ({ status: 200, body: '{}' });
    await registration.heartbeat();
    clockMs = 400;
    await registration.heartbeat();
    clockMs = 5_000;
    await registration.heartbeat();
    expect(signedAt()).toEqual([1_000, 1_001, 5_000]);
    // An hour ahead the portal takes nothing: set right, the clock counts again at once.
    answer = () => ({ status: 401, body: '{}' });
    clockMs = 3_600_000;
    await registration.heartbeat();
    clockMs = 6_000;
    await registration.heartbeat();
    expect(signedAt().slice(3)).toEqual([3_600_000, 6_000]);
  });
});

describe('a request to the portal', () => {
  test('carries the agent’s signature over method, path, body, time and network, never the same twice [8.5.2-a]', async () => {
    await client.post('/api/v1/agents/heartbeat?x=1', { a: 1 });
    await client.post('/api/v1/agents/heartbeat?x=1', { a: 1 });
    const [first, second] = seen;
    const match =
      /^Interpool-Agent address=(0x[0-9a-fA-F]{40}),ts=(\d+),nonce=([0-9a-f]{32}),signature=([0-9a-f]{130})$/.exec(
        first?.authorization ?? '',
      );
    const [, address, ts, nonce, signature] = match ?? [];
    const bodyHash = toHex(nobleCrypto.sha256(utf8('{"a":1}')));
    const text = `interpool/agent-request/v1\nPOST\n/api/v1/agents/heartbeat?x=1\n${bodyHash}\n${ts}\n${nonce}\n${toHex(network)}`;
    const signer = recoverAddress(
      nobleCrypto.sha256(utf8(text)),
      fromHex(signature ?? '') ?? new Uint8Array(),
      nobleCrypto,
    );
    expect([address, toHex(signer ?? new Uint8Array())]).toEqual([key.addressText, toHex(key.address)]);
    expect(first?.authorization).not.toBe(second?.authorization);
  });

  test('that is refused gives the problem’s sentence and code, and nothing thrown', async () => {
    answer = () => ({ status: 409, body: '{"title":"No","detail":"Not now.","code":14}' });
    expect(await client.get('/x')).toMatchObject({
      kind: 'refused',
      status: 409,
      code: 14,
      sentence: 'The portal answered 409: Not now.',
    });
    answer = () => ({ status: 500, body: '<html>' });
    expect(await client.get('/x')).toMatchObject({ kind: 'refused', status: 500, code: null });
    answer = () => ({ status: 200, body: '"x'.padEnd(17 * 1024 * 1024, 'x') });
    expect(await client.get('/x')).toMatchObject({ kind: 'unreachable' });
  });
});

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
