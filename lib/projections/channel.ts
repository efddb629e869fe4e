import type { ChannelEvent } from '#ledger/contracts/channel/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { toJson, type EventContext } from './context.ts';
import { add, insert, set, type RowChange } from './row-change.ts';

const NOTHING_SHOWN = {
  shownBy: null,
  outdone: null,
  amountMicro: null,
  interval: null,
  used: null,
  runs: null,
  untilMs: null,
  agreedMicro: null,
  claimedMicro: null,
  shownTx: null,
  closedTx: null,
};

/** Rows of payment channels: the newest voucher that was shown, and how much of the bill stood on it. */
export function projectChannel(event: ChannelEvent, { tx }: EventContext): RowChange[] {
  const { agreement } = event;
  switch (event.type) {
    case 'ChannelOpened': {
      const opened = { agreement, voucherKey: toHex(event.voucherKey), depositMicro: event.depositMicro, openedTx: tx };
      return [insert('channels', { ...opened, ...NOTHING_SHOWN })];
    }
    case 'VoucherShown': {
      const { by, outdone, amountMicro, interval, untilMs, settleAtMs } = event;
      const said = { amountMicro, interval, used: toJson(event.used), runs: toHex(event.runs), untilMs };
      return [
        set('channels', { agreement }, { shownBy: by, outdone: outdone === 0n ? null : outdone, ...said, shownTx: tx }),
        set('agreements', { id: agreement }, { settleAtMs }),
        ...(outdone === 0n ? [] : [add('accounts', { id: outdone }, { contestsLost: 1n })]),
      ];
    }
    case 'ChannelClosed': {
      const { agreedMicro, claimedMicro } = event;
      return [set('channels', { agreement }, { agreedMicro, claimedMicro, closedTx: tx })];
    }
  }
}
