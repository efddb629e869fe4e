'use client';

import { useState } from 'react';
import { Field, NumberField } from '#components/ui/field.tsx';
import { microInWords, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { numberProblem } from '#components/ui/number.ts';

/** An account as people write it: 88, or A-88. */
const ACCOUNT_PATTERN = /^(?:A-)?([1-9]\d{0,14})$/i;

const NO_AMOUNT = 'Write an amount such as 12.50, with at most six decimals.';

/** What is wrong with what was typed, beside its field. */
function errorsOf(typed: {
  account: string | undefined;
  own: string;
  amount: string;
  amountMicro: string | undefined;
}): {
  to?: string;
  amount?: string;
} {
  const { account, own, amount, amountMicro } = typed;
  const inAmount = numberProblem(amount, { decimals: TOKEN_DECIMALS }) ?? NO_AMOUNT;
  return {
    ...(account === undefined ? { to: 'Write an account number, such as A-88.' } : {}),
    ...(account === own ? { to: `A-${own} is your own account: nothing would move. Write another.` } : {}),
    ...(amountMicro === undefined ? { amount: inAmount } : {}),
    ...(amountMicro === '0' ? { amount: 'The amount must be more than zero.' } : {}),
  };
}

/** Who gets how much, as it is typed: `args` once both can be signed, `check` says beside the fields what is wrong with them. `own`: the account that pays; undefined where the treasury does. */
export function usePayment(own?: number) {
  const [to, setTo] = useState('');
  const [amount, setAmount] = useState('');
  /** Whether a press has asked for both: from then on what is wrong is said while it is typed. */
  const [isChecked, setIsChecked] = useState(false);
  const account = ACCOUNT_PATTERN.exec(to.trim())?.[1];
  const amountMicro = parseMicro(amount);
  const wrong = errorsOf({ account, own: String(own), amount, amountMicro });
  const isWrong = wrong.to !== undefined || wrong.amount !== undefined;
  const args =
    account !== undefined && amountMicro !== undefined && !isWrong
      ? { to: BigInt(account), amountMicro: BigInt(amountMicro) }
      : undefined;

  const errors = isChecked ? wrong : {};

  function check() {
    setIsChecked(true);
  }
  function clear() {
    setTo('');
    setAmount('');
    setIsChecked(false);
  }
  return { to, setTo, amount, setAmount, errors, args, check, clear };
}

export interface PaymentFieldsProps {
  payment: ReturnType<typeof usePayment>;
  labels: { to: string; amount: string };
  /** Sets the fields' names apart where a page has several such pairs. */
  prefix?: string;
  /** Under the amount. */
  description?: string;
}

export function PaymentFields({ payment, labels, prefix = '', description }: PaymentFieldsProps) {
  const { to, setTo, amount, setAmount, errors } = payment;
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <Field
        label={labels.to}
        name={`${prefix}to`}
        value={to}
        onChange={setTo}
        error={errors.to}
        maxLength={20}
        autoComplete="off"
      />
      <NumberField
        label={labels.amount}
        name={`${prefix}amount`}
        value={amount}
        onChange={setAmount}
        error={errors.amount}
        decimals={TOKEN_DECIMALS}
        inWords={microInWords}
        {...(description === undefined ? {} : { description })}
      />
    </div>
  );
}
