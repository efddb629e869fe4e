'use client';

import { useState } from 'react';
import { Select } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { REVOCATIONS } from '#ledger/contracts/identity/identity-words.ts';

/** Takes an identification back, with a reason that everybody reads. */
export function RevokeIdentity({ account, address }: { account: number; address: string }) {
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
