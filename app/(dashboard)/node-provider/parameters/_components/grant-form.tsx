'use client';

import { useState } from 'react';
import { Field } from '#components/ui/field.tsx';
import { parseMicro } from '#components/ui/format.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { prepare } from '../../../../actions.ts';
import { submitGrant } from '../actions.ts';

export function GrantForm({ address }: { address: string }) {
  const [to, setTo] = useState('');
  const [amount, setAmount] = useState('');
  const [errors, setErrors] = useState<{ to?: string; amount?: string }>({});
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeGrant', address, { prepare, submit: submitGrant });
  const account = /^(?:A-)?([1-9]\d{0,14})$/i.exec(to.trim())?.[1];
  const amountMicro = parseMicro(amount);
  const args =
    account !== undefined && amountMicro !== undefined
      ? { to: BigInt(account), amountMicro: BigInt(amountMicro) }
      : undefined;

  async function propose() {
    setIsDone(false);
    setErrors({
      ...(account === undefined ? { to: 'Write an account number, such as A-88.' } : {}),
      ...(amountMicro === undefined ? { amount: 'Write an amount such as 12.50, with at most six decimals.' } : {}),
    });
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
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field
          label="Recipient account"
          name="grant-to"
          value={to}
          onChange={setTo}
          error={errors.to}
          maxLength={20}
          autoComplete="off"
        />
        <Field
          label="Amount of the grant"
          name="grant-amount"
          value={amount}
          onChange={setAmount}
          error={errors.amount}
          inputMode="decimal"
          maxLength={24}
          autoComplete="off"
        />
      </div>
    </SignedForm>
  );
}
