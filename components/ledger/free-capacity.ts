import type { Fact } from '#components/ui/facts.tsx';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { shareInWords } from './amounts.ts';

type Capacity = Pick<ResourceSummary, 'kind' | 'capacity' | 'free'>;

function freeOf({ kind, capacity, free }: Capacity): { title: string; words: string }[] {
  const meters = findKind(kind)?.meters ?? {};
  return capacity.map(({ meter, amount }) => {
    const { title = meter, unit = meter } = meters[meter] ?? {};
    const left = free.find((quantity) => quantity.meter === meter)?.amount ?? 0;
    return { title, words: shareInWords(left, amount, { unit }) };
  });
}

/** `3 of 10 places`, for each thing that a resource has so many of. */
export function freeInWords(resource: Capacity): string {
  return freeOf(resource)
    .map(({ words }) => words)
    .join(', ');
}

/** The same as lines of a description. */
export function freeFacts(resource: Capacity): Fact[] {
  return freeOf(resource).map(({ title, words }) => ({ name: title, value: `${words} free` }));
}
