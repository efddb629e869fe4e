'use client';

import { useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import { importKeyFile, KEY_FILE_BYTES_MAX } from './keystore.ts';
import { keepKey, type KeepResult } from './key-vault.ts';

async function bringKey(
  input: { file: File | undefined; name: string; passphrase: string },
  progress: (done: number) => void,
): Promise<KeepResult> {
  const { file, name, passphrase } = input;
  if (!file) return { ok: false, sentence: 'Choose a key file first.' };
  if (file.size > KEY_FILE_BYTES_MAX) return { ok: false, sentence: 'This file is too large to be a key file.' };
  const opened = await importKeyFile(await file.text(), passphrase, progress);
  if (!opened.ok) return opened;
  return keepKey(opened.secretKey, name || file.name.replace(/\.json$/, ''));
}

/** Brings a Web3 Secret Storage v3 file into this browser. */
export function KeyImport({ onImported }: { onImported: (address: string) => Promise<void> }) {
  const id = useId();
  const [file, setFile] = useState<File>();
  const [name, setName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [progress, setProgress] = useState<number>();
  const [sentence, setSentence] = useState<string>();

  async function open() {
    setSentence(undefined);
    setProgress(0);
    const brought = await bringKey({ file, name, passphrase }, setProgress);
    setProgress(undefined);
    if (brought.ok) {
      setPassphrase('');
      await onImported(brought.person.address);
    } else setSentence(brought.sentence);
  }

  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      <div className="flex flex-col gap-1">
        <label htmlFor={`${id}-file`} className="text-sm font-medium">
          Key file
        </label>
        <input
          id={`${id}-file`}
          type="file"
          accept="application/json,.json"
          onChange={(event) => setFile(event.target.files?.[0])}
          className="file-input"
        />
        <p className="text-xs text-muted">
          Web3 Secret Storage, version 3: the format in which Ethereum wallets export keys.
        </p>
      </div>
      <Field
        label="Passphrase of the file"
        name="key-passphrase"
        type="password"
        value={passphrase}
        onChange={setPassphrase}
        autoComplete="off"
      />
      <Field
        label="Name in this browser"
        name="imported-name"
        value={name}
        onChange={setName}
        maxLength={80}
        autoComplete="off"
      />
      <div className="flex items-center gap-3">
        <Button type="submit" isPending={progress !== undefined}>
          Open the key file and sign in
        </Button>
        {progress === undefined ? null : (
          <progress aria-label="Opening the key file" className="deadline h-1.5 w-32" max={1} value={progress} />
        )}
      </div>
      <ProblemNote title="The key was not brought in" sentence={sentence} />
    </form>
  );
}
