'use client';

import { useState } from 'react';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { contestInWords } from '#components/order/contest-words.ts';
import { Countdown } from '#components/ui/countdown.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { CONTEST_REASONS } from '#ledger/contracts/settlement/definition.ts';
import { ApiCall } from './api-call.tsx';
import { SigningNote } from './signing-note.tsx';
import { useSignedAction } from './use-signed-action.ts';
import { WhatItDoes } from './what-it-does.tsx';

const OPTIONS = CONTEST_REASONS.map((value) => ({ value, label: sentenceCase(contestInWords(value)) }));

/** Disputes the agent's meter before settlement; both histories show it. */
export function ContestClaim({ order, address }: { order: OrderDetail; address: string }) {
  // Nothing is chosen at first: what is signed here stands in both histories.
  const [reason, setReason] = useState('');
  const action = useSignedAction('ContestClaim', address);
  const args = { agreement: BigInt(order.id), reason };
  return (
    <ConfirmDialog
      trigger="Contest the claim"
      title="Contest the agent’s claim?"
      confirm="Sign and contest"
      isPending={action.isPending}
      isIncomplete={reason === ''}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="ContestClaim" />
      <p>
        {order.settleAtMs === null ? (
          <span>{'Possible until settlement. '}</span>
        ) : (
          <span>
            <span>{'Possible for '}</span>
            <Countdown untilMs={order.settleAtMs} serverTimeMs={order.serverTimeMs} after="no time" />
            <span>{' more. '}</span>
          </span>
        )}
        <span>
          The contract marks the order as contested in both histories. It changes no charge by itself: as long as only
          the provider’s agent signs the usage, settlement stands on its claim.
        </span>
      </p>
      <ChoiceGroup legend="What is wrong" name="contest-reason" options={OPTIONS} value={reason} onChange={setReason} />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="ContestClaim" args={args} />
    </ConfirmDialog>
  );
}
