'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { Resume, type TestedAt } from './resume.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

export interface ResourceActionsProps {
  resource: Pick<ResourceSummary, 'id' | 'title' | 'status' | 'kind' | 'attributes'>;
  /** Where the resource is tested; undefined when no agent of this account offers its source. */
  source: TestedAt | undefined;
  address: string;
}

/** Suspend, resume, retire: each says what it means before it is signed. */
export function ResourceActions(props: ResourceActionsProps) {
  if (props.resource.status === 'retired') return <p className="text-xs text-muted">Retired for good</p>;
  return (
    <div className="flex flex-wrap gap-2">
      {props.resource.status === 'published' ? <Suspend {...props} /> : <Resume {...props} />}
      <Retire {...props} />
    </div>
  );
}

function Suspend({ resource: { id, title }, address }: ResourceActionsProps) {
  const action = useSignedAction('SuspendResource', address);
  const args = { resource: BigInt(id), reason: 'owner-decision' };
  return (
    <ConfirmDialog
      trigger="Suspend"
      title={`Suspend ${isolatedText(title)}?`}
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

function Retire({ resource: { id, title }, address }: ResourceActionsProps) {
  const action = useSignedAction('RetireResource', address);
  const args = { resource: BigInt(id) };
  return (
    <ConfirmDialog
      trigger="Retire"
      title={`Retire ${isolatedText(title)} for good?`}
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
