import type { SettlementEvent } from '#ledger/contracts/settlement/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { EventContext } from './context.ts';
import { insert, set, type RowChange } from './row-change.ts';

function settled(event: Extract<SettlementEvent, { type: 'AgreementSettled' }>, context: EventContext): RowChange[] {
  return [
    insert('bills', {
      agreement: event.agreement,
      priceUnit: event.priceUnit,
      priceMicro: event.priceMicro,
      calls: event.calls.toString(),
      rows: event.rows.toString(),
      bytes: event.bytes.toString(),
      intervalMs: event.intervalMs,
      intervalsServed: event.intervalsServed,
      intervalsDown: event.intervalsDown,
      served: toHex(event.served),
      holdMicro: event.holdMicro,
      chargeMicro: event.chargeMicro,
      feeMicro: event.feeMicro,
      refundMicro: event.refundMicro,
      contested: event.contested,
      tx: context.tx,
      settledAtMs: event.settledAtMs,
    }),
    set('agreements', { id: event.agreement }, { status: 'settled' }),
  ];
}

export function projectSettlement(event: SettlementEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'UsageClaimed':
      return [
        set(
          'agreements',
          { id: event.agreement },
          {
            claimCalls: event.calls.toString(),
            claimRows: event.rows.toString(),
            claimBytes: event.bytes.toString(),
            claimServed: toHex(event.served),
            claimUntilMs: event.untilMs.toString(),
            claimTx: context.tx,
          },
        ),
      ];
    case 'ClaimContested':
      return [set('agreements', { id: event.agreement }, { contested: event.reason })];
    case 'AgreementSettled':
      return settled(event, context);
  }
}
