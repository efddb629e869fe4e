'use client';

import { Button } from '#components/ui/button.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';

/** Takes back a request that waits. */
export function WithdrawClaim({ address, operator }: { address: string; operator: number }) {
  const action = useSignedAction('WithdrawIdentity', address);
  return (
    <div className="flex flex-col items-start gap-2">
      <Button isPending={action.isPending} onPress={() => void action.run({ operator: BigInt(operator) })}>
        Sign and take it back
      </Button>
      <SigningNote step={action.step} sentence={action.sentence} />
    </div>
  );
}
