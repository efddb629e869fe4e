import type { AccountEvent } from '#ledger/contracts/account/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { EventContext } from './context.ts';
import { insert, set, type RowChange } from './row-change.ts';

function created(event: Extract<AccountEvent, { type: 'AccountCreated' }>): RowChange[] {
  const address = toHex(event.address);
  return [
    insert('accounts', {
      id: event.account,
      address,
      profileCommitment: toHex(event.profileCommitment),
      encryptionKey: toHex(event.encryptionKey),
      createdAtMs: event.createdAtMs,
      completedOrders: 0n,
      brokenOrders: 0n,
      qualityMissed: 0n,
      contestsLost: 0n,
    }),
    insert('account_keys', {
      account: event.account,
      key: 0n,
      address,
      label: 'owner',
      methods: [],
      resources: [],
      spendingCapMicro: '0',
      spentMicro: '0',
      expiresAtMs: null,
      revoked: false,
    }),
  ];
}

export function projectAccount(event: AccountEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'AccountCreated':
      return created(event);
    case 'KeyAuthorized':
      return [
        insert('account_keys', {
          account: event.account,
          key: event.key,
          address: toHex(event.address),
          label: event.label,
          methods: event.methods,
          resources: event.resources.map(String),
          spendingCapMicro: event.spendingCapMicro.toString(),
          spentMicro: '0',
          expiresAtMs: event.expiresAtMs.toString(),
          revoked: false,
        }),
      ];
    case 'KeyRevoked':
      return [set('account_keys', { account: event.account, key: event.key }, { revoked: true })];
    case 'KeySpent':
      return [
        set('account_keys', { account: event.account, key: event.key }, { spentMicro: event.spentMicro.toString() }),
      ];
    case 'EncryptionKeySet':
      return [set('accounts', { id: event.account }, { encryptionKey: toHex(event.encryptionKey) })];
    case 'ProfileUpdated':
      return [set('accounts', { id: event.account }, { profileCommitment: toHex(event.profileCommitment) })];
    case 'RoleGranted':
      return [
        insert('account_roles', {
          account: event.account,
          role: event.role,
          proposal: event.proposal,
          grantedAtMs: context.timeMs,
        }),
      ];
  }
}
