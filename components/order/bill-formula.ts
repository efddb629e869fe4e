import type { ShownKind } from '#components/kinds/kinds.ts';
import { amountInWords } from '#components/ledger/amounts.ts';
import { rateInWords } from '#components/ledger/prices.ts';
import { percentInWords } from '#components/strategy/promise.ts';
import { formatMeasured, formatMicro } from '#components/ui/format.ts';
import type { BillDto } from '#lib/shared/dto.ts';

type Service = Pick<BillDto, 'keptMs' | 'degradedMs' | 'wholeMs' | 'degradedPerMille'>;

/** `30 min kept + 10 min degraded at 50 %`. */
function servedInWords({ keptMs, degradedMs, degradedPerMille }: Service): string {
  if (degradedMs === 0) return `${formatMeasured(keptMs)} kept`;
  return `${formatMeasured(keptMs)} kept + ${formatMeasured(degradedMs)} degraded at ${percentInWords(degradedPerMille)}`;
}

/** How a line of the bill came about, as a person would work it out again: the ledger's price rule in words. */
export function lineFormula({ price, amount }: BillDto['lines'][number], service: Service, kind: ShownKind): string {
  const meter = kind.ledger.meters[price.meter];
  const quantity = amountInWords(amount, meter ?? { unit: price.meter });
  const rate = `${formatMicro(price.amountMicro)} tokens ${rateInWords(price, kind)}`;
  const served = servedInWords(service);
  if (meter?.counting === 'held')
    return price.perMs > 0
      ? `${quantity} × ${rate} × (${served})`
      : `${quantity} × ${rate} × (${served}) ÷ ${formatMeasured(service.wholeMs)}`;
  const open = formatMeasured(service.keptMs + service.degradedMs);
  return service.degradedMs === 0 ? `${quantity} × ${rate}` : `${quantity} × ${rate} × (${served}) ÷ ${open}`;
}
