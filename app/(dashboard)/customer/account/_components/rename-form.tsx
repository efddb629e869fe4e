'use client';

import { useState } from 'react';
import { Checkbox } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { makeProfile } from '#components/wallet/profile.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { keepProfile } from '../actions.ts';

/** A new name: kept beside the ledger, with a new commitment on it. */
export function RenameForm({ address, name: current }: { address: string; name: string }) {
  const [name, setName] = useState(current);
  const [isPublic, setIsPublic] = useState(true);
  const [sentence, setSentence] = useState<string>();
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('UpdateProfile', address);

  async function rename() {
    setIsDone(false);
    const profile = makeProfile(name.trim());
    const kept = await keepProfile({ name: name.trim(), salt: profile.salt, isPublic });
    setSentence(kept.ok ? undefined : kept.sentence);
    if (kept.ok) setIsDone((await action.run({ profileCommitment: profile.commitment })).ok);
  }

  return (
    <SignedForm
      method="UpdateProfile"
      args={{ profileCommitment: new Uint8Array(32) }}
      action={action}
      submit={rename}
      button="Sign and change the name"
      isDisabled={name.trim() === ''}
      done={isDone ? 'The new name is in force.' : undefined}
    >
      <Field
        label="New name"
        name="new-name"
        value={name}
        onChange={setName}
        error={sentence}
        maxLength={80}
        autoComplete="organization"
        description="The ledger takes a new salted commitment; the name itself stays in the portal’s database."
      />
      <Checkbox label="Show the name to others" name="isPublic" isSelected={isPublic} onChange={setIsPublic} />
    </SignedForm>
  );
}
