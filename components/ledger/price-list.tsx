import { kindOf } from '#components/kinds/kinds.ts';
import { Money } from '#components/ui/money.tsx';
import type { PriceDto } from '#lib/shared/dto.ts';
import { rateInWords } from './prices.ts';

export interface PriceListProps {
  prices: readonly PriceDto[];
  /** Of the resource. */
  kind: string;
}

/** `2.50 tokens per hour`, line by line, or free. */
export function PriceList({ prices, kind }: PriceListProps) {
  const priced = prices.filter(({ amountMicro }) => amountMicro !== '0');
  if (priced.length === 0) return <span>free</span>;
  const shown = kindOf(kind);
  return (
    <span>
      {priced.map((price, index) => (
        <span key={price.meter}>
          {index === 0 ? null : <span>{' + '}</span>}
          <span className="sm:whitespace-nowrap">
            <Money amountMicro={price.amountMicro} /> <span className="text-muted">{rateInWords(price, shown)}</span>
          </span>
        </span>
      ))}
    </span>
  );
}
