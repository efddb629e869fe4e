import { Id } from '#components/ui/id.tsx';
import { Time } from '#components/ui/time.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import type { EventDto } from '#lib/shared/dto.ts';
import { ReceiptLink } from './receipt-link.tsx';

export interface EventListProps {
  events: readonly EventDto[];
  /** Server's time, for "3 min ago". */
  nowMs?: number;
  /** Offers each event's receipt to those who may have it. */
  hasReceipts?: boolean;
}

/** What happened, in plain sentences, each with the transaction that made it. */
export function EventList({ events, nowMs, hasReceipts = false }: EventListProps) {
  if (events.length === 0)
    return <EmptyState title="Nothing has happened yet">Events appear here as blocks decide them.</EmptyState>;
  return (
    <ol className="divide-y divide-separator rounded-md border border-border bg-surface">
      {events.map((event) => (
        <li key={`${event.height}-${event.phase}-${event.index}-${event.sequence}`} className="px-3 py-2">
          <p className="break-words">{event.sentence}</p>
          <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-xs text-muted">
            <Time timeMs={event.timeMs} {...(nowMs === undefined ? {} : { nowMs })} />
            <span className="font-mono">{`${event.contract}.${event.type}`}</span>
            {event.tx ? (
              <Id id={event.tx} href={`/explorer/transactions/${event.tx}`} what="transaction" />
            ) : (
              <span>by the ledger itself, when it was due</span>
            )}
            {hasReceipts && event.hasReceipt ? <ReceiptLink logIndex={event.logIndex} /> : null}
          </p>
        </li>
      ))}
    </ol>
  );
}
