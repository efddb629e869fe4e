'use client';

import { useState } from 'react';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Money } from '#components/ui/money.tsx';
import { Text } from '#components/ui/text.tsx';
import { accountLabel, partLabel } from '#components/ui/format.ts';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { END_REASONS, type EndReason } from '#ledger/contracts/agreement/definition.ts';
import { ApiCall } from './api-call.tsx';
import { SigningNote } from './signing-note.tsx';
import { useSignedAction } from './use-signed-action.ts';
import { WhatItDoes } from './what-it-does.tsx';

/** Reasons that a party may give, in the words of the agreement's definition. */
function reasonsOf(party: OrderDetail['viewer']) {
  return Object.entries(END_REASONS)
    .filter(([, { by }]) => by === party)
    .map(([value, { says, whole, broken }]) => ({
      value,
      label: says,
      description: `${CHARGE_WORDS[whole]} ${BROKEN_WORDS[broken]}`,
    }));
}

/** What a reason does to the charge. */
const CHARGE_WORDS: Readonly<Record<(typeof END_REASONS)[EndReason]['whole'], string>> = {
  passed: 'What was served until now is charged in full; no reason takes anything off it.',
  agreed: 'What was served until now is charged; of a price per use only its part of the agreed time.',
  'passed-if-claimed':
    'What was served until now is charged; a price per use in full if the claim shows that the allowance is used up.',
  nothing: 'Nothing is charged.',
};

/** What it does to the parties' records. */
const BROKEN_WORDS: Readonly<Record<(typeof END_REASONS)[EndReason]['broken'], string>> = {
  nobody: 'It counts against nobody.',
  provider: 'It counts as broken by the provider, in its public record.',
  customer: 'It counts as broken by the customer, in its public record.',
};

export interface EndOrderProps {
  order: OrderDetail;
  address: string;
}

/** Ends an order early, with a reason that both histories keep. Only served time up to the end is charged. */
export function EndOrder({ order, address }: EndOrderProps) {
  const options = reasonsOf(order.viewer);
  // Nothing is chosen at first: the reason says who broke the order, and a party means one of them.
  const [reason, setReason] = useState('');
  const action = useSignedAction('EndAgreement', address);
  const args = { agreement: BigInt(order.id), reason };
  return (
    <ConfirmDialog
      trigger="End early"
      title={`End order ${partLabel(order)} now?`}
      confirm="Sign and end the order"
      confirmVariant="danger"
      cancel="Keep it"
      isPending={action.isPending}
      isIncomplete={reason === ''}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method="EndAgreement" />
      <p>The link is refused from that moment; the money moves after the time to contest.</p>
      <Facts
        facts={[
          { name: 'Held', value: <Money amountMicro={order.holdMicro} /> },
          {
            name: 'Charged',
            value: (
              <>
                <span>{'what was served until now, at most what is held, to '}</span>
                {order.provider.name ? <Foreign text={order.provider.name} /> : null}
                <Text>{` (${accountLabel(order.provider.id)})`}</Text>
              </>
            ),
          },
          { name: 'Returned', value: `the rest, to the customer (${accountLabel(order.customer.id)})` },
        ]}
      />
      <ChoiceGroup legend="Reason" name="reason" options={options} value={reason} onChange={setReason} />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="EndAgreement" args={args} />
    </ConfirmDialog>
  );
}
