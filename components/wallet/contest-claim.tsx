'use client';

import { useState } from 'react';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { formatUtc } from '#components/ui/format.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { ApiCall } from './api-call.tsx';
import { SigningNote } from './signing-note.tsx';
import { useSignedAction } from './use-signed-action.ts';

const REASONS = [
  { value: 'not-served', label: 'It was not served when the claim says it was' },
  { value: 'wrong-usage', label: 'Calls, rows or bytes are wrong' },
];

/** Disputes the agent's meter before settlement; both histories show it. */
export function ContestClaim({ order, address }: { order: OrderDetail; address: string }) {
  const [reason, setReason] = useState('not-served');
  const action = useSignedAction('ContestClaim', address);
  const args = { agreement: BigInt(order.id), reason };
  return (
    <ConfirmDialog
      trigger="Contest the claim"
      title="Contest the agent’s claim?"
      confirm="Sign and contest"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <p>
        Possible until settlement{order.settleAtMs === null ? '' : `, ${formatUtc(order.settleAtMs)}`}. The contract
        marks the order as contested in both histories. It changes no charge by itself: as long as only the provider’s
        agent signs the usage, settlement stands on its claim.
      </p>
      <ChoiceGroup legend="What is wrong" name="contest-reason" options={REASONS} value={reason} onChange={setReason} />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="ContestClaim" args={args} />
    </ConfirmDialog>
  );
}
