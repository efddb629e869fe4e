'use server';

import type { Offered } from '#components/demand/proposal.ts';
import { resourceLabel } from '#components/ui/format.ts';
import { getResource } from '#lib/queries/resource.ts';

type FoundOffer = { ok: true; offer: Offered } | { ok: false; sentence: string };

/** A published resource as a plan may name it now; everybody may read what is published. */
export async function findOffer(resource: unknown): Promise<FoundOffer> {
  const id = typeof resource === 'number' && Number.isSafeInteger(resource) && resource > 0 ? resource : undefined;
  const found = id === undefined ? null : await getResource(id);
  if (id === undefined || found === null)
    return { ok: false, sentence: 'There is no resource of that number: the registry lists them all.' };
  if (found.status !== 'published')
    return { ok: false, sentence: `${resourceLabel(id)} is ${found.status} now: no plan can name it.` };
  const { title, kind, provider, strategy } = found;
  return {
    ok: true,
    offer: { resource: { id, title, kind }, provider, strategyVersion: strategy.version, prices: strategy.prices },
  };
}
