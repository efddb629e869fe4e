'use client';

import { EmptyState, Note } from '#components/ui/note.tsx';
import { useEncryptionKey } from '#components/wallet/use-encryption-key.ts';
import type { QueuedRequestDto } from '#lib/shared/identity.ts';
import { ReviewCard } from './review-card.tsx';

export interface IdentityQueueProps {
  queue: readonly QueuedRequestDto[];
  address: string;
  operator: number;
  network: string;
  nowMs: number;
}

/** Requests that wait for the operator, the oldest first. */
export function IdentityQueue({ queue, address, ...rest }: IdentityQueueProps) {
  const { device, fault } = useEncryptionKey(address);
  if (queue.length === 0)
    return <EmptyState title="Nobody waits">Who asks you to be identified stands here until you answer.</EmptyState>;
  return (
    <div className="flex flex-col gap-3">
      {fault === undefined ? null : <Note kind="warning">{fault}</Note>}
      {queue.map((request) => (
        <ReviewCard key={request.commitment} request={request} address={address} device={device} {...rest} />
      ))}
    </div>
  );
}
