import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { BACKUP_PROVIDER, CUSTOMER, NODE_PROVIDER, PROVIDER, SECOND_PROVIDER } from '#lib/testing/sample-genesis.ts';
import { BROKER, sampleTask } from '#lib/testing/sample-task.ts';
import { getMatches } from './matches.ts';
import { getMatchings } from './matchings.ts';
import { getNoticeChoices } from './notices.ts';
import { getOwnRanges } from './own-ranges.ts';
import { getPlaces } from './places.ts';
import { getRefusedProgram, getRefusedPrograms } from './refused-programs.ts';
import { getTask } from './tasks.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel(undefined, [sampleTask()]);
});
afterAll(() => model.stop());

const person = (id: bigint, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: '00'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: Number(id), roles, encryptionKey: '', name: null },
});

test('a broker reads the plans that it proposed, which of them was chosen and what that brought in; nobody else’s [8.3.2-a]', async () => {
  const matches = await runAs(person(BROKER, 'NRB'), () => getMatches(1));
  expect(matches.items.length).toBeGreaterThan(1);
  const chosen = matches.items.filter(({ isChosen }) => isChosen);
  expect(chosen).toMatchObject([{ demand: 1, plan: 3, status: 'decided', feeMicro: '100000' }]);
  expect(chosen[0]?.customer.id).toBe(Number(CUSTOMER));
  expect([matches.chosen, matches.earnedMicro]).toEqual([1, '100000']);
  const other = await runAs(person(PROVIDER, 'NRP', 'NRB'), () => getMatches(1));
  expect([other.items, other.chosen, other.earnedMicro]).toEqual([[], 0, '0']);
  const customer = await runAs(person(CUSTOMER, 'NRC'), () => getMatches(1));
  expect([customer.items, customer.earnedMicro]).toEqual([[], '0']);
});

test('a provider reads the ranges of its own orders, each as its customer sees it, and no range of another provider [8.4.2-d]', async () => {
  const task = await runAs(person(CUSTOMER, 'NRC'), () => getTask(10));
  const runs = task?.ranges.flatMap(({ range, runs: own }) => own.map((run) => ({ range, ...run }))) ?? [];
  for (const provider of [SECOND_PROVIDER, BACKUP_PROVIDER]) {
    const own = await runAs(person(provider, 'NRC', 'NRP'), () => getOwnRanges(1));
    const seen = runs.filter((run) => run.provider.id === Number(provider));
    expect(seen.length).toBeGreaterThan(0);
    expect(own.total).toBe(seen.length);
    const told = own.items.map(({ range, agreement, state, fault }) => ({ range, agreement, state, fault }));
    expect(told).toEqual(
      expect.arrayContaining(seen.map(({ range, agreement, state, fault }) => ({ range, agreement, state, fault }))),
    );
  }
  expect((await runAs(person(CUSTOMER, 'NRC'), () => getOwnRanges(1))).items).toEqual([]);
});

test('everybody reads what came of each epoch’s waiting demands, with whose match was taken, and when the next is [8.3.2-b]', async () => {
  const before = Date.now();
  const matchings = await runAs({ kind: 'public' }, () => getMatchings(1));
  expect(matchings.items).toMatchObject([
    { matching: 1, asked: 3, matched: 2, served: 1, costMicro: '7200000', broker: { id: Number(BROKER) } },
  ]);
  // Nobody waits in the sample: an open demand that asks for plans is none of a match.
  expect(matchings.waiting).toBe(0);
  expect(matchings.nextAtMs % matchings.epochMs).toBe(0);
  expect(matchings.nextAtMs).toBeGreaterThan(before);
  expect(matchings.nextAtMs).toBeLessThanOrEqual(Date.now() + matchings.epochMs);
});

test('a broker finds whom it can ask and who hands it on; nobody else needs the list [8.4.2-e]', async () => {
  const choices = await runAs(person(BROKER, 'NRC', 'NRB'), () => getNoticeChoices());
  expect(choices?.providers.map(({ id }) => id)).toEqual(
    expect.arrayContaining([PROVIDER, SECOND_PROVIDER].map(Number)),
  );
  expect(choices?.nodeProviders.map(({ id }) => id)).toEqual([Number(NODE_PROVIDER)]);
  expect(choices?.providers.map(({ id }) => id)).not.toContain(Number(CUSTOMER));
  expect(await runAs(person(PROVIDER, 'NRP'), () => getNoticeChoices())).toBeNull();
});

test('everybody reads which programs nobody runs any more, by which vote and why', async () => {
  const refused = await runAs({ kind: 'public' }, () => getRefusedPrograms(1));
  expect(refused.items).toMatchObject([{ algorithm: '66'.repeat(32), reason: 'malicious', proposal: 1 }]);
  const found = await runAs({ kind: 'public' }, () => getRefusedProgram('66'.repeat(32)));
  expect(found).toEqual(refused.items[0]);
  expect(await runAs({ kind: 'public' }, () => getRefusedProgram('67'.repeat(32)))).toBeNull();
});

test('places are those where something is on offer, each once', async () => {
  const places = await runAs({ kind: 'public' }, () => getPlaces());
  const named = places.map(({ kind, region, zone }) => `${kind}/${region}/${zone ?? ''}`);
  expect(named).toEqual(expect.arrayContaining(['computing/us-west/Seattle 1', 'computing/us-west/Seattle 2']));
  expect(new Set(named).size).toBe(named.length);
});
