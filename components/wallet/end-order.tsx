'use client';

import { useState } from 'react';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { orderLabel } from '#components/ui/format.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { ApiCall } from './api-call.tsx';
import { SigningNote } from './signing-note.tsx';
import { useSignedAction } from './use-signed-action.ts';

const REASONS = {
  customer: [
    { value: 'done', label: 'I have what I need' },
    { value: 'no-longer-needed', label: 'I do not need it any more' },
    { value: 'not-as-described', label: 'The data is not as described' },
  ],
  provider: [
    { value: 'withdrawn', label: 'I withdraw the resource' },
    { value: 'misuse', label: 'The use breaks the conditions' },
  ],
} as const;

export interface EndOrderProps {
  order: OrderDetail;
  address: string;
}

/** Ends an order early, with a reason that both histories keep. Only served time up to the end is charged. */
export function EndOrder({ order, address }: EndOrderProps) {
  const options = REASONS[order.viewer];
  const [reason, setReason] = useState<string>(options[0].value);
  const action = useSignedAction('EndAgreement', address);
  const args = { agreement: BigInt(order.id), reason };
  return (
    <ConfirmDialog
      trigger="End early"
      title={`End order ${orderLabel(order.id)} now?`}
      confirm="Sign and end the order"
      confirmVariant="danger"
      cancel="Keep it"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <p>
        The link is refused from that moment. What was served until then is charged, the rest of what was held returns
        after the time to contest.
      </p>
      <ChoiceGroup legend="Reason" name="reason" options={options} value={reason} onChange={setReason} />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="EndAgreement" args={args} />
    </ConfirmDialog>
  );
}
