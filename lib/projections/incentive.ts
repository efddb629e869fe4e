import { type IncentiveEvent, NO_FACTS, type RewardFacts } from '#ledger/contracts/incentive/definition.ts';
import { add, insert, set, type RowChange } from './row-change.ts';

const UNPAID = { points: null, amountMicro: null, paidAtMs: null };
const RUNNING = { accounts: null, points: null, sharedMicro: null, paidMicro: 0n };

/** What is known of an account in an epoch grows by this. */
function grown(of: { epoch: bigint; account: bigint }, by: Partial<RewardFacts>): RowChange {
  return add('rewards', of, by, { ...of, ...NO_FACTS, ...UNPAID });
}

export function projectIncentive(event: IncentiveEvent): RowChange[] {
  switch (event.type) {
    case 'EpochOpened': {
      const { contract: _contract, version: _version, type: _type, opener: _opener, atMs, ...row } = event;
      return [insert('reward_epochs', { ...row, ...RUNNING, openedAtMs: atMs })];
    }
    case 'NodeTimeCounted': {
      const { epoch, account, online } = event;
      return [grown({ epoch, account }, event.class === 'service' ? { online } : { consensus: online })];
    }
    case 'VoteCounted':
      return [grown({ epoch: event.epoch, account: event.account }, { votes: 1n })];
    case 'ServiceCounted': {
      const { epoch, agreement, provider, customer, keptMs: servedMs, feeMicro: feesMicro, atMs } = event;
      return [
        insert('rewarded_orders', { agreement, provider, customer, epoch, reason: null, atMs }),
        grown({ epoch, account: provider }, { servedMs, feesMicro }),
      ];
    }
    case 'ServiceUnrewarded': {
      const { agreement, provider, customer, reason, atMs } = event;
      return [insert('rewarded_orders', { agreement, provider, customer, epoch: null, reason, atMs })];
    }
    case 'EpochClosed': {
      const { epoch, accounts, points, poolMicro: sharedMicro } = event;
      return [set('reward_epochs', { epoch }, { accounts, points, sharedMicro })];
    }
    case 'RewardPaid': {
      const { epoch, account, points, amountMicro, atMs: paidAtMs } = event;
      return [
        set('rewards', { account, epoch }, { points, amountMicro, paidAtMs }),
        add('reward_epochs', { epoch }, { paidMicro: amountMicro }),
      ];
    }
  }
}
