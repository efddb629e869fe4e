'use client';

import { useState } from 'react';
import { Field } from '#components/ui/field.tsx';
import { formatMicro, parseMicro } from '#components/ui/format.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { prepare } from '../../../../actions.ts';
import { submitTransfer } from '../actions.ts';

function accountOf(text: string): bigint | undefined {
  const match = /^(?:A-)?([1-9]\d{0,14})$/i.exec(text.trim());
  return match?.[1] ? BigInt(match[1]) : undefined;
}

export function TransferForm({ address, balanceMicro }: { address: string; balanceMicro: string }) {
  const [to, setTo] = useState('');
  const [amount, setAmount] = useState('');
  const [errors, setErrors] = useState<{ to?: string; amount?: string }>({});
  const [done, setDone] = useState<string>();
  const action = useSignedAction('Transfer', address, { prepare, submit: submitTransfer });
  const account = accountOf(to);
  const amountMicro = parseMicro(amount);
  const args =
    account !== undefined && amountMicro !== undefined ? { to: account, amountMicro: BigInt(amountMicro) } : undefined;

  async function transfer() {
    setDone(undefined);
    setErrors({
      ...(account === undefined ? { to: 'Write an account number, such as A-88.' } : {}),
      ...(amountMicro === undefined ? { amount: 'Write an amount such as 12.50, with at most six decimals.' } : {}),
    });
    if (!args) return;
    const result = await action.run(args);
    if (!result.ok) return;
    setDone(`${formatMicro(args.amountMicro.toString())} tokens went to A-${args.to}.`);
    setTo('');
    setAmount('');
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
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="To account"
          name="to"
          value={to}
          onChange={setTo}
          error={errors.to}
          maxLength={20}
          autoComplete="off"
        />
        <Field
          label="Amount"
          name="amount"
          value={amount}
          onChange={setAmount}
          error={errors.amount}
          inputMode="decimal"
          maxLength={24}
          autoComplete="off"
          description={`You have ${formatMicro(balanceMicro)} tokens.`}
        />
      </div>
    </SignedForm>
  );
}
