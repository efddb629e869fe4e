import Link from 'next/link';
import { formatCount, formatUtc } from '#components/ui/format.ts';
import type { AsOf } from '#lib/shared/dto.ts';

/** How fresh a page is: the block up to which it has read. */
export function AsOfBlock({ asOf }: { asOf: AsOf }) {
  return (
    <span className="text-xs text-muted tabular-nums">
      as of block{' '}
      <Link href={`/explorer/blocks/${asOf.height}`} prefetch={false} className="prose-link">
        {formatCount(asOf.height)}
      </Link>{' '}
      · {formatUtc(asOf.timeMs)}
    </span>
  );
}
