'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { nodeLabel } from '#components/ui/format.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

export function ProposeRemoval({ node, name, address }: { node: number; name: string; address: string }) {
  const action = useSignedAction('ProposeValidatorRemoval', address);
  const args = { node: BigInt(node) };
  return (
    <ConfirmDialog
      trigger="Propose its removal"
      triggerVariant="tertiary"
      title={`Propose to remove ${isolatedText(name)} (${nodeLabel(node)})?`}
      confirm="Sign and propose its removal"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="ProposeValidatorRemoval" />
      <p>
        When two thirds are in favour, it leaves the set as soon as the last change is an epoch old; until then it goes
        on deciding blocks with the others.
      </p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="ProposeValidatorRemoval" args={args} />
    </ConfirmDialog>
  );
}
