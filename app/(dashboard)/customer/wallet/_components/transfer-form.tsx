'use client';

import { useState } from 'react';
import { formatMicro } from '#components/ui/format.ts';
import { PaymentFields, usePayment } from '#components/wallet/payment-fields.tsx';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';

export interface TransferFormProps {
  address: string;
  /** The session's own. */
  account: number;
  balanceMicro: string;
}

export function TransferForm({ address, account, balanceMicro }: TransferFormProps) {
  const payment = usePayment(account);
  const [done, setDone] = useState<string>();
  const action = useSignedAction('Transfer', address);
  const { args } = payment;

  async function transfer() {
    setDone(undefined);
    payment.check();
    if (!args) return;
    const result = await action.run(args);
    if (!result.ok) return;
    setDone(`${formatMicro(args.amountMicro.toString())} tokens went to A-${args.to}.`);
    payment.clear();
  }

  return (
    <SignedForm
      method="Transfer"
      args={args}
      action={action}
      submit={transfer}
      button={args ? `Sign and transfer ${formatMicro(args.amountMicro.toString())} tokens` : 'Sign and transfer'}
      done={done}
    >
      <PaymentFields
        payment={payment}
        labels={{ to: 'To account', amount: 'Amount' }}
        description={`You have ${formatMicro(balanceMicro)} tokens.`}
      />
    </SignedForm>
  );
}
