'use client';

import type { ReactNode } from 'react';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { ApiCall } from './api-call.tsx';
import { SigningNote } from './signing-note.tsx';
import { useSignedAction } from './use-signed-action.ts';
import { WhatItDoes } from './what-it-does.tsx';

export interface RevokeKeyProps {
  revokedKey: number;
  label: string;
  address: string;
  /** What it means for what the key was doing. */
  children: ReactNode;
}

export function RevokeKey({ revokedKey, label, address, children }: RevokeKeyProps) {
  const action = useSignedAction('RevokeKey', address);
  const args = { revokedKey: BigInt(revokedKey) };
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
      <p>{children}</p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="RevokeKey" args={args} />
    </ConfirmDialog>
  );
}
