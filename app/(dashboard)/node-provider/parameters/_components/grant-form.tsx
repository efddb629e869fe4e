'use client';

import { useState } from 'react';
import { PaymentFields, usePayment } from '#components/wallet/payment-fields.tsx';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';

export function GrantForm({ address }: { address: string }) {
  const payment = usePayment();
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeGrant', address);
  const { args } = payment;

  async function propose() {
    setIsDone(false);
    payment.check();
    if (args) setIsDone((await action.run(args)).ok);
  }
  return (
    <SignedForm
      method="ProposeGrant"
      args={args}
      action={action}
      submit={propose}
      button="Sign and propose the grant"
      done={isDone ? 'The proposal is open: it stands under Proposals and votes.' : undefined}
    >
      <PaymentFields
        payment={payment}
        labels={{ to: 'Recipient account', amount: 'Amount of the grant' }}
        prefix="grant-"
      />
    </SignedForm>
  );
}
