'use client';

import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { saveFile } from '#components/ui/save-file.ts';
import { keyFault } from '#components/wallet/key-fault.ts';
import { findPayloadKey, keepPayloadKey, payloadKeyFile, readPayloadKeyFile } from '#components/wallet/payload-keys.ts';
import { FilePicker } from './file-picker.tsx';

export interface PayloadKeyNoteProps {
  address: string;
  /** SHA-256 of the ciphertext, hex. */
  payload: string;
}

type Held = 'unknown' | 'here' | 'missing';

/** Whether this browser has the key of the program with its inputs; it can be saved as a file, and brought from one. */
export function PayloadKeyNote({ address, payload }: PayloadKeyNoteProps) {
  const [held, setHeld] = useState<Held>('unknown');
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    findPayloadKey(address, payload).then(
      (key) => (isCurrent ? setHeld(key === undefined ? 'missing' : 'here') : undefined),
      (error: unknown) =>
        isCurrent ? setProblem(keyFault(error, 'This browser did not say whether it has the key.')) : undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [address, payload]);

  async function save() {
    const key = await findPayloadKey(address, payload).catch(() => undefined);
    if (key === undefined) setProblem('This browser does not have the key any more.');
    else saveFile(payloadKeyFile(payload, key), `interpool-payload-${payload.slice(0, 12)}.json`, 'application/json');
  }
  async function bring(file: File | undefined) {
    if (file === undefined) return;
    const key = readPayloadKeyFile(await file.text(), payload);
    if (key === undefined) {
      setProblem('This is not the key file of this request.');
      return;
    }
    try {
      await keepPayloadKey(address, payload, key);
      setProblem(undefined);
      setHeld('here');
    } catch (error) {
      setProblem(keyFault(error, 'This browser did not keep the key.'));
    }
  }
  return (
    <div className="flex flex-col gap-2">
      {held === 'here' ? (
        <Note kind="info" title="Choose in this browser">
          <div className="flex flex-col items-start gap-1.5">
            <span>
              It has the key of your program and inputs. Another browser needs that key as a file; whoever has the file
              can read them.
            </span>
            <Button size="sm" onPress={() => void save()}>
              Save the key as a file
            </Button>
          </div>
        </Note>
      ) : null}
      {held === 'missing' ? (
        <Note kind="warning" title="This browser cannot choose">
          <div className="flex flex-col gap-1.5">
            <span>
              The key of your program and inputs is in the browser in which the request was published. Choose there, or
              bring the key file.
            </span>
            <FilePicker label="Key file" accept="application/json,.json" onFiles={([file]) => void bring(file)} />
          </div>
        </Note>
      ) : null}
      <ProblemNote sentence={problem} />
    </div>
  );
}
