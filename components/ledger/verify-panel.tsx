'use client';

import { useEffect, useState } from 'react';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { verifyReceipt, type ReceiptVerdict } from '#ledger/verify/receipt.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Note, ProblemNote } from '../ui/note.tsx';
import { Panel, Section } from '../ui/page-header.tsx';
import { AnchorPanel } from './anchor-panel.tsx';
import { isSameAnchor, pinAnchor, pinnedAnchor, readAnchor, type PinnedAnchor } from './anchor-pin.ts';
import { ReceiptVerdictView } from './receipt-verdict.tsx';

/** Receipts are at most 256 KiB (ledger/core/receipt-file.ts). */
const RECEIPT_BYTES_MAX = 262_144;

interface Checked {
  name: string;
  verdict: ReceiptVerdict;
}

/** Verifies receipts in the browser by the ledger's own code. Loaded once, it needs no network. */
export function VerifyPanel({ portalAnchor }: { portalAnchor: string }) {
  const [anchor, setAnchor] = useState<PinnedAnchor>();
  const [differs, setDiffers] = useState(false);
  const [text, setText] = useState('');
  const [checked, setChecked] = useState<Checked>();
  const [sentence, setSentence] = useState<string>();
  const [isDragged, setIsDragged] = useState(false);

  useEffect(() => {
    const pinned = pinnedAnchor() ?? pinAnchor(portalAnchor);
    const current = readAnchor(portalAnchor);
    setAnchor(pinned);
    setDiffers(pinned !== undefined && current !== undefined && !isSameAnchor(pinned.anchor, current.anchor));
  }, [portalAnchor]);

  function check(receipt: string, name: string) {
    setSentence(undefined);
    if (receipt.trim() === '') {
      setSentence('Choose or paste a receipt first.');
      return;
    }
    setChecked({ name, verdict: verifyReceipt(receipt, anchor?.anchor, nobleCrypto) });
  }
  async function checkFile(file: File | undefined) {
    if (!file) return;
    setChecked(undefined);
    if (file.size > RECEIPT_BYTES_MAX) {
      setSentence(`${file.name} is larger than a receipt can be (256 KiB).`);
      return;
    }
    check(await file.text(), file.name);
  }

  return (
    <div>
      <Panel className="flex flex-col gap-4">
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setIsDragged(true);
          }}
          onDragLeave={() => setIsDragged(false)}
          onDrop={(event) => {
            event.preventDefault();
            setIsDragged(false);
            void checkFile(event.dataTransfer.files[0]);
          }}
          className={`flex flex-col gap-2 rounded-md border border-dashed p-4 ${isDragged ? 'border-accent bg-accent-soft' : 'border-field-border'}`}
        >
          <label htmlFor="receipt-file" className="text-sm font-medium">
            Receipt file
          </label>
          <input
            id="receipt-file"
            type="file"
            accept="application/json,.json"
            onChange={(event) => void checkFile(event.target.files?.[0])}
            className="text-sm file:me-3 file:h-8 file:cursor-pointer file:rounded-md file:border file:border-border file:bg-surface file:px-3 file:text-foreground"
          />
          <p className="text-xs text-muted">Choose it, or drop it here. It is checked on this device and sent nowhere.</p>
        </div>
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            check(text, 'the pasted receipt');
          }}
        >
          <Field label="Or paste its text" name="receipt" value={text} onChange={setText} rows={4} maxLength={RECEIPT_BYTES_MAX} isMono />
          <div>
            <Button type="submit" variant="primary">
              Verify the receipt
            </Button>
          </div>
        </form>
        <ProblemNote sentence={sentence} />
      </Panel>
      {checked ? (
        <Section title={`Verdict on ${checked.name}`}>
          <ReceiptVerdictView verdict={checked.verdict} />
        </Section>
      ) : null}
      <Section title="Anchor: what this browser trusts">
        {differs ? (
          <div className="mb-3">
            <Note kind="problem" title="The portal now names another network than the one you pinned">
              Either the network was started anew, or somebody stands in between. Receipts are checked against your pinned anchor.
            </Note>
          </div>
        ) : null}
        <AnchorPanel
          anchor={anchor}
          portalAnchor={portalAnchor}
          differs={differs}
          onChange={(next) => {
            setAnchor(next);
            setChecked(undefined);
            setDiffers(false);
          }}
        />
      </Section>
    </div>
  );
}
