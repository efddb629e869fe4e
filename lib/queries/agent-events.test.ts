import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { database } from '#lib/db.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { BACKUP_PROVIDER, PROVIDER, SECOND_PROVIDER, STRANGER } from '#lib/testing/sample-genesis.ts';
import { sampleTask } from '#lib/testing/sample-task.ts';
import { concerned, proven } from './agent-events.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel(undefined, [sampleTask()]);
});
afterAll(() => model.stop());

/** Types of the events that an account's agent is proved of an item, by its log index. */
async function provedTo(account: bigint, logIndex: bigint): Promise<string[]> {
  const { events, mixed, items } = await proven([logIndex], Number(account));
  const rows = await database().event.findMany({ where: { logIndex }, orderBy: { sequence: 'asc' } });
  const isCut = items.has(logIndex) && mixed.has(logIndex);
  return rows.filter(({ sequence }) => !isCut || events.has(`${logIndex}/${sequence}`)).map(({ type }) => type);
}

async function itemsOf(type: string): Promise<bigint[]> {
  const rows = await database().event.findMany({ where: { type, height: 8n }, orderBy: { logIndex: 'asc' } });
  return rows.map(({ logIndex }) => logIndex);
}

describe('the feed of an agent', () => {
  test('names every range that its account’s orders have to run, with the proof of its own part alone [I.1-5a] [7.2.1-b]', async () => {
    const [chosen] = await itemsOf('PlanChosen');
    const [failed] = await itemsOf('RangeFailed');
    const fed = await concerned(BACKUP_PROVIDER, -1n, false);
    expect(fed).toEqual(expect.arrayContaining([chosen, failed]));
    expect(await provedTo(BACKUP_PROVIDER, chosen ?? 0n)).toEqual(['AgreementReserved', 'RangeAssigned']);
    expect(await provedTo(BACKUP_PROVIDER, failed ?? 0n)).toEqual(['RangeFailed']);
    // It goes to another order of another provider, which learns that it has it, not who failed.
    expect(await provedTo(SECOND_PROVIDER, failed ?? 0n)).toEqual(['RangeAssigned']);
    const { whole } = await proven([chosen ?? 0n], Number(BACKUP_PROVIDER));
    expect(whole.size).toBe(0);
  });

  test('tells everybody’s agents of a program that nobody runs any more, once, and a revoked key of nothing [8.3.2-a]', async () => {
    const [refused] = await itemsOf('AlgorithmRefused');
    for (const account of [PROVIDER, SECOND_PROVIDER, STRANGER]) {
      expect(await concerned(account, -1n, false)).toContain(refused);
      expect(await concerned(account, refused ?? 0n, false)).not.toContain(refused);
      expect(await provedTo(account, refused ?? 0n)).toEqual(['AlgorithmRefused']);
    }
    expect(await concerned(SECOND_PROVIDER, -1n, true)).not.toContain(refused);
    // Other proposals are nobody's in particular.
    const opened = await database().event.findMany({ where: { type: 'ProposalOpened' }, select: { logIndex: true } });
    const fed = await concerned(BACKUP_PROVIDER, -1n, false);
    expect(fed.filter((logIndex) => opened.some((row) => row.logIndex === logIndex))).toEqual([]);
  });
});
