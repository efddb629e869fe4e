'use client';

import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { exportFault, exportKeyFile } from './keystore.ts';
import { keyFault } from './key-fault.ts';
import { findPerson, withSecretKey } from './key-vault.ts';
import { saveFile } from '#components/ui/save-file.ts';

const WHY =
  'The key is kept in this browser alone. The file is how you bring it to another one, or back after the browser’s data is cleared. It restores the encryption key too.';

type Outcome = 'saved' | { sentence: string } | undefined;
interface PassphraseErrors {
  passphrase?: string;
  repeated?: string;
}

function passphraseErrors(passphrase: string, repeated: string): PassphraseErrors {
  const fault = exportFault(passphrase);
  return {
    ...(fault === undefined ? {} : { passphrase: fault }),
    ...(passphrase === repeated ? {} : { repeated: 'The two passphrases are not the same.' }),
  };
}

function ExportOutcome({ outcome }: { outcome: Outcome }) {
  if (outcome === undefined) return null;
  if (outcome !== 'saved') return <ProblemNote sentence={outcome.sentence} />;
  return (
    <Note kind="success" isLive>
      The key file has been saved. Keep it apart from its passphrase.
    </Note>
  );
}

function Encrypting({ progress }: { progress: number | undefined }) {
  if (progress === undefined) return null;
  return <progress aria-label="Encrypting the key file" className="deadline h-1.5 w-32" max={1} value={progress} />;
}

/** The browser's key as a Web3 Secret Storage v3 file under a passphrase. An injected wallet exports for itself. */
export function KeyExport({ address }: { address: string }) {
  const [isKept, setIsKept] = useState<boolean>();
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    findPerson(address).then(
      (person) => setIsKept(person !== undefined),
      (error: unknown) => setFault(keyFault(error, 'This browser did not say whether it keeps your key.')),
    );
  }, [address]);
  if (fault) return <ProblemNote sentence={fault} />;
  if (isKept === undefined) return <p className="text-muted">Looking into this browser’s storage…</p>;
  if (!isKept) return <Note kind="info">Your key is in a wallet of its own: export it there.</Note>;
  return <ExportForm address={address} />;
}

async function makeFile(
  address: string,
  passphrase: string,
  progress: (done: number) => void,
): Promise<{ file: string } | { sentence: string }> {
  try {
    const file = await withSecretKey(address, (secretKey) => exportKeyFile(secretKey, passphrase, progress));
    return file === undefined ? { sentence: 'This browser no longer keeps the key of this account.' } : { file };
  } catch (error) {
    return { sentence: keyFault(error, 'The key file could not be made in this browser. The key is as it was.') };
  }
}

function ExportForm({ address }: { address: string }) {
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const [errors, setErrors] = useState<PassphraseErrors>({});
  const [progress, setProgress] = useState<number>();
  const [outcome, setOutcome] = useState<Outcome>();

  async function exportFile() {
    setOutcome(undefined);
    const found = passphraseErrors(passphrase, repeated);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    setProgress(0);
    const made = await makeFile(address, passphrase, setProgress);
    setProgress(undefined);
    setOutcome('file' in made ? 'saved' : made);
    if (!('file' in made)) return;
    saveFile(made.file, `interpool-key-${address.slice(2, 8).toLowerCase()}.json`, 'application/json');
    setPassphrase('');
    setRepeated('');
  }

  return (
    <Panel>
      <form
        className="grid gap-3 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          void exportFile();
        }}
      >
        <p className="text-muted sm:col-span-2">{WHY}</p>
        <Field
          label="Passphrase for the file"
          name="passphrase"
          type="password"
          value={passphrase}
          onChange={setPassphrase}
          error={errors.passphrase}
          autoComplete="new-password"
        />
        <Field
          label="The passphrase again"
          name="passphrase-repeated"
          type="password"
          value={repeated}
          onChange={setRepeated}
          error={errors.repeated}
          autoComplete="new-password"
        />
        <div className="flex flex-wrap items-center gap-3 sm:col-span-2">
          <Button type="submit" isPending={progress !== undefined}>
            Export the key file
          </Button>
          <Encrypting progress={progress} />
        </div>
        <div className="sm:col-span-2">
          <ExportOutcome outcome={outcome} />
        </div>
      </form>
    </Panel>
  );
}
