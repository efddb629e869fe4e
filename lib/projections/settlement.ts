import { toHex } from '#ledger/core/bytes.ts';
import type { SettlementEvent } from '#ledger/contracts/settlement/contract.ts';
import { subjects, type EventContext, type Subject } from './context.ts';
import { insert, set, type RowChange } from './row-change.ts';

export const settlementEventTypes = [
  'UsageClaimed',
  'ClaimContested',
  'AgreementSettled',
] as const satisfies readonly SettlementEvent['type'][];

export function settlementSubjects(event: SettlementEvent): Subject[] {
  const agreement = { kind: 'agreement', id: event.agreement } as const;
  switch (event.type) {
    case 'UsageClaimed':
    case 'ClaimContested':
      return subjects(agreement, { kind: 'account', id: event.by });
    case 'AgreementSettled':
      return subjects(agreement, { kind: 'account', id: event.customer }, { kind: 'account', id: event.provider });
  }
}

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
