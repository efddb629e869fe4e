'use client';

import { useState } from 'react';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { nodeLabel, sentenceCase } from '#components/ui/format.ts';
import { readNumber } from '#components/ui/number.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { HOST_MILLICORES_MAX, SHARE_NAMES, type ShareName } from '#ledger/contracts/node/definition.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { SharesDto } from '#lib/shared/allocation.ts';
import { CORE_DECIMALS, coresDraft, coresInWords } from './cores.ts';

const NOTES: Readonly<Record<ShareName, string>> = {
  consensus: 'For a validator on the same host; 0 where there is none. No maintainer takes these away.',
  service: 'One run of a customer’s program at a time for each whole core, and one at least.',
  reserve: 'What maintainers may shift where it is needed.',
};

export interface DeclareSharesProps {
  node: number;
  name: string;
  address: string;
  /** What is declared or was shifted to; null before the first declaration. */
  now: SharesDto | null;
}

/** An operator declares what of its host is for what. */
export function DeclareShares({ node, name, address, now }: DeclareSharesProps) {
  const [drafts, setDrafts] = useState<Readonly<Record<ShareName, string>>>(
    now === null
      ? { consensus: '0', service: '', reserve: '0' }
      : { consensus: coresDraft(now.consensus), service: coresDraft(now.service), reserve: coresDraft(now.reserve) },
  );
  const action = useSignedAction('DeclareShares', address);
  const read = (share: ShareName): bigint | undefined => {
    const reading = readNumber(drafts[share], { decimals: CORE_DECIMALS });
    return reading.ok ? reading.value : undefined;
  };
  const [consensus, service, reserve] = [read('consensus'), read('service'), read('reserve')];
  const isRead = consensus !== undefined && service !== undefined && reserve !== undefined;
  const total = isRead ? consensus + service + reserve : 0n;
  const isTooMuch = total > HOST_MILLICORES_MAX;
  const args =
    !isRead || total === 0n || isTooMuch
      ? undefined
      : {
          node: BigInt(node),
          consensusMillicores: consensus,
          serviceMillicores: service,
          reserveMillicores: reserve,
        };
  return (
    <ConfirmDialog
      trigger="Declare cores"
      triggerVariant={now === null ? 'primary' : 'tertiary'}
      title={`Declare the cores of the host of ${isolatedText(name)} (${nodeLabel(node)})?`}
      confirm="Sign and declare"
      confirmVariant="primary"
      isIncomplete={args === undefined}
      isPending={action.isPending}
      onConfirm={async () => args !== undefined && (await action.run(args)).ok}
    >
      <WhatItDoes method="DeclareShares" />
      {SHARE_NAMES.map((share) => (
        <NumberField
          key={share}
          label={`${sentenceCase(share)}, in cores`}
          name={share}
          value={drafts[share]}
          onChange={(value) => setDrafts((before) => ({ ...before, [share]: value }))}
          decimals={CORE_DECIMALS}
          inWords={(value) => coresInWords(Number(value))}
          description={NOTES[share]}
          error={isTooMuch && share === 'service' ? 'A host has 1,024 cores at most, all shares together.' : undefined}
        />
      ))}
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="DeclareShares" args={args} />
    </ConfirmDialog>
  );
}
