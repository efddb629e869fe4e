import type { StateReader, Table } from '#ledger/core/decision.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { channelDefinition } from './definition.ts';

/** A channel under its agreement; what was agreed is zero until a voucher was shown. */
export type ChannelRecord = {
  /** Address, 20 bytes. */
  voucherKey: Uint8Array;
  isClosed: boolean;
  /** Who showed the first voucher, and the newer one; 0 for nobody. */
  firstBy: bigint;
  secondBy: bigint;
  amountMicro: bigint;
  interval: bigint;
  used: Quantity[];
  untilMs: bigint;
  keptMs: bigint;
  degradedMs: bigint;
};

export const channelTables = {
  channels: { contract: channelDefinition.id, table: 1 } as Table<ChannelRecord>,
} as const;

/** undefined for an order without a channel. */
export function readChannel(state: StateReader, agreement: bigint): ChannelRecord | undefined {
  return state.read(channelTables.channels, agreement);
}
