import Link from 'next/link';
import { formatCount, formatUtc } from '#components/ui/format.ts';
import type { AsOf } from '#lib/shared/dto.ts';
import { Text } from '#components/ui/text.tsx';

/** How fresh a page is: the block up to which it has read. */
export function AsOfBlock({ asOf }: { asOf: AsOf }) {
  return (
    <span className="text-xs text-muted tabular-nums">
      <span>as of block</span>{' '}
      <Link href={`/explorer/blocks/${asOf.height}`} prefetch={false} className="prose-link">
        {formatCount(asOf.height)}
      </Link>{' '}
      <Text>· {formatUtc(asOf.timeMs)}</Text>
    </span>
  );
}
