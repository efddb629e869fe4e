import { findKind } from '#components/kinds/kinds.ts';
import { amountInWords } from '#components/ledger/amounts.ts';
import type { DemandDetail, ExactAmountDto } from '#lib/shared/demand-dto.ts';

type Demand = Pick<DemandDetail, 'needs' | 'exact'>;

function titleOf({ needs }: Demand, { need, meter }: ExactAmountDto): string {
  const kind = findKind(needs[need]?.kind ?? '');
  const title = kind?.ledger.meters[meter]?.title ?? meter;
  return needs.length > 1 && kind !== undefined ? `${title} (${kind.ledger.title}, need ${need + 1})` : title;
}

function amountOf({ needs }: Demand, { need, meter, amount }: ExactAmountDto): string {
  const rule = findKind(needs[need]?.kind ?? '')?.ledger.meters[meter];
  return rule === undefined ? String(amount) : amountInWords(amount, rule);
}

/** What a demand comes to, exactly, each amount with the rule that it came from. */
export function ExactAmounts({ demand }: { demand: Demand }) {
  if (demand.exact.length === 0) return null;
  return (
    <div className="@container">
      <dl className="grid gap-x-8 gap-y-2 @xl:grid-cols-2">
        {demand.exact.map((exact) => (
          <div key={`${exact.need} ${exact.meter}`} className="flex flex-wrap content-start justify-between gap-x-3">
            <dt>{titleOf(demand, exact)}</dt>
            <dd className="font-medium tabular-nums">{amountOf(demand, exact)}</dd>
            <dd className="w-full text-xs text-muted">{exact.rule}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
