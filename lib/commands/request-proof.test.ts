import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { database } from '#lib/db.ts';
import { registerAgent } from '#lib/operations/agents.ts';
import { getPairingProof } from '#lib/queries/pairing-proof.ts';
import { getTestResult } from '#lib/queries/test-result.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { finishJob, takeJobs } from './agent-work.ts';
import { requestProof } from './request-proof.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());
beforeEach(async () => {
  await database().rateLimit.deleteMany();
  await database().job.deleteMany();
});

const ADDRESS = '5a'.repeat(20);
const PROOF = 'ab'.repeat(65);
const agent: Viewer = { kind: 'agent', address: ADDRESS, account: null, key: null };
const person = (id: number, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: id.toString(16).padStart(2, '0').repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id, roles, encryptionKey: '', name: null },
});
const owner = person(1, 'NRC', 'NRP');
const another = person(5, 'NRC', 'NRP');
const still = new AbortController().signal;

async function shownCode(): Promise<string> {
  const said = { origin: 'http://localhost:4100', label: 'A', sources: [] };
  return (await registerAgent(ADDRESS, said)).code;
}

async function askedBy(viewer: Viewer, code: string): Promise<string> {
  const asked = await runAs(viewer, () => requestProof(code));
  if ('sentence' in asked) throw new Error(asked.sentence);
  return asked.job;
}

describe('pairing an agent', () => {
  test('who types the code that the agent shows gets its key’s proof for the own account, and nobody else does [7.2.1-b]', async () => {
    const code = await shownCode();
    const job = await askedBy(owner, ` ${code.slice(0, 4)}-${code.slice(4).toLowerCase()} `);
    expect(await runAs(owner, () => getPairingProof(job))).toMatchObject({ state: 'waiting' });
    expect(await runAs(agent, () => takeJobs(0, still))).toEqual([
      { id: job, kind: 'prove', owner: 1, network: model.network },
    ]);
    expect(await runAs(agent, () => finishJob(job, { what: 'proof', proof: PROOF }))).toBe(true);
    expect(await runAs(owner, () => getPairingProof(job))).toEqual({ state: 'done', proof: PROOF });
    expect(await runAs(another, () => getPairingProof(job))).toBeNull();
    expect(await runAs(owner, () => getTestResult(job))).toBeNull();
  });

  test('a job takes the answer to what was asked: a test’s result proves no key', async () => {
    const job = await askedBy(owner, await shownCode());
    const tested = { kind: 'data', attributes: [], testedAtMs: 1, testSignature: PROOF, preview: [] };
    expect(await runAs(agent, () => finishJob(job, { what: 'test', ...tested }))).toBe(false);
    const refusal = { what: 'failure', sentence: 'This agent belongs to another account.' } as const;
    expect(await runAs(agent, () => finishJob(job, refusal))).toBe(true);
    expect(await runAs(owner, () => getPairingProof(job))).toEqual({ state: 'failed', sentence: refusal.sentence });
  });

  test('an agent that does not answer in time has failed, with what to do next', async () => {
    const job = await askedBy(owner, await shownCode());
    await database().job.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await runAs(agent, () => finishJob(job, { what: 'proof', proof: PROOF }))).toBe(false);
    expect(await runAs(owner, () => getPairingProof(job))).toMatchObject({
      state: 'failed',
      sentence: expect.stringMatching(/did not answer in time/),
    });
  });

  test('a code that no agent shows, or shows no more, makes no agent sign', async () => {
    const code = await shownCode();
    for (const typed of ['', 'ABCDEFGH', `${code}2`, '\0'.repeat(8)])
      expect(await runAs(owner, () => requestProof(typed))).toMatchObject({ sentence: /No agent shows this code/ });
    await database().agent.updateMany({ data: { codeExpiresAt: new Date(Date.now() - 1) } });
    expect(await runAs(owner, () => requestProof(code))).toMatchObject({ sentence: /No agent shows this code/ });
    expect(await database().job.count()).toBe(0);
  });

  test('those who are no provider, and those who try too often, are refused with a sentence [7.2.1-b]', async () => {
    const code = await shownCode();
    const refused: [Viewer, RegExp][] = [
      [{ kind: 'public' }, /Sign in first/],
      [person(4, 'NRC'), /no role/],
      [agent, /no role/],
    ];
    for (const [viewer, sentence] of refused)
      expect(await runAs(viewer, () => requestProof(code))).toMatchObject({ sentence });
    const tries = await Promise.all(Array.from({ length: 40 }, () => runAs(owner, () => requestProof('ABCDEFGH'))));
    expect(
      tries.filter((answer) => 'sentence' in answer && answer.sentence.includes('too many requests')).length,
    ).toBeGreaterThan(0);
    expect(await database().job.count()).toBe(0);
  });
});
