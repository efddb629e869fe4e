'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { ResourceSummary } from '#lib/shared/dto.ts';

export interface ResourceActionsProps {
  resource: number;
  title: string;
  status: ResourceSummary['status'];
  address: string;
}

/** Suspend, resume, retire: each says what it means before it is signed. */
export function ResourceActions(props: ResourceActionsProps) {
  if (props.status === 'retired') return <p className="text-xs text-muted">Retired for good</p>;
  return (
    <div className="flex flex-wrap gap-2">
      {props.status === 'published' ? <Suspend {...props} /> : <Resume {...props} />}
      <Retire {...props} />
    </div>
  );
}

function Suspend({ resource, title, address }: ResourceActionsProps) {
  const action = useSignedAction('SuspendResource', address);
  const args = { resource: BigInt(resource), reason: 'owner-decision' };
  return (
    <ConfirmDialog
      trigger="Suspend"
      title={`Suspend ${title}?`}
      confirm="Sign and suspend"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="SuspendResource" />
      <p>Nobody can apply until you resume it. Orders that run are served to their end.</p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="SuspendResource" args={args} />
    </ConfirmDialog>
  );
}

function Resume({ resource, title, address }: ResourceActionsProps) {
  const action = useSignedAction('ResumeResource', address);
  const args = { resource: BigInt(resource) };
  return (
    <ConfirmDialog
      trigger="Resume"
      title={`Resume ${title}?`}
      confirm="Sign and resume"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="ResumeResource" />
      <p>Customers can apply again, under the strategy in force.</p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="ResumeResource" args={args} />
    </ConfirmDialog>
  );
}

function Retire({ resource, title, address }: ResourceActionsProps) {
  const action = useSignedAction('RetireResource', address);
  const args = { resource: BigInt(resource) };
  return (
    <ConfirmDialog
      trigger="Retire"
      title={`Retire ${title} for good?`}
      confirm="Sign and retire"
      confirmVariant="danger"
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="RetireResource" />
      <p>
        It leaves the catalogue and cannot come back; publish it anew instead. Orders that run are served to their end.
      </p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="RetireResource" args={args} />
    </ConfirmDialog>
  );
}
