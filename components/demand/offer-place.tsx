import Link from 'next/link';
import { AccountName } from '#components/ledger/account-name.tsx';
import { countOf } from '#components/ui/count.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { Text } from '#components/ui/text.tsx';
import type { OfferDto } from '#lib/shared/demand-dto.ts';

/** Where an offer stands: `Frankfurt, zone fra-1`. */
export function placeInWords({ region, zone }: Pick<OfferDto, 'region' | 'zone'>): string {
  if (region === '' && zone === null) return 'place not stated';
  return zone === null ? region : `${region}, zone ${zone}`;
}

/** The provider's record so far. */
export function recordInWords({ completedOrders, brokenOrders }: OfferDto): string {
  if (completedOrders + brokenOrders === 0) return 'no orders yet';
  return `${countOf(completedOrders, 'order')} completed, ${brokenOrders} broken`;
}

/** Whose resource it is, where it stands, and how its provider's orders went. */
export function OfferPlace({ offer }: { offer: OfferDto }) {
  return (
    <div className="min-w-0 break-words">
      <Link href={`/catalogue/${offer.resource.id}`} prefetch={false} className="prose-link">
        <Foreign text={offer.resource.title} />
      </Link>
      <span> from </span>
      <AccountName account={offer.provider} />
      <p className="text-xs text-muted">
        <Text>{`${placeInWords(offer)}; ${recordInWords(offer)}`}</Text>
      </p>
    </div>
  );
}
