'use client';

import { useState } from 'react';
import type { AccessPanelProps } from '#components/kinds/kind.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code, Disclosure } from '#components/ui/disclosure.tsx';
import { formatBytes, orderLabel } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { asCurl, asPython, download, SHELLS, type Shell } from '#components/wallet/gateway.ts';
import { saveFile } from '#components/ui/save-file.ts';
import { formatOf } from './terms.ts';

/** Downloads the rows here, and says how a program asks for them. */
export function DataAccessPanel({ order, link, isRunning, onUsed }: AccessPanelProps) {
  const format = formatOf(order.choices);
  const fileName = `${orderLabel(order.id)}.${format}`;
  const [shell, setShell] = useState<Shell>(SHELLS[0]);
  const [isBusy, setIsBusy] = useState(false);
  const [saved, setSaved] = useState<string>();
  const [sentence, setSentence] = useState<string>();

  async function save() {
    setIsBusy(true);
    setSentence(undefined);
    setSaved(undefined);
    const answer = await download(link);
    setIsBusy(false);
    if (answer.kind === 'served') {
      saveFile(answer.value, fileName, answer.value.type);
      setSaved(`${fileName}, ${formatBytes(answer.value.size)}, came from the provider’s gateway.`);
    } else {
      setSentence(answer.kind === 'refused' ? `${answer.sentence} (HTTP ${answer.status})` : answer.sentence);
    }
    await onUsed();
  }

  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        {isRunning ? (
          <Button variant="primary" isPending={isBusy} onPress={() => void save()}>
            {`Download ${format.toUpperCase()}`}
          </Button>
        ) : null}
        <CopyButton text={asCurl(link, fileName, shell)} what="as curl" isLabelled />
        <CopyButton text={asPython(link, fileName)} what="as Python" isLabelled />
      </div>
      <Select
        label="Shell that the curl command is for"
        name="shell"
        value={shell}
        onChange={(value) => setShell(SHELLS.find((known) => known === value) ?? SHELLS[0])}
        options={SHELLS.map((value) => ({ value, label: value }))}
        description="It replaces a file of an earlier download only when the whole answer came."
        className="max-w-xs"
      />
      <p className="text-xs text-muted">
        Counted are the bytes that your machine takes. A download that stalls or is given up can cost what was on its
        way to you besides: at most 256 kB, or as much as it had taken before, up to 4 MB.
      </p>
      {saved ? (
        <Note kind="success" isLive>
          {saved}
        </Note>
      ) : null}
      <ProblemNote title="Not downloaded" sentence={sentence} />
      <Disclosure summary="The API call it would be">
        <Code
          label="The API call for the data"
          text={asCurl({ ...link, token: '<token of the sealed link>' }, fileName, shell)}
        />
      </Disclosure>
    </>
  );
}
