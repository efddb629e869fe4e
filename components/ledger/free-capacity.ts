import type { Fact } from '#components/ui/facts.tsx';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { isAgentSilent } from './agent-silence.ts';
import { shareInWords } from './amounts.ts';

type Capacity = Pick<ResourceSummary, 'kind' | 'capacity' | 'free' | 'agentSeenAtMs'>;

/** What nobody can be given is not free. */
const UNREACHABLE = 'not reachable';

function freeOf({ kind, capacity, free }: Capacity): { title: string; words: string }[] {
  const meters = findKind(kind)?.meters ?? {};
  return capacity.map(({ meter, amount }) => {
    const { title = meter, unit = meter } = meters[meter] ?? {};
    const left = free.find((quantity) => quantity.meter === meter)?.amount ?? 0;
    return { title, words: shareInWords(left, amount, { unit }) };
  });
}

/** `3 of 10 places`, for each thing that a resource has so many of. `nowMs`: server's time at rendering. */
export function freeInWords(resource: Capacity, nowMs: number): string {
  if (isAgentSilent(resource.agentSeenAtMs, nowMs)) return UNREACHABLE;
  return freeOf(resource)
    .map(({ words }) => words)
    .join(', ');
}

/** The same as lines of a description. */
export function freeFacts(resource: Capacity, nowMs: number): Fact[] {
  const isSilent = isAgentSilent(resource.agentSeenAtMs, nowMs);
  return freeOf(resource).map(({ title, words }) => ({
    name: title,
    value: isSilent ? `${UNREACHABLE}: its agent is not heard from` : `${words} free`,
  }));
}
