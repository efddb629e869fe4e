import { PRICE_UNIT_WORDS } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import type { PriceDto } from '#lib/shared/dto.ts';

/** `2.50 tokens per hour`, or free. */
export function Price({ price }: { price: PriceDto }) {
  if (price.amountMicro === '0') return <span>free</span>;
  return (
    <span className="whitespace-nowrap">
      <Money amountMicro={price.amountMicro} /> <span className="text-muted">{PRICE_UNIT_WORDS[price.unit]}</span>
    </span>
  );
}
