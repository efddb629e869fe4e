'use client';

import { useState } from 'react';
import { NumberField } from '#components/ui/field.tsx';
import { microDraft, microInWords, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { numberProblem } from '#components/ui/number.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import type { TariffDto } from '#lib/shared/proximity.ts';

export interface TariffFormProps {
  address: string;
  tariff: TariffDto | null;
  /** `10 minutes`: what the budget is for. */
  epoch: string;
}

const NO_AMOUNT = 'Write an amount such as 0.03, with at most six decimals.';

/** What an operator pays on top, from its free balance, until it changes it. */
export function TariffForm({ address, tariff, epoch }: TariffFormProps) {
  const [price, setPrice] = useState(tariff === null ? '' : microDraft(tariff.microPerMinute));
  const [budget, setBudget] = useState(tariff === null ? '' : microDraft(tariff.budgetMicro));
  const [isChecked, setIsChecked] = useState(false);
  const [done, setDone] = useState<string>();
  const action = useSignedAction('PublishTariff', address);
  const [microPerMinute, budgetMicro] = [parseMicro(price), parseMicro(budget)];
  const args =
    microPerMinute === undefined || budgetMicro === undefined
      ? undefined
      : { microPerMinute: BigInt(microPerMinute), budgetMicro: BigInt(budgetMicro) };

  async function submit() {
    setDone(undefined);
    setIsChecked(true);
    if (args === undefined) return;
    const result = await action.run(args);
    if (result.ok) setDone(args.budgetMicro === 0n ? 'The tariff has ended.' : 'The tariff is in force.');
  }

  const errorOf = (typed: string, micro: string | undefined): string | undefined =>
    isChecked && micro === undefined ? (numberProblem(typed, { decimals: TOKEN_DECIMALS }) ?? NO_AMOUNT) : undefined;

  return (
    <SignedForm
      method="PublishTariff"
      args={args}
      action={action}
      submit={submit}
      button="Sign and publish the tariff"
      done={done}
    >
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <NumberField
          label="Tokens for a minute"
          name="tariff-price"
          value={price}
          onChange={setPrice}
          decimals={TOKEN_DECIMALS}
          inWords={microInWords}
          description="Of completed use; at most 1,000."
          error={errorOf(price, microPerMinute)}
        />
        <NumberField
          label="Budget of an epoch"
          name="tariff-budget"
          value={budget}
          onChange={setBudget}
          decimals={TOKEN_DECIMALS}
          inWords={microInWords}
          description={`At most this in ${epoch}; where more is due, everybody gets the same part of it.`}
          error={errorOf(budget, budgetMicro)}
        />
      </div>
    </SignedForm>
  );
}
