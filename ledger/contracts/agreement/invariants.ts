import type { StateScanner } from '#ledger/core/decision.ts';
import { agreementTables as tables, readCounters, type AgreementRecord } from './record.ts';

/** Times fit the status of every agreement, and histories count what ended. A sentence for each fact that does not hold. */
export function agreementInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const agreements = state.scan(tables.agreements);
  agreements.forEach(([id, record], index) => {
    claim(id === BigInt(index + 1), `agreement ids are dense: ${id} stands at place ${index + 1}`);
    claim(record.customer !== record.provider, `agreement ${id} has two parties`);
    claim(timesFit(record), `the times of agreement ${id} fit its status ${record.status}`);
    claim(
      record.startsAtMs === 0n ? record.issue === 0n : record.issue > 0n,
      `agreement ${id} began with a descriptor`,
    );
  });
  claim(readCounters(state).nextAgreement === BigInt(agreements.length + 1), 'the next agreement id follows the last');
  const completed = agreements.filter(([, { endReason }]) => endReason !== '').length;
  const counted = state.scan(tables.histories).reduce((sum, [, history]) => sum + history.completed, 0n);
  claim(counted <= BigInt(completed * 2), 'two parties complete an order that ended');
  return broken;
}

function timesFit(record: AgreementRecord): boolean {
  const { status, reservedAtMs, prepareByMs, startsAtMs, endsAtMs, endedAtMs, settleAtMs, durationMs, endReason } =
    record;
  const isWindow = startsAtMs === 0n ? endsAtMs === 0n : endsAtMs === startsAtMs + durationMs;
  const hasEnded = endedAtMs !== 0n && settleAtMs >= endedAtMs && endReason !== '';
  if (!isWindow || prepareByMs < reservedAtMs) return false;
  switch (status) {
    case 'reserved':
      return startsAtMs === 0n && endedAtMs === 0n && endReason === '';
    case 'prepared':
    case 'active':
      return startsAtMs !== 0n && endedAtMs === 0n && endReason === '';
    case 'completed':
    case 'terminated':
    case 'failed':
    case 'settled':
      return hasEnded && (endsAtMs === 0n || endedAtMs <= endsAtMs);
  }
}
