import type { Method } from '#ledger/core/transaction.ts';

/** Contract id of `token`. */
export const TOKEN = 2;

export const Transfer = {
  name: 'Transfer',
  contract: TOKEN,
  types: {
    Transfer: [
      { name: 'to', type: 'uint64' },
      { name: 'amountMicro', type: 'uint64' },
    ],
  },
} as const satisfies Method;
export type TransferArgs = { to: bigint; amountMicro: bigint };

export const tokenMethods = [Transfer] as const;
