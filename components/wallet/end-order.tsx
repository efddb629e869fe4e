'use client';

import { useState } from 'react';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { partLabel } from '#components/ui/format.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { END_REASONS } from '#ledger/contracts/agreement/definition.ts';
import { ApiCall } from './api-call.tsx';
import { SigningNote } from './signing-note.tsx';
import { useSignedAction } from './use-signed-action.ts';
import { WhatItDoes } from './what-it-does.tsx';

/** Reasons that a party may give, in the words of the agreement's definition. */
function reasonsOf(party: OrderDetail['viewer']) {
  return Object.entries(END_REASONS)
    .filter(([, { by }]) => by === party)
    .map(([value, { says }]) => ({ value, label: says }));
}

export interface EndOrderProps {
  order: OrderDetail;
  address: string;
}

/** Ends an order early, with a reason that both histories keep. Only served time up to the end is charged. */
export function EndOrder({ order, address }: EndOrderProps) {
  const options = reasonsOf(order.viewer);
  // Nothing is chosen at first: the reason says who broke the order, and a party means one of them.
  const [reason, setReason] = useState('');
  const action = useSignedAction('EndAgreement', address);
  const args = { agreement: BigInt(order.id), reason };
  return (
    <ConfirmDialog
      trigger="End early"
      title={`End order ${partLabel(order)} now?`}
      confirm="Sign and end the order"
      confirmVariant="danger"
      cancel="Keep it"
      isPending={action.isPending}
      isIncomplete={reason === ''}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="EndAgreement" />
      <p>The link is refused from that moment; the money moves after the time to contest.</p>
      <ChoiceGroup legend="Reason" name="reason" options={options} value={reason} onChange={setReason} />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="EndAgreement" args={args} />
    </ConfirmDialog>
  );
}
