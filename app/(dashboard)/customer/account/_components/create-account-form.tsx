'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { openDocument } from '#components/ui/document.ts';
import { formatMicro } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { EncryptionKeySetup } from '#components/wallet/encryption-key-setup.tsx';
import { createAccountArgs, makeProfile } from '#components/wallet/profile.ts';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useEncryptionKey } from '#components/wallet/use-encryption-key.ts';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { keepProfile } from '../actions.ts';

export interface CreateAccountFormProps {
  address: string;
  next: string;
  /** What the treasury gives a new account; 0 outside sample networks. */
  grantMicro: string;
}

function startingBalance(grantMicro: string): string {
  return grantMicro === '0'
    ? 'A new account starts with no tokens: somebody transfers them to you, or the node providers grant them.'
    : `On this network the treasury gives a new account ${formatMicro(grantMicro)} tokens, once.`;
}

export function CreateAccountForm({ address, next, grantMicro }: CreateAccountFormProps) {
  const { device, refresh } = useEncryptionKey(address);
  const [name, setName] = useState('');
  const [isPublic, setIsPublic] = useState(true);
  const [error, setError] = useState<string>();
  const [sentence, setSentence] = useState<string>();
  const action = useSignedAction('CreateAccount', address);
  const key = device && 'key' in device ? device.key : undefined;

  async function create() {
    setSentence(undefined);
    setError(name.trim() ? undefined : 'Write the name of your organisation or yourself, 1 to 80 characters.');
    if (!name.trim() || !key) return;
    const profile = makeProfile(name.trim());
    const kept = await keepProfile({ name: name.trim(), salt: profile.salt, isPublic });
    if (!kept.ok) {
      setSentence(kept.sentence);
      return;
    }
    const args = createAccountArgs(address, {
      profileCommitment: profile.commitment,
      encryptionKey: key.publicKey,
    });
    if (args && (await action.run(args)).ok) openDocument(next);
  }

  return (
    <Panel>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field
          label="Name"
          name="name"
          value={name}
          onChange={setName}
          error={error}
          maxLength={80}
          autoComplete="organization"
          description="The ledger holds only a salted commitment to it; the name itself stays in the portal’s database."
        />
        <Checkbox
          label="Show the name to others"
          name="isPublic"
          isSelected={isPublic}
          onChange={setIsPublic}
          description="Otherwise others see the account number alone."
        />
        {device && !key ? <EncryptionKeySetup address={address} device={device} onReady={refresh} /> : null}
        <Note kind="info">{startingBalance(grantMicro)}</Note>
        <SigningNote step={action.step} sentence={action.sentence} />
        <ProblemNote title="The name was not kept" sentence={sentence} />
        <div>
          <Button type="submit" variant="primary" isPending={action.isPending} isDisabled={!key}>
            Sign and create the account
          </Button>
        </div>
        <ApiCall
          method="CreateAccount"
          args={
            key && createAccountArgs(address, { profileCommitment: new Uint8Array(32), encryptionKey: key.publicKey })
          }
        />
      </form>
    </Panel>
  );
}
