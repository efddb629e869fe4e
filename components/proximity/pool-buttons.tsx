'use client';

import { Button } from '#components/ui/button.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';

interface PoolButtonProps {
  resource: number;
  address: string;
}

export function JoinPool({ resource, address }: PoolButtonProps) {
  const action = useSignedAction('JoinPool', address);
  const args = { resource: BigInt(resource) };
  return (
    <div className="flex flex-col items-start gap-2 text-sm">
      <WhatItDoes method="JoinPool" />
      <Button variant="primary" isPending={action.isPending} onPress={() => void action.run(args)}>
        Sign and join the pool
      </Button>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="JoinPool" args={args} />
    </div>
  );
}

export function LeavePool({ resource, address }: PoolButtonProps) {
  const action = useSignedAction('LeavePool', address);
  const args = { resource: BigInt(resource) };
  return (
    <div className="flex flex-col items-start gap-2 text-sm">
      <Button isPending={action.isPending} onPress={() => void action.run(args)}>
        Sign and leave the pool
      </Button>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="LeavePool" args={args} />
    </div>
  );
}
