'use client';

import { useMemo, useRef, useState } from 'react';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { RECEIPT_CHARACTERS_MAX } from '#ledger/core/receipt-file.ts';
import { verifyReceipt } from '#ledger/verify/receipt.ts';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel, Section } from '#components/ui/page-header.tsx';
import { AnchorPanel } from './anchor-panel.tsx';
import { ReceiptDrop } from './receipt-drop.tsx';
import { chosenReceipt, NO_RECEIPT, submitReceipt, typedReceipt } from './receipt-subject.ts';
import { ReceiptVerdictView } from './receipt-verdict.tsx';
import { useAnchor } from './use-anchor.ts';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';

/** Verifies receipts in the browser by the ledger's own code. Loaded once, it needs no network. */
export function VerifyPanel({ portalAnchor }: { portalAnchor: string }) {
  const { anchor, differs, trust } = useAnchor(portalAnchor);
  const [subject, setSubject] = useState(NO_RECEIPT);
  /** Number of what was given last: a file that was read later than another was chosen is let go. */
  const given = useRef(0);
  const [pastes, setPastes] = useState(0);
  const { name, text, isSubmitted } = subject;
  // Judged anew whenever the text or the anchor is another, so that no verdict outlives what it is about.
  const verdict = useMemo(
    () => (isSubmitted ? verifyReceipt(text, anchor?.anchor, nobleCrypto) : undefined),
    [isSubmitted, text, anchor],
  );

  async function choose(file: File) {
    given.current += 1;
    const own = given.current;
    setSubject(NO_RECEIPT);
    const chosen = await chosenReceipt(file);
    if (given.current === own) setSubject(chosen);
  }
  function type(typed: string) {
    given.current += 1;
    // The file's name leaves the picker with the file's text.
    if (name !== NO_RECEIPT.name) setPastes(pastes + 1);
    setSubject(typedReceipt(typed));
  }

  return (
    <div>
      <Panel className="flex flex-col gap-4">
        <ReceiptDrop key={pastes} onFile={(file) => void choose(file)} />
        <PasteForm text={text} onChange={type} onVerify={() => setSubject(submitReceipt(subject))} />
        <ProblemNote sentence={subject.sentence} />
      </Panel>
      {verdict ? (
        <Section title={`Verdict on ${visibleText(name)}`}>
          <ReceiptVerdictView verdict={verdict} />
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
        <AnchorPanel anchor={anchor} portalAnchor={portalAnchor} differs={differs} onChange={trust} />
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
