'use client';

import { useState } from 'react';
import { toHex } from '#ledger/core/bytes.ts';
import { Button } from '#components/ui/button.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { formatCount, formatUtc } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { pinAnew, readAnchor, type PinnedAnchor } from './anchor-pin.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

export interface AnchorPanelProps {
  anchor: PinnedAnchor | undefined;
  portalAnchor: string;
  /** The portal names another anchor than the pinned one. */
  differs: boolean;
  onChange: (anchor: PinnedAnchor) => void;
}

function originOf(anchor: PinnedAnchor): string {
  if (anchor.pinnedAtMs === undefined) return 'loaded from a file, for this page';
  return `pinned by this browser on ${formatUtc(anchor.pinnedAtMs)}, at its first visit`;
}

function placeOf({ anchor: { checkpoint } }: PinnedAnchor): string {
  if (checkpoint === undefined) return 'genesis';
  const { height, timeMs } = checkpoint;
  return `a checkpoint: height ${formatCount(height.toString())}, ${formatUtc(Number(timeMs))}; older receipts need an older anchor`;
}

/** Genesis hash and validators that receipts are compared with; they come from outside the receipt. */
export function AnchorPanel({ anchor, portalAnchor, differs, onChange }: AnchorPanelProps) {
  const [sentence, setSentence] = useState<string>();

  async function load(file: File | undefined) {
    if (!file) return;
    const loaded = file.size > 20_000 ? undefined : readAnchor(await file.text());
    setSentence(loaded ? undefined : `${isolatedText(file.name)} is neither an anchor nor a checkpoint.`);
    if (loaded) onChange(loaded);
  }
  async function replace() {
    const pinned = await pinAnew(portalAnchor);
    if (pinned) onChange(pinned);
  }

  return (
    <div className="flex flex-col gap-3">
      {anchor ? (
        <Facts
          facts={[
            { name: 'Genesis hash', value: <Id id={toHex(anchor.anchor.genesisHash)} what="genesis hash" isWhole /> },
            { name: 'Stands at', value: placeOf(anchor) },
            { name: 'Validators', value: formatCount(anchor.anchor.validators.length) },
            { name: 'Where it is from', value: originOf(anchor) },
          ]}
        />
      ) : (
        <Note kind="warning">There is no anchor yet: a receipt can be consistent, but not authenticated.</Note>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <label className="flex flex-col gap-1 text-sm">
          <span className="font-medium">Use another anchor or a checkpoint</span>
          <input
            type="file"
            accept="application/json,.json"
            onChange={(event) => void load(event.target.files?.[0])}
            className="file-input"
          />
        </label>
        {differs ? <Button onPress={() => void replace()}>Forget it and pin the portal’s anchor</Button> : null}
      </div>
      <ProblemNote sentence={sentence} />
    </div>
  );
}
