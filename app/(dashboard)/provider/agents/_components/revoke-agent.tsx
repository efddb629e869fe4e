'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

export function RevokeAgent({ agentKey, label, address }: { agentKey: number; label: string; address: string }) {
  const action = useSignedAction('RevokeKey', address);
  const args = { revokedKey: BigInt(agentKey) };
  return (
    <ConfirmDialog
      trigger="Revoke its key"
      title={`Revoke the key of ${isolatedText(label)}?`}
      confirm="Sign and revoke"
      confirmVariant="danger"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="RevokeKey" />
      <p>
        The agent can sign nothing from then on: running orders cannot be delivered or claimed, and undelivered ones are
        refunded.
      </p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="RevokeKey" args={args} />
    </ConfirmDialog>
  );
}
