import type { SettlementEvent } from '#ledger/contracts/settlement/definition.ts';
import { faultIn } from '#ledger/contracts/agreement/end-reason.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { toJson, type EventContext } from './context.ts';
import { add, insert, set, type RowChange } from './row-change.ts';

type EventOf<Type extends SettlementEvent['type']> = Extract<SettlementEvent, { type: Type }>;

function claimed(event: EventOf<'UsageClaimed'>, context: EventContext): RowChange[] {
  const { agreement, fromMs, untilMs } = event;
  const { height, phase, index, sequence, tx } = context;
  const used = toJson(event.used);
  return [
    insert('claims', {
      agreement,
      height,
      phase,
      index,
      sequence,
      used,
      runs: toHex(event.runs),
      fromMs,
      untilMs,
      tx,
    }),
    set(
      'agreements',
      { id: agreement },
      {
        claimUsed: used,
        claimUntilMs: untilMs,
        claimKeptMs: event.keptMs,
        claimDegradedMs: event.degradedMs,
        claimDownMs: event.downMs,
        claimTx: tx,
      },
    ),
  ];
}

function settled(event: EventOf<'AgreementSettled'>, context: EventContext): RowChange[] {
  const fault = faultIn(event);
  return [
    insert('bills', {
      agreement: event.agreement,
      used: toJson(event.used),
      keptMs: event.keptMs,
      degradedMs: event.degradedMs,
      downMs: event.downMs,
      wholeMs: event.wholeMs,
      holdMicro: event.holdMicro,
      chargeMicro: event.chargeMicro,
      feeMicro: event.feeMicro,
      refundMicro: event.refundMicro,
      contested: event.contested,
      tx: context.tx,
      settledAtMs: event.settledAtMs,
    }),
    set('agreements', { id: event.agreement }, { status: 'settled' }),
    ...(fault.qualityMissed === 0n ? [] : [add('accounts', { id: event.provider }, fault)]),
  ];
}

export function projectSettlement(event: SettlementEvent, context: EventContext): RowChange[] {
  switch (event.type) {
    case 'UsageClaimed':
      return claimed(event, context);
    case 'ClaimContested':
      return [set('agreements', { id: event.agreement }, { contested: event.reason })];
    case 'AgreementSettled':
      return settled(event, context);
  }
}
