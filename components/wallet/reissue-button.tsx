'use client';

import { toHex } from '#ledger/core/bytes.ts';
import { Button } from '#components/ui/button.tsx';
import { Note } from '#components/ui/note.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';
import type { DeviceKey } from './encryption-key.ts';
import { SigningNote } from './signing-note.tsx';
import { useSignedAction } from './use-signed-action.ts';

export interface ReissueButtonProps {
  order: OrderDetail;
  address: string;
  device: DeviceKey | undefined;
}

/** Asks for the link sealed to this device's key; free inside the window, and the earlier link stops. */
export function ReissueButton({ order, address, device }: ReissueButtonProps) {
  const action = useSignedAction('RequestReissue', address);
  const key = device && 'key' in device ? device.key : undefined;
  if (order.reissuePending) {
    return (
      <Note kind="info" isLive>
        A new link has been asked for; the agent seals it within seconds.
      </Note>
    );
  }
  const isHere = key !== undefined && toHex(key.publicKey) === order.sealed?.encryptionKey;
  return (
    <div className="flex flex-col gap-2">
      <Button
        isDisabled={!key}
        isPending={action.isPending}
        onPress={() => {
          if (key) void action.run({ agreement: BigInt(order.id), encryptionKey: key.publicKey });
        }}
      >
        {isHere ? 'Replace the link' : 'Re-issue to this device'}
      </Button>
      <SigningNote step={action.step} sentence={action.sentence} />
    </div>
  );
}
