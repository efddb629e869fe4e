import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { database } from '#lib/db.ts';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { getBrokenPairings } from './agents.ts';

const OWNER = 1;
const HOUR_MS = 3_600_000;

let model: TestReadModel;
let client: pg.Client;

const provider = (id: number): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: '12'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id, roles: ['NRP'], encryptionKey: '', name: null },
});
const addressOf = (digits: string): string => digits.repeat(20);

async function addKey(
  account: number,
  key: number,
  of: { digits: string; revoked: boolean; expiresAtMs?: number },
): Promise<void> {
  const keys = placeOf('account_keys');
  await client.query(`CREATE TEMP TABLE "one" AS SELECT * FROM ${keys} LIMIT 1`);
  await client.query(
    `UPDATE "one" SET "account" = $1, "key" = $2, "address" = $3, "revoked" = $4, "expiresAtMs" = $5`,
    [account, key, addressOf(of.digits), of.revoked, String(of.expiresAtMs ?? Date.now() + HOUR_MS)],
  );
  await client.query(`INSERT INTO ${keys} SELECT * FROM "one"`);
  await client.query('DROP TABLE "one"');
}

async function addAgent(digits: string, of: { code: string | null; codeMs?: number }): Promise<void> {
  const data = { address: addressOf(digits), origin: 'http://localhost:4100', label: `agent ${digits}`, sources: [] };
  const codeExpiresAt = new Date(Date.now() + (of.codeMs ?? HOUR_MS));
  await database().agent.create({ data: { ...data, code: of.code, codeExpiresAt } });
}

beforeAll(async () => {
  model = await startReadModel();
  client = new pg.Client(model.projectorUrl);
  await client.connect();
  await addAgent('b1', { code: 'ABCDEFGH' });
  await addKey(OWNER, 21, { digits: 'b1', revoked: true });
  // Its code has run out, and one that shows none.
  await addAgent('b2', { code: 'ABCDEFGJ', codeMs: -1_000 });
  await addKey(OWNER, 22, { digits: 'b2', revoked: true });
  // Revoked, and allowed again: its newest key stands.
  await addAgent('b3', { code: 'ABCDEFGK' });
  await addKey(OWNER, 23, { digits: 'b3', revoked: true });
  await addKey(OWNER, 24, { digits: 'b3', revoked: false });
  await addAgent('b4', { code: null });
  await addKey(OWNER, 25, { digits: 'b4', revoked: false, expiresAtMs: 1_000 });
  // Somebody else has had its key allowed meanwhile.
  await addAgent('b5', { code: 'ABCDEFGM' });
  await addKey(OWNER, 26, { digits: 'b5', revoked: true });
  await addKey(15, 26, { digits: 'b5', revoked: false });
});
afterAll(async () => {
  await client.end();
  await model.stop();
});

test('the owner of an agent whose key was revoked reads the code by which it offers itself anew, and what ran out [8.5.1-f]', async () => {
  const broken = await runAs(provider(OWNER), getBrokenPairings);
  expect(broken).toEqual([
    {
      address: expect.stringMatching(/^0xb1/i) as string,
      label: 'agent b1',
      key: 21,
      why: 'revoked',
      code: 'ABCDEFGH',
      codeExpiresAtMs: expect.any(Number) as number,
    },
    {
      address: expect.stringMatching(/^0xb4/i) as string,
      label: 'agent b4',
      key: 25,
      why: 'expired',
      expiredAtMs: 1_000,
    },
  ]);
});

test('a code is read by nobody else: not by another provider, a maintainer, or the agent itself [8.5.2-b]', async () => {
  expect(await runAs(provider(15), getBrokenPairings)).toEqual([]);
  const maintainer: Viewer = {
    ...provider(OWNER),
    account: { id: OWNER, roles: ['NRNSM'], encryptionKey: '', name: null },
  } as Viewer;
  expect(await runAs(maintainer, getBrokenPairings)).toEqual([]);
  expect(await runAs({ kind: 'public' }, getBrokenPairings)).toEqual([]);
  const agent: Viewer = { kind: 'agent', address: addressOf('b1'), account: OWNER, key: 21 };
  expect(await runAs(agent, getBrokenPairings)).toEqual([]);
});
