'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { importLockedKey, makeLockedKey, OTHER_KEY_KEPT, unlockKey, type DeviceKey } from './encryption-key.ts';
import { keyFault } from './key-fault.ts';
import { PASSPHRASE_LENGTH_MIN } from './keystore.ts';

const TOO_SHORT = `The passphrase needs at least ${PASSPHRASE_LENGTH_MIN} characters.`;
const WHY =
  'A wallet extension can sign but not decrypt. Links to what you buy are sealed to a second key, which is made here and kept under a passphrase of yours.';

export interface EncryptionKeySetupProps {
  address: string;
  device: DeviceKey;
  onReady: () => Promise<void>;
}

/** For injected wallets, which cannot decrypt: makes, unlocks or brings the key that access links are sealed to. */
export function EncryptionKeySetup({ address, device, onReady }: EncryptionKeySetupProps) {
  const [passphrase, setPassphrase] = useState('');
  const [file, setFile] = useState<File>();
  const [isPending, setIsPending] = useState(false);
  const [sentence, setSentence] = useState<string>();
  const isLocked = device.state === 'locked';

  async function run(work: () => Promise<string | undefined>) {
    setIsPending(true);
    const problem = await work().catch((error: unknown) => keyFault(error, 'The browser could not do it.'));
    setIsPending(false);
    setSentence(problem);
    if (!problem) {
      setPassphrase('');
      await onReady();
    }
  }
  const unlock = async () =>
    (await unlockKey(address, passphrase)) ? undefined : 'The passphrase does not open the encryption key.';
  const make = async () => {
    if (passphrase.length < PASSPHRASE_LENGTH_MIN) return TOO_SHORT;
    return (await makeLockedKey(address, passphrase)) ? undefined : OTHER_KEY_KEPT;
  };
  const bring = async () => {
    if (!file) return 'Choose an exported encryption key first.';
    const brought = await importLockedKey(address, await file.text(), passphrase);
    return brought.ok ? undefined : brought.sentence;
  };

  const buttons = isLocked
    ? [{ label: 'Unlock the encryption key', work: unlock, isMain: true }]
    : [
        { label: 'Make an encryption key', work: make, isMain: false },
        { label: 'Bring an exported one', work: bring, isMain: false },
      ];

  return (
    <div className="flex flex-col gap-3">
      <Note kind="info">{WHY}</Note>
      <Field
        label="Passphrase of the encryption key"
        name="encryption-passphrase"
        type="password"
        value={passphrase}
        onChange={setPassphrase}
        autoComplete="off"
      />
      {isLocked ? null : (
        <input
          type="file"
          aria-label="Exported encryption key"
          accept="application/json,.json"
          onChange={(event) => setFile(event.target.files?.[0])}
          className="file-input"
        />
      )}
      <div className="flex flex-wrap gap-2">
        {buttons.map(({ label, work, isMain }) => (
          <Button
            key={label}
            variant={isMain ? 'primary' : 'tertiary'}
            isPending={isPending}
            onPress={() => void run(work)}
          >
            {label}
          </Button>
        ))}
      </div>
      <ProblemNote sentence={sentence} />
    </div>
  );
}
