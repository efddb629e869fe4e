'use client';

import { useState } from 'react';
import { Field } from '#components/ui/field.tsx';
import { OfferFacts } from '#components/wallet/offer-facts.tsx';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { readOffer } from '#components/wallet/validator-offer.ts';

const COMMAND = 'npm run --silent validator-key -- --home FOLDER --operator A-12';

export function ValidatorForm({ address }: { address: string }) {
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [errors, setErrors] = useState<{ name?: string; text?: string }>({});
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeValidator', address);
  const offer = readOffer(text);
  const args = offer && name.trim() !== '' ? { name: name.trim(), ...offer } : undefined;

  async function propose() {
    setIsDone(false);
    setErrors({
      ...(name.trim() === '' ? { name: 'Write the name that people will see.' } : {}),
      ...(offer ? {} : { text: `Paste the whole line that ${COMMAND} printed on the node’s machine.` }),
    });
    if (args) setIsDone((await action.run(args)).ok);
  }
  return (
    <SignedForm
      method="ProposeValidator"
      args={args}
      action={action}
      submit={propose}
      button="Sign and propose the validator"
      done={isDone ? 'The proposal is open: it stands under Proposals and votes.' : undefined}
    >
      <Field
        label="Name of the validator"
        name="validator-name"
        value={name}
        onChange={setName}
        error={errors.name}
        maxLength={64}
        autoComplete="off"
      />
      <Field
        label="Key and proof"
        name="validator-offer"
        value={text}
        onChange={setText}
        error={errors.text}
        description={
          <span>
            The line that <span className="font-mono">{COMMAND}</span> prints on the node’s own machine. The proof shows
            that whoever holds the key offers it for that operator; the secret key never leaves the machine.
          </span>
        }
        maxLength={1_000}
        rows={4}
        isMono
        autoComplete="off"
      />
      {offer ? <OfferFacts offer={offer} /> : null}
    </SignedForm>
  );
}
