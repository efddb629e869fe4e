import { amountOf } from '#ledger/contracts/shared/terms.ts';
import type { Market, Priced } from '#ledger/contracts/plan/candidates.ts';
import { PIECES_MAX } from '#ledger/contracts/plan/definition.ts';

/**
 * The planner's linear model as a mixed-integer program in CPLEX's LP format, for a solver that shares no code with the planner: of each part
 * and offer, whether it is used (y) and how many units it gives (k).
 */
export function linearProgram(markets: readonly Market[]): string {
  const costs: string[] = [];
  const rows: string[] = [];
  const bounds: string[] = [];
  const binaries: string[] = [];
  const integers: string[] = [];
  const taken = new Map<string, { free: bigint; terms: string[] }>();
  markets.forEach(({ offers, asked: { part } }, at) => {
    const name = (priced: Priced): string => `${at}_${priced.offer.resource}`;
    rows.push(`${offers.map((priced) => `k${name(priced)}`).join(' + ')} = ${part.units}`);
    rows.push(`${offers.map((priced) => `y${name(priced)}`).join(' + ')} <= ${PIECES_MAX}`);
    for (const priced of offers) {
      const id = name(priced);
      const unitMicro = priced.heldMicro + (priced.countedMicro + part.units - 1n) / part.units;
      const most = priced.room < part.units ? priced.room : part.units;
      costs.push(`${unitMicro} k${id}`, `${priced.baseMicro} y${id}`);
      rows.push(`k${id} - ${most} y${id} <= 0`);
      bounds.push(`0 <= k${id} <= ${most}`);
      binaries.push(`y${id}`);
      integers.push(`k${id}`);
      for (const { meter, amount } of part.held) {
        const key = `${priced.offer.resource}/${meter}`;
        const row = taken.get(key) ?? { free: amountOf(priced.offer.free, meter), terms: [] };
        row.terms.push(`${amount} k${id}`);
        taken.set(key, row);
      }
    }
  });
  for (const { free, terms } of taken.values()) if (terms.length > 1) rows.push(`${terms.join(' + ')} <= ${free}`);
  const numbered = rows.map((row, index) => ` r${index}: ${row}`).join('\n');
  return `Minimize\n obj: ${costs.join(' + ')}\nSubject To\n${numbered}\nBounds\n ${bounds.join('\n ')}\nGeneral\n ${integers.join(' ')}\nBinary\n ${binaries.join(' ')}\nEnd\n`;
}
