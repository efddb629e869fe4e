'use client';

import { useState } from 'react';
import { Select } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { countOf } from '#components/ui/count.ts';
import { sentenceCase } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { REVOCATIONS } from '#ledger/contracts/identity/identity-words.ts';

export interface RevokeIdentityProps {
  account: number;
  /** Running orders of the account that end with it. */
  orders: number;
  address: string;
}

/** What an identification that ends takes along. */
export function endsWithIt(orders: number): string {
  if (orders === 0) return 'No order of the account runs by it now.';
  return `${countOf(orders, 'order')} of the account ${orders === 1 ? 'runs' : 'run'} by it and ${orders === 1 ? 'ends' : 'end'} at once: open connections are cut, what was served till then is paid, and the rest of what is held comes back.`;
}

/** Takes an identification back, with a reason that everybody reads. */
export function RevokeIdentity({ account, orders, address }: RevokeIdentityProps) {
  const action = useSignedAction('RevokeIdentity', address);
  const [reason, setReason] = useState('contract-ended');
  const args = { subject: BigInt(account), reason };
  return (
    <ConfirmDialog
      trigger="Revoke"
      triggerVariant="tertiary"
      title={`Take the identification of A-${account} back?`}
      confirm="Sign and revoke"
      confirmVariant="danger"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="RevokeIdentity" />
      <Note kind={orders === 0 ? 'info' : 'warning'}>{endsWithIt(orders)}</Note>
      <Select
        label="Reason"
        name="reason"
        value={reason}
        onChange={setReason}
        options={Object.entries(REVOCATIONS).map(([value, label]) => ({ value, label: sentenceCase(label) }))}
      />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="RevokeIdentity" args={args} />
    </ConfirmDialog>
  );
}
