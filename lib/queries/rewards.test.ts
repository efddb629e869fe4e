import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { CUSTOMER, NODE_PROVIDER, PROVIDER } from '#lib/testing/sample-genesis.ts';
import { getNetworkRewards, getOwnRewards } from './rewards.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());

const nobody: Viewer = { kind: 'public' };
const person = (id: bigint, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: '00'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: Number(id), roles, encryptionKey: '', name: null },
});

describe('rewards', () => {
  test('an account sees what it was paid, with the facts and the rates of the epoch [8.2.3-a, I.3-10]', async () => {
    const own = await runAs(person(NODE_PROVIDER, 'NRC', 'NRNSP'), () => getOwnRewards(1));
    expect(own?.earnedMicro).toBe('5000');
    expect(own?.rewards.items).toMatchObject([
      {
        epoch: 1,
        facts: { votes: 1n, online: 0n },
        rates: { voteMicro: 5_000n },
        amountMicro: '5000',
        pointsOfAll: '5000',
      },
    ]);
    expect(own?.running).toMatchObject({ epoch: 2, facts: { consensus: 0n }, pointsOfOthers: 10_000n });
    expect(own?.unrewarded).toEqual({ items: [], total: 0 });
  });

  test('what runs, and an order that earned nothing with its reason, are its provider’s [8.2.3-a]', async () => {
    const own = await runAs(person(PROVIDER, 'NRC', 'NRP'), () => getOwnRewards(1));
    expect(own).toMatchObject({ isIdentified: false, earnedMicro: '0', rewards: { total: 0 } });
    expect(own?.running).toMatchObject({ facts: { consensus: 500n }, pointsOfOthers: 0n });
    expect(own?.unrewarded).toMatchObject({
      total: 1,
      items: [{ agreement: { id: 1 }, customer: { id: Number(CUSTOMER) }, reason: 'own-tokens' }],
    });
    expect((await runAs(person(CUSTOMER, 'NRC'), () => getOwnRewards(1)))?.unrewarded.total).toBe(0);
    expect(await runAs(nobody, () => getOwnRewards(1))).toBeNull();
  });

  test('everybody sees pool, treasury and supply, and what rewards drew on them [I.3-10]', async () => {
    const network = await runAs(nobody, () => getNetworkRewards());
    expect(network).toMatchObject({ paidMicro: '5000', last: { epoch: 1, accounts: 1, paidMicro: '5000' } });
    // Founders have 76 tokens, the treasury 900: none is minted or lost by anything that the sample did.
    expect(network.supplyMicro).toBe('976000000');
    expect(BigInt(network.treasuryMicro) < 900_000_000n + 1_000_000n).toBe(true);
  });
});
