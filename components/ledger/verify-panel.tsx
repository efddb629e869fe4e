'use client';

import { useState } from 'react';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { RECEIPT_CHARACTERS_MAX } from '#ledger/core/receipt-file.ts';
import { verifyReceipt, type ReceiptVerdict } from '#ledger/verify/receipt.ts';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel, Section } from '#components/ui/page-header.tsx';
import { AnchorPanel } from './anchor-panel.tsx';
import { ReceiptDrop } from './receipt-drop.tsx';
import { ReceiptVerdictView } from './receipt-verdict.tsx';
import { useAnchor } from './use-anchor.ts';

interface Checked {
  name: string;
  verdict: ReceiptVerdict;
}

/** Verifies receipts in the browser by the ledger's own code. Loaded once, it needs no network. */
export function VerifyPanel({ portalAnchor }: { portalAnchor: string }) {
  const { anchor, differs, trust } = useAnchor(portalAnchor);
  /** Of the file that was chosen, or what was pasted. */
  const [text, setText] = useState('');
  const [checked, setChecked] = useState<Checked>();
  const [sentence, setSentence] = useState<string>();

  function check(receipt: string, name: string) {
    const isEmpty = receipt.trim() === '';
    setSentence(isEmpty ? 'Choose or paste a receipt first.' : undefined);
    setChecked(isEmpty ? undefined : { name, verdict: verifyReceipt(receipt, anchor?.anchor, nobleCrypto) });
  }
  async function checkFile(file: File) {
    if (file.size > RECEIPT_CHARACTERS_MAX) {
      setChecked(undefined);
      setSentence(`${file.name} is larger than a receipt can be (2 MiB).`);
      return;
    }
    const receipt = await file.text();
    setText(receipt);
    check(receipt, file.name);
  }

  return (
    <div>
      <Panel className="flex flex-col gap-4">
        <ReceiptDrop onFile={(file) => void checkFile(file)} />
        <PasteForm text={text} onChange={setText} onVerify={() => check(text, 'this receipt')} />
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
              Either the network was started anew, or somebody stands in between. Receipts are checked against your
              pinned anchor.
            </Note>
          </div>
        ) : null}
        <AnchorPanel
          anchor={anchor}
          portalAnchor={portalAnchor}
          differs={differs}
          onChange={(next) => {
            trust(next);
            setChecked(undefined);
          }}
        />
      </Section>
    </div>
  );
}

interface PasteFormProps {
  text: string;
  onChange: (text: string) => void;
  onVerify: () => void;
}

function PasteForm({ text, onChange, onVerify }: PasteFormProps) {
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        onVerify();
      }}
    >
      <Field
        label="Or paste its text"
        name="receipt"
        value={text}
        onChange={onChange}
        rows={4}
        maxLength={RECEIPT_CHARACTERS_MAX}
        isMono
      />
      <div>
        <Button type="submit" variant="primary">
          Verify the receipt
        </Button>
      </div>
    </form>
  );
}
