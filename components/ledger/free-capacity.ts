import type { Fact } from '#components/ui/facts.tsx';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { isAgentSilent } from './agent-silence.ts';
import { shareInWords } from './amounts.ts';

type Capacity = Pick<ResourceSummary, 'kind' | 'capacity' | 'free' | 'status' | 'agentSeenAtMs' | 'nodeFault'>;

/** Why nothing of a resource can be had now, however much is not taken; undefined while it can. `nowMs`: server's time at rendering. */
function keptBack({ status, agentSeenAtMs, nodeFault }: Capacity, nowMs: number): string | undefined {
  if (status !== 'published' || nodeFault !== null) return 'not on offer';
  return isAgentSilent(agentSeenAtMs, nowMs) ? 'not reachable' : undefined;
}

function freeOf({ kind, capacity, free }: Capacity): { title: string; words: string }[] {
  const meters = findKind(kind)?.meters ?? {};
  return capacity.map(({ meter, amount }) => {
    const { title = meter, unit = meter } = meters[meter] ?? {};
    const left = free.find((quantity) => quantity.meter === meter)?.amount ?? 0;
    return { title, words: shareInWords(left, amount, { unit }) };
  });
}

/** `3 of 10 places`, for each thing that a resource has so many of, or why nobody can be given one. */
export function freeInWords(resource: Capacity, nowMs: number): string {
  return (
    keptBack(resource, nowMs) ??
    freeOf(resource)
      .map(({ words }) => words)
      .join(', ')
  );
}

/** The same as lines of a description. */
export function freeFacts(resource: Capacity, nowMs: number): Fact[] {
  const why = keptBack(resource, nowMs);
  return freeOf(resource).map(({ title, words }) => ({ name: title, value: why ?? `${words} free` }));
}
