import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { requestText } from '#lib/auth/agent-request.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { database } from '#lib/db.ts';
import { ACCOUNT_BYTES_MAX, ACCOUNT_PAYLOADS_MAX, PAYLOAD_KEPT_MS, sweepPayloads } from '#lib/operations/payloads.ts';
import { applyBlocks } from '#lib/projector/projector.ts';
import { readCheckpoint } from '#lib/projector/store.ts';
import { placeOf } from '#lib/read-model.ts';
import { PAYLOAD_BODY_BYTES_MAX } from '#lib/shared/request-bounds.ts';
import { testPerson } from '#lib/testing/network.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { CUSTOMER, SECOND_PROVIDER, STRANGER } from '#lib/testing/sample-genesis.ts';
import { MACHINE_AGENTS, sampleTask, taskEnded } from '#lib/testing/sample-task.ts';
import { GET } from './v1/payloads/[digest]/route.ts';
import { POST } from './v1/payloads/route.ts';

let model: TestReadModel;
/** Keys of the two machines' agents, and of one that nobody paired. */
const [firstAgent, secondAgent, unpaired] = [testPerson(31), testPerson(32), testPerson(33)];

async function change(text: string, values: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: model.projectorUrl });
  await client.connect();
  await client.query(text, [...values]);
  await client.end();
}

beforeAll(async () => {
  model = await startReadModel(undefined, [sampleTask()]);
  for (const [index, agent] of [firstAgent, secondAgent].entries())
    await change(`UPDATE ${placeOf('account_keys')} SET "address" = $1 WHERE "address" = $2`, [
      agent.hex,
      MACHINE_AGENTS[index],
    ]);
});
afterAll(() => model.stop());
beforeEach(async () => {
  await database().payload.deleteMany();
  await database().rateLimit.deleteMany();
});

const origin = 'http://localhost:3000';
const nobody: Viewer = { kind: 'public' };
const person = (id: bigint): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: '00'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: Number(id), roles: ['NRC'], encryptionKey: '', name: null },
});
const customer = person(CUSTOMER);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const BINARY = { 'content-type': 'application/octet-stream' };

let sends = 0;
function signed(
  agent: typeof firstAgent,
  request: { method: string; path: string; body?: Uint8Array | string },
): Record<string, string> {
  const ts = Date.now();
  const nonce = (++sends).toString(16).padStart(32, '0');
  const text = requestText({ body: '', ...request }, { ts, nonce, network: model.network });
  const signature = toHex(nobleCrypto.signRecoverable(nobleCrypto.sha256(utf8(text)), agent.secretKey));
  return { authorization: `Interpool-Agent address=0x${agent.hex},ts=${ts},nonce=${nonce},signature=${signature}` };
}

function upload(body: BodyInit, as: Viewer, headers: Record<string, string> = BINARY): Promise<Response> {
  const request = new Request(`${origin}/api/v1/payloads`, {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit);
  return runAs(as, () => POST(request));
}

async function fetchPayload(digest: string, as: Viewer, headers: Record<string, string> = {}): Promise<Response> {
  const request = new Request(`${origin}/api/v1/payloads/${encodeURIComponent(digest)}`, { headers });
  return runAs(as, async () => GET(request, { params: Promise.resolve({ digest }) }));
}

const asAgent = (digest: string, agent: typeof firstAgent): Promise<Response> =>
  fetchPayload(
    digest,
    nobody,
    signed(agent, { method: 'GET', path: `/api/v1/payloads/${encodeURIComponent(digest)}` }),
  );

/** Makes the sample's task one of these bytes. */
async function runs(digest: string): Promise<void> {
  await change(`UPDATE ${placeOf('task_runs')} SET "payload" = $1`, [digest]);
  await change(`UPDATE ${placeOf('demands')} SET "payload" = $1 WHERE "id" = 1`, [digest]);
}

const stored = (): Promise<number> => database().payload.count();

describe('payloads', () => {
  test('the largest comes back byte for byte, to its uploader and to the agents of the task, once however often it is sent [I.1-5b]', async () => {
    const bytes = randomBytes(PAYLOAD_BODY_BYTES_MAX);
    const digest = sha256(bytes);
    for (let time = 0; time < 2; time += 1) {
      const answer = await upload(bytes, customer);
      expect([answer.status, await answer.json()]).toEqual([201, { digest }]);
    }
    expect(await stored()).toBe(1);
    await runs(digest);
    for (const answer of [
      await fetchPayload(digest, customer),
      await asAgent(digest, firstAgent),
      await asAgent(digest, secondAgent),
    ]) {
      expect([answer.status, answer.headers.get('content-length'), answer.headers.get('cache-control')]).toEqual([
        200,
        String(bytes.length),
        'no-store',
      ]);
      expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(digest);
    }
  }, 60_000);

  test('a program’s key uploads for its account: what it signed are the bytes, and no others pass', async () => {
    const bytes = randomBytes(1_000);
    const headers = (body: Uint8Array) => ({
      ...BINARY,
      ...signed(firstAgent, { method: 'POST', path: '/api/v1/payloads', body }),
    });
    expect((await upload(bytes, nobody, headers(bytes))).status).toBe(201);
    expect((await upload(randomBytes(1_000), nobody, headers(bytes))).status).toBe(401);
    const rows = await database().payload.findMany({ select: { account: true, digest: true } });
    expect(rows).toEqual([{ account: SECOND_PROVIDER, digest: sha256(bytes) }]);
  });

  test('nobody else gets it, and nobody learns that it is there: the answer is that of a digest that is none [7.2.1-b]', async () => {
    const bytes = randomBytes(500);
    const digest = sha256(bytes);
    await upload(bytes, customer);
    const missing = await (await fetchPayload('00'.repeat(32), person(STRANGER))).text();
    await runs('11'.repeat(32));
    const refused = [
      await fetchPayload(digest, nobody),
      await fetchPayload(digest, person(STRANGER)),
      // A provider’s own session is not its agent, and an agent whose order runs something else is a stranger.
      await fetchPayload(digest, person(SECOND_PROVIDER)),
      await asAgent(digest, firstAgent),
      await asAgent(digest, unpaired),
      ...(await Promise.all(
        ['', '../health', digest.toUpperCase(), `${digest}00`, '\0', 'x'.repeat(5_000)].map((text) =>
          fetchPayload(text, customer),
        ),
      )),
    ];
    for (const answer of refused) expect([answer.status, await answer.text()]).toEqual([404, missing]);
    expect((await fetchPayload(digest, nobody, { authorization: 'Interpool-Agent forged' })).status).toBe(401);
    // Only the agent of the order that runs it: not that of the same customer's other provider.
    await runs(digest);
    await change(`UPDATE ${placeOf('task_runs')} SET "agreement" = 10 WHERE "agreement" = 11 AND "range" = 9`);
    await change(`UPDATE ${placeOf('agreements')} SET "agentKey" = 2 WHERE "id" = 11`);
    expect([(await asAgent(digest, firstAgent)).status, (await asAgent(digest, secondAgent)).status]).toEqual([
      200, 404,
    ]);
    await change(`UPDATE ${placeOf('agreements')} SET "agentKey" = 1 WHERE "id" = 11`);
  });

  test('a demand that names somebody else’s payload opens it to no agent [7.2.1-b]', async () => {
    const bytes = randomBytes(500);
    await upload(bytes, person(STRANGER));
    await runs(sha256(bytes));
    expect((await asAgent(sha256(bytes), firstAgent)).status).toBe(404);
    // Nor does who uploads the same bytes first keep the customer from doing so.
    await upload(bytes, customer);
    expect((await asAgent(sha256(bytes), firstAgent)).status).toBe(200);
  });

  test('too large, of another type, too short for a ciphertext, by nobody: refused with a sentence, and nothing is stored [8.4.2-b]', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    });
    const cases: [string, Promise<Response>, number][] = [
      ['a byte too many', upload(new Uint8Array(PAYLOAD_BODY_BYTES_MAX + 1), customer), 413],
      ['endless', upload(endless, customer), 413],
      ['JSON', upload('{}', customer, { 'content-type': 'application/json' }), 415],
      ['a form', upload(new URLSearchParams({ a: 'b' }), customer, {}), 415],
      ['empty', upload(new Uint8Array(), customer), 400],
      ['shorter than nonce and tag', upload(new Uint8Array(27), customer), 400],
      ['nobody', upload(new Uint8Array(100), nobody), 401],
      ['an account that is none', upload(new Uint8Array(100), { ...customer, account: null } as Viewer), 403],
    ];
    for (const [what, answered, status] of cases) {
      const answer = await answered;
      const { detail } = (await answer.json()) as { detail: string };
      expect([what, answer.status, detail.endsWith('.')]).toEqual([what, status, true]);
    }
    expect(await stored()).toBe(0);
  });

  test('an account has so many, and so much, at a time; what is over makes room, and uploads at once share what there is', async () => {
    const account = CUSTOMER;
    const row = (index: number, size: number) => ({
      digest: index.toString(16).padStart(64, '0'),
      account,
      bytes: new Uint8Array(1),
      size,
    });
    await database().payload.createMany({
      data: Array.from({ length: ACCOUNT_PAYLOADS_MAX - 1 }, (_, index) => row(index, 1)),
    });
    const answers = await Promise.all([1, 2, 3].map(() => upload(randomBytes(100), customer)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect((await upload(randomBytes(100), person(STRANGER))).status).toBe(201);
    await database().payload.deleteMany();
    await database().payload.create({ data: row(0, ACCOUNT_BYTES_MAX - 50) });
    expect((await upload(randomBytes(51), customer)).status).toBe(409);
    expect((await upload(randomBytes(50), customer)).status).toBe(201);
    // Its task is over: the next needs the place.
    await change(
      `UPDATE ${placeOf('demands')} SET "payload" = $1, "status" = 'withdrawn', "closedAtMs" = 5 WHERE "id" = 2`,
      [row(0, 0).digest],
    );
    expect((await upload(randomBytes(51), customer)).status).toBe(201);
    expect(await stored()).toBe(2);
    await change(
      `UPDATE ${placeOf('demands')} SET "payload" = NULL, "status" = 'open', "closedAtMs" = NULL WHERE "id" = 2`,
    );
  });
});

describe('housekeeping', () => {
  const at = async (height: bigint): Promise<number> => {
    const client = new pg.Client(model.projectorUrl);
    await client.connect();
    const checkpoint = await readCheckpoint(client);
    await applyBlocks([taskEnded(height, 1_000n)], checkpoint!, { database: client, readTransaction: () => undefined });
    await client.end();
    return Number((await database().checkpoint.findUniqueOrThrow({ where: { id: 1 } })).timeMs);
  };

  test('removes what no demand names an hour after its upload, keeps what is needed, and what ended less than an hour ago', async () => {
    const [named, unnamed, fresh] = [randomBytes(100), randomBytes(101), randomBytes(102)];
    for (const bytes of [named, unnamed, fresh]) await upload(bytes, customer);
    await runs(sha256(named));
    const left = async () => (await database().payload.findMany()).map(({ digest }) => digest).toSorted();
    const all = [named, unnamed, fresh].map(sha256).toSorted();
    const { timeMs } = await database().checkpoint.findUniqueOrThrow({ where: { id: 1 } });
    const untilMs = Number(timeMs) - PAYLOAD_KEPT_MS;
    const uploadedAt = (ms: number, digests: string[]) =>
      database().payload.updateMany({ where: { digest: { in: digests } }, data: { uploadedAt: new Date(ms) } });
    await uploadedAt(untilMs + 1, all);
    await sweepPayloads(Number.MAX_SAFE_INTEGER);
    expect(await left()).toEqual(all);
    await uploadedAt(untilMs - 1, [sha256(named), sha256(unnamed)]);
    await sweepPayloads(Number.MAX_SAFE_INTEGER);
    expect(await left()).toEqual([named, fresh].map(sha256).toSorted());
    // The task ends, and an hour passes on the ledger.
    const endedAtMs = await at(9n);
    await uploadedAt(0, [sha256(named)]);
    await uploadedAt(endedAtMs, [sha256(fresh)]);
    await sweepPayloads(Number.MAX_SAFE_INTEGER);
    expect(await left()).toEqual([named, fresh].map(sha256).toSorted());
    await change(`UPDATE ${placeOf('checkpoint')} SET "timeMs" = $1`, [endedAtMs + PAYLOAD_KEPT_MS + 1]);
    await uploadedAt(endedAtMs + 2, [sha256(fresh)]);
    await sweepPayloads(Number.MAX_SAFE_INTEGER);
    expect(await left()).toEqual([sha256(fresh)]);
  });
});
