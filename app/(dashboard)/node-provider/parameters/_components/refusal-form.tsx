'use client';

import { useState } from 'react';
import { DIGEST_CHARACTERS, parseDigest } from '#components/demand/program-digest.ts';
import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { inWords, sentenceCase } from '#components/ui/format.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { REFUSAL_REASONS } from '#ledger/contracts/demand/definition.ts';

/** Proposes that no provider runs a program any more. */
export function RefusalForm({ address }: { address: string }) {
  const [digest, setDigest] = useState('');
  const [reason, setReason] = useState('');
  const [isTried, setIsTried] = useState(false);
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeAlgorithmRefusal', address);
  const algorithm = parseDigest(digest);
  const args = algorithm === undefined || reason === '' ? undefined : { algorithm, reason };

  async function propose() {
    setIsDone(false);
    setIsTried(true);
    if (args === undefined || !(await action.run(args)).ok) return;
    setIsDone(true);
    setIsTried(false);
    setDigest('');
  }
  return (
    <SignedForm
      method="ProposeAlgorithmRefusal"
      args={args}
      action={action}
      submit={propose}
      button="Sign and propose the refusal"
      done={isDone ? 'The proposal is open: it stands under Proposals and votes.' : undefined}
    >
      <div className="grid items-start gap-3 sm:grid-cols-[2fr_1fr]">
        <Field
          label="SHA-256 of the program"
          name="refusal-digest"
          value={digest}
          onChange={setDigest}
          maxLength={128}
          isMono
          autoComplete="off"
          error={
            isTried && algorithm === undefined
              ? `A SHA-256 has ${DIGEST_CHARACTERS} characters, 0 to 9 and a to f: copy it from the request or the task that names the program.`
              : undefined
          }
          description={`${DIGEST_CHARACTERS} characters, as the request or the task shows it.`}
        />
        <Select
          label="Reason"
          name="refusal-reason"
          value={reason}
          onChange={setReason}
          error={isTried && reason === '' ? 'Choose why: everybody reads it.' : undefined}
          description="Stands in public with the refusal."
          options={[
            { value: '', label: 'Choose…' },
            ...REFUSAL_REASONS.map((code) => ({ value: code, label: sentenceCase(inWords(code)) })),
          ]}
        />
      </div>
    </SignedForm>
  );
}
