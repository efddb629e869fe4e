'use client';

import { voucherOf, type SignedVoucher } from '#agent/voucher-signer/offer.ts';
import { Button } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/count.ts';
import { partLabel } from '#components/ui/format.ts';
import type { PaidPartDto } from '#lib/shared/dto.ts';
import { fromHex } from '#ledger/core/bytes.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';

export interface ShowVoucherProps {
  part: PaidPartDto;
  /** The order has no other part. */
  isOne: boolean;
  /** The newest that this browser signed; it bears the agent’s signature too. */
  last: SignedVoucher;
  address: string;
}

/** After the end, where the ledger has no voucher as new as the customer’s own: its agent’s signature proves it. */
export function ShowVoucher({ part, isOne, last, address }: ShowVoucherProps) {
  const action = useSignedAction('CloseChannel', address);
  const { shownInterval, hasCustomerShown } = part.channel;
  const isShown = shownInterval !== null && shownInterval >= last.interval;
  if (isShown || hasCustomerShown) return null;
  const voucher = voucherOf(part.id, last);
  const of = isOne ? '' : `${partLabel(part)}: `;
  const args = { ...voucher, used: [...voucher.used], signature: fromHex(last.signature) ?? new Uint8Array(0) };
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm">
        {shownInterval === null
          ? `${of}Nobody has shown a voucher yet. The provider’s agent does it by itself; yours about ${countOf(last.interval, 'interval')} counts just as well.`
          : `${of}What the provider showed is about ${countOf(shownInterval, 'interval')}, yours about ${last.interval}. Show yours: the newer one counts.`}
      </p>
      <div>
        <Button isPending={action.isPending} onPress={() => void action.run(args)}>
          {isOne ? 'Sign and show my last voucher' : `Sign and show my last voucher of ${partLabel(part)}`}
        </Button>
      </div>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="CloseChannel" args={args} />
    </div>
  );
}
