'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { demandLabel } from './words.ts';

/** Takes an open demand back. */
export function WithdrawDemand({ demand, address }: { demand: number; address: string }) {
  const action = useSignedAction('WithdrawDemand', address);
  const args = { demand: BigInt(demand) };
  return (
    <ConfirmDialog
      trigger="Withdraw"
      title={`Withdraw ${demandLabel(demand)}?`}
      confirm="Sign and withdraw"
      confirmVariant="danger"
      cancel="Keep it"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="WithdrawDemand" />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="WithdrawDemand" args={args} />
    </ConfirmDialog>
  );
}
