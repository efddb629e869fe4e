import { OrderLinks } from '#components/ledger/order-links.tsx';
import { countOf } from '#components/ui/count.ts';
import { Note } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import type { OrderSummary } from '#lib/shared/dto.ts';

/** How long both sides are told of it on their first page. */
const TOLD_MS = 24 * 3_600_000;

export interface IdentityEndedNoteProps {
  orders: readonly OrderSummary[];
  viewer: 'customer' | 'provider';
  nowMs: number;
}

/** Tells a party of orders that ended with the customer's identification within the last day. Nothing where none did. */
export function IdentityEndedNote({ orders, viewer, nowMs }: IdentityEndedNoteProps) {
  const ended = orders.filter(
    ({ endReason, endsAtMs }) => endReason === 'identity-ended' && endsAtMs !== null && endsAtMs > nowMs - TOLD_MS,
  );
  if (ended.length === 0) return null;
  const theirs = ended.length === 1 ? 'the identification of its customer' : 'the identifications of their customers';
  const whose = viewer === 'customer' ? 'your identification' : theirs;
  return (
    <div className="mt-4">
      <Note kind="warning" title={`${countOf(ended.length, 'order')} ended with ${whose}`}>
        <OrderLinks orders={ended} viewer={viewer} />
        <Text>. What was served till then is paid, and the rest of what was held comes back.</Text>
      </Note>
    </div>
  );
}
