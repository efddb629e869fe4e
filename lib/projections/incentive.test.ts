import { describe, expect, test } from 'vitest';
import { incentiveDefinition, incentiveEvent } from '#ledger/contracts/incentive/definition.ts';
import { ratesFrom } from '#ledger/contracts/incentive/reward.ts';
import { projectIncentive } from './incentive.ts';

const RATES = ratesFrom((name) => incentiveDefinition.parameters[name].initial);
const epoch = 3n;

describe('rewards in the read model', () => {
  test('an epoch begins with its rates, and shares nothing before its end [8.2.3-a]', () => {
    const opened = incentiveEvent('EpochOpened', { epoch, opener: 1n, ...RATES, atMs: 5n, endsAtMs: 9n });
    expect(projectIncentive(opened)).toMatchObject([
      {
        table: 'reward_epochs',
        row: { epoch, ...RATES, openedAtMs: 5n, endsAtMs: 9n, sharedMicro: null, paidMicro: 0n },
      },
    ]);
    const closed = incentiveEvent('EpochClosed', {
      epoch,
      first: 1n,
      accounts: 2n,
      points: 7n,
      poolMicro: 6n,
      atMs: 9n,
    });
    expect(projectIncentive(closed)).toMatchObject([
      { op: 'set', key: { epoch }, values: { accounts: 2n, points: 7n, sharedMicro: 6n } },
    ]);
  });

  test('each fact adds to its own column of its account', () => {
    const node = { epoch, account: 1n, node: 5n, online: 900n, atMs: 5n };
    const served = { epoch, agreement: 8n, provider: 1n, customer: 2n, keptMs: 60n, feeMicro: 4n, atMs: 5n };
    const key = { account: 1n, epoch };
    const grown = (values: object) => expect.objectContaining({ op: 'add', table: 'rewards', key, values });
    expect(projectIncentive(incentiveEvent('NodeTimeCounted', { ...node, class: 'service' }))).toEqual([
      grown({ online: 900n }),
    ]);
    expect(projectIncentive(incentiveEvent('NodeTimeCounted', { ...node, class: 'consensus' }))).toEqual([
      grown({ consensus: 900n }),
    ]);
    expect(projectIncentive(incentiveEvent('VoteCounted', { epoch, account: 1n, proposal: 1n, atMs: 5n }))).toEqual([
      grown({ votes: 1n }),
    ]);
    const [order, facts] = projectIncentive(incentiveEvent('ServiceCounted', served));
    expect(order).toMatchObject({
      table: 'rewarded_orders',
      row: { agreement: 8n, provider: 1n, epoch, reason: null },
    });
    expect(facts).toEqual(grown({ servedMs: 60n, feesMicro: 4n }));
  });

  test('an order that earns nothing stands with its reason, and what was paid with its epoch', () => {
    const refused = { agreement: 8n, provider: 1n, customer: 2n, reason: 'own-tokens', atMs: 5n } as const;
    expect(projectIncentive(incentiveEvent('ServiceUnrewarded', refused))).toMatchObject([
      { table: 'rewarded_orders', row: { agreement: 8n, epoch: null, reason: 'own-tokens' } },
    ]);
    const facts = { online: 900n, servedMs: 0n, feesMicro: 0n, votes: 0n, consensus: 0n };
    const amounts = { points: 9_000n, pointsOfAll: 9_000n, poolMicro: 10_000n, amountMicro: 2_000n, atMs: 9n };
    expect(projectIncentive(incentiveEvent('RewardPaid', { epoch, account: 1n, ...facts, ...amounts }))).toMatchObject([
      { op: 'set', table: 'rewards', values: { points: 9_000n, amountMicro: 2_000n, paidAtMs: 9n } },
      { op: 'add', table: 'reward_epochs', key: { epoch }, values: { paidMicro: 2_000n } },
    ]);
  });
});
