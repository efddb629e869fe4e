import type { StateScanner } from '#ledger/core/decision.ts';
import { channelTables as tables } from './record.ts';
import { isVoucherKey } from '#ledger/contracts/shared/voucher.ts';

/** What is true of every channel; a sentence for each fact that does not hold. */
export function channelInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  for (const [id, channel] of state.scan(tables.channels)) {
    const { voucherKey, firstBy, secondBy, interval, amountMicro, untilMs, keptMs, degradedMs } = channel;
    claim(isVoucherKey(voucherKey), `channel ${id} has a voucher key`);
    claim(
      firstBy === 0n ? secondBy === 0n : firstBy !== secondBy,
      `each party of channel ${id} shows one voucher at most`,
    );
    const isShown = interval > 0n && untilMs > 0n;
    const isNothing = interval === 0n && untilMs === 0n && amountMicro === 0n && keptMs + degradedMs === 0n;
    claim(firstBy === 0n ? isNothing : isShown, `channel ${id} says something exactly when a voucher was shown`);
  }
  return broken;
}
