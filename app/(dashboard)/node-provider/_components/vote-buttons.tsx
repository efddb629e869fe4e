'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { proposalLabel } from '#components/ui/format.ts';
import { Text } from '#components/ui/text.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';

export interface VoteButtonsProps {
  proposal: number;
  /** What the proposal asks for, in words. */
  decides: string;
  address: string;
}

export function VoteButtons(props: VoteButtonsProps) {
  return (
    <div className="flex gap-2">
      <VoteButton {...props} approve />
      <VoteButton {...props} approve={false} />
    </div>
  );
}

function VoteButton({ proposal, decides, address, approve }: VoteButtonsProps & { approve: boolean }) {
  const action = useSignedAction('Vote', address);
  const args = { proposal: BigInt(proposal), approve };
  const words = approve ? 'in favour' : 'against';
  return (
    <ConfirmDialog
      trigger={approve ? 'Vote in favour' : 'Vote against'}
      triggerVariant={approve ? 'primary' : 'tertiary'}
      title={`Vote ${words} of ${proposalLabel(proposal)}?`.replace('against of', 'against')}
      confirm={`Sign and vote ${words}`}
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <p className="font-medium">
        <Text>{`${proposalLabel(proposal)}: ${decides}.`}</Text>
      </p>
      <WhatItDoes method="Vote" />
      <p>
        A vote is final and stands in the ledger’s history with your name. The proposal is decided as soon as its
        outcome is certain.
      </p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="Vote" args={args} />
    </ConfirmDialog>
  );
}
