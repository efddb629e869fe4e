import { findKind } from '#components/kinds/kinds.ts';
import type { OfferDto } from '#lib/shared/demand-dto.ts';

/** What is behind an offer, by which offers of its kind are compared: of a machine what its agent measured. */
export function ProviderFacts({ offer }: { offer: Pick<OfferDto, 'attributes' | 'resource'> }) {
  const facts = findKind(offer.resource.kind)?.screen.compared(offer.attributes) ?? [];
  if (facts.length === 0) return null;
  return (
    <dl aria-label="Provider facts" className="grid grid-cols-2 gap-x-4 gap-y-1 text-xs sm:grid-cols-4">
      {facts.map(({ name, value, isMeasured }) => (
        <div key={name} className="flex flex-col justify-end">
          <dt className="text-muted">{isMeasured ? `${name}, measured by its agent` : name}</dt>
          <dd className="font-medium tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
