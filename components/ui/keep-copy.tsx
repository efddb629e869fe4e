'use client';

import { useState } from 'react';
import { Button } from './button.tsx';
import { ProblemNote } from './note.tsx';
import { saveFile } from './save-file.ts';

export interface KeepCopyProps {
  /** Of the file, with `.csv`. */
  fileName: string;
  /** The table as CSV; undefined when it could not be had. */
  table: () => Promise<string | undefined>;
}

/** A copy for one's own books: a file for spreadsheets, or the page as it is printed. */
export function KeepCopy({ fileName, table }: KeepCopyProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [sentence, setSentence] = useState<string>();
  async function save() {
    setIsBusy(true);
    setSentence(undefined);
    const text = await table().catch(() => undefined);
    setIsBusy(false);
    // The mark tells spreadsheets that the text is UTF-8.
    if (text === undefined) setSentence('The portal did not answer: try again in a moment.');
    else saveFile(`\uFEFF${text}`, fileName, 'text/csv;charset=utf-8');
  }
  return (
    <div className="mt-3 flex flex-col gap-2 print:hidden">
      <div className="flex flex-wrap gap-2">
        <Button isPending={isBusy} onPress={() => void save()}>
          Save as CSV
        </Button>
        <Button onPress={() => window.print()}>Print</Button>
      </div>
      <ProblemNote sentence={sentence} />
    </div>
  );
}
