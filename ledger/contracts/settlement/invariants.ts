import type { StateScanner } from '#ledger/core/decision.ts';
import { settlementTables as tables } from './record.ts';

/** Every bill adds up. A sentence for each fact that does not hold. */
export function settlementInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  for (const [id, bill] of state.scan(tables.bills)) {
    const { chargeMicro, feeMicro, refundMicro, keptMs, degradedMs, downMs } = bill;
    claim(feeMicro >= 0n && feeMicro <= chargeMicro && refundMicro >= 0n, `the amounts of bill ${id} are in order`);
    claim(keptMs >= 0n && degradedMs >= 0n && downMs >= 0n, `bill ${id} counts time`);
    claim(keptMs + degradedMs > 0n || chargeMicro === 0n, `bill ${id} charges nothing when nothing was served`);
    const contested = (state.read(tables.claims, id)?.contested ?? '') !== '';
    claim(bill.contested === contested, `bill ${id} is marked contested when its claim was`);
  }
  return broken;
}
