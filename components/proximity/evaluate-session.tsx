'use client';

import { useState } from 'react';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { readNumber } from '#components/ui/number.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { ROUND_TRIP_MS_MAX } from '#ledger/contracts/kinds/connection.ts';
import { LOSS_PER_MILLE_MAX } from '#ledger/contracts/prose/definition.ts';

const SCORES = [
  { value: '5', label: '5, good' },
  { value: '4', label: '4' },
  { value: '3', label: '3, middling' },
  { value: '2', label: '2' },
  { value: '1', label: '1, bad' },
];

/** How a session was, once, in the words of who used it. */
export function EvaluateSession({ agreement, address }: { agreement: number; address: string }) {
  // Nothing is chosen at first: what is signed here cannot be changed.
  const [score, setScore] = useState('');
  const [roundTrip, setRoundTrip] = useState('');
  const [loss, setLoss] = useState('');
  const [isChecked, setIsChecked] = useState(false);
  const action = useSignedAction('EvaluateSession', address);
  const roundTripMs = wholeNumber(roundTrip, ROUND_TRIP_MS_MAX);
  const lossPerMille = wholeNumber(loss, LOSS_PER_MILLE_MAX);
  const args =
    score === '' || roundTripMs === undefined || lossPerMille === undefined
      ? undefined
      : { agreement: BigInt(agreement), score: BigInt(score), roundTripMs, lossPerMille };

  async function submit() {
    setIsChecked(true);
    if (args !== undefined) await action.run(args);
  }

  return (
    <SignedForm method="EvaluateSession" args={args} action={action} submit={submit} button="Sign and evaluate">
      <ChoiceGroup legend="How was it?" name="score" options={SCORES} value={score} onChange={setScore} />
      {isChecked && score === '' ? <p className="text-sm text-danger">Choose from 1 to 5.</p> : null}
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <NumberField
          label="Round trip in ms"
          name="round-trip"
          value={roundTrip}
          onChange={setRoundTrip}
          decimals={0}
          inWords={(value) => `${value} ms there and back`}
          description="As you measured it through the relay, for example with a ping of a page."
          error={isChecked && roundTripMs === undefined ? 'Write a whole number up to 600,000.' : undefined}
        />
        <NumberField
          label="Lost per mille"
          name="loss"
          value={loss}
          onChange={setLoss}
          decimals={0}
          inWords={(value) => `${value} of 1,000 tries lost`}
          description="Of 1,000 tries, how many found no answer."
          error={isChecked && lossPerMille === undefined ? 'Write a whole number up to 1,000.' : undefined}
        />
      </div>
    </SignedForm>
  );
}

function wholeNumber(typed: string, max: bigint): bigint | undefined {
  const reading = readNumber(typed, { decimals: 0 });
  return typed.trim() !== '' && reading.ok && reading.value <= max ? reading.value : undefined;
}
