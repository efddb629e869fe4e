'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { demandLabel } from './words.ts';

/** Stops a task and ends its orders. */
export function CancelTask({ demand, address }: { demand: number; address: string }) {
  const action = useSignedAction('CancelTask', address);
  const args = { demand: BigInt(demand) };
  return (
    <ConfirmDialog
      trigger="Cancel the task"
      title={`Cancel the task of ${demandLabel(demand)}?`}
      confirm="Sign and cancel it"
      confirmVariant="danger"
      cancel="Let it run"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="CancelTask" />
      <p>Results of sub-tasks that have ended can be fetched for an hour.</p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="CancelTask" args={args} />
    </ConfirmDialog>
  );
}
