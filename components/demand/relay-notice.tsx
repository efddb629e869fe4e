'use client';

import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { accountLabel } from '#components/ui/format.ts';
import { Text } from '#components/ui/text.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { NoticeDto } from '#lib/shared/demand-dto.ts';
import type { AccountRef } from '#lib/shared/dto.ts';
import { demandLabel } from './words.ts';

type Relayed = Pick<NoticeDto, 'notice' | 'kind' | 'broker' | 'provider'> & { demand: { id: number } };

const named = ({ id, name }: AccountRef): string =>
  name === null ? accountLabel(id) : `${isolatedText(name)} (${accountLabel(id)})`;

/** What a broker asks of a provider, in one sentence. */
export function noticeInWords({ broker, provider, kind, demand }: Relayed): string {
  return `${named(broker)} asks ${named(provider)} to share ${kind} for ${demandLabel(demand.id)}.`;
}

/** Hands a broker’s request on to its provider, or stops it. */
export function RelayNotice({ notice, address }: { notice: Relayed; address: string }) {
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Word notice={notice} address={address} passes />
      <Word notice={notice} address={address} passes={false} />
    </div>
  );
}

function Word({ notice, address, passes }: { notice: Relayed; address: string; passes: boolean }) {
  const action = useSignedAction('RelayNotice', address);
  const args = { notice: BigInt(notice.notice), passes };
  return (
    <ConfirmDialog
      trigger={passes ? 'Hand on' : 'Stop'}
      triggerVariant={passes ? 'primary' : 'tertiary'}
      title={passes ? 'Hand this request on?' : 'Stop this request?'}
      confirm={passes ? 'Sign and hand on' : 'Sign and stop it'}
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <p className="font-medium">
        <Text>{noticeInWords(notice)}</Text>
      </p>
      <WhatItDoes method="RelayNotice" />
      <p>
        {passes
          ? 'The provider then sees it and may answer. It obliges nobody.'
          : 'The provider never sees it. The broker is told that you stopped it.'}
      </p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="RelayNotice" args={args} />
    </ConfirmDialog>
  );
}
