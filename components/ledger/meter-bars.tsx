import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { meterOf, shareInWords } from './amounts.ts';

/** How much of each limited meter was used, as bars with their figures beside them. Nothing before the first claim. */
export function MeterBars({ order }: { order: OrderDetail }) {
  const kind = findKind(order.resource.kind);
  const { claim } = order;
  if (!claim || !kind) return null;
  const limited = order.amounts.filter(({ meter }) => kind.limits.includes(meter));
  return (
    <ul aria-label="Share of the allowance that was used" className="mt-3 flex flex-col gap-2">
      {limited.map(({ meter, amount: allowed }) => {
        const used = claim.used.find((quantity) => quantity.meter === meter)?.amount ?? 0;
        const { title, unit } = meterOf(kind, meter);
        const percent = Math.floor((used * 100) / allowed);
        return (
          <li key={meter} className="grid items-center gap-x-3 gap-y-1 sm:grid-cols-[8rem_1fr_auto]">
            <span className="text-sm">{title}</span>
            <progress
              aria-label={`${title}: ${percent} per cent of the allowance`}
              max={allowed}
              value={Math.min(used, allowed)}
              className="deadline h-1.5 w-full"
            />
            <span className="text-xs text-muted tabular-nums">
              {`${shareInWords(used, allowed, { unit })}, ${percent} %`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
