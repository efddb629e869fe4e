'use client';

import { useState } from 'react';
import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { accountLabel, sentenceCase } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { FIELD_MAX, isField, type IdentityClaim } from '#ledger/contracts/identity/claim.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { CLAIM_FIELDS, CLAIM_TITLES, type ClaimField } from '#ledger/contracts/identity/identity-words.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { IdentifierDto } from '#lib/shared/identity.ts';
import { normalisedClaim, sealClaim } from './sealed-claim.ts';

export type SaveClaim = (input: unknown) => Promise<{ ok: true } | { ok: false; sentence: string }>;

export interface ClaimFormProps {
  address: string;
  account: number;
  /** genesisHash, hex. */
  network: string;
  identifiers: readonly IdentifierDto[];
  saveClaim: SaveClaim;
}

const EMPTY: IdentityClaim = { name: '', document: '', subscriber: '' };
const UNSEALED =
  'This browser could not seal what you typed: open the portal over https or on this machine. Nothing was sent.';

/** Seals a claim to the operator that is chosen, hands it over, and signs the request for it. */
export function ClaimForm({ address, account, network, identifiers, saveClaim }: ClaimFormProps) {
  const action = useSignedAction('ApplyIdentity', address);
  const [operator, setOperator] = useState(String(identifiers[0]?.operator.id ?? ''));
  const [claim, setClaim] = useState(EMPTY);
  const [problem, setProblem] = useState<string>();
  const [isPressed, setIsPressed] = useState(false);
  const chosen = identifiers.find((one) => String(one.operator.id) === operator);
  const wrong = CLAIM_FIELDS.filter((field) => !isField(normalisedClaim(claim)[field]));

  async function submit() {
    setIsPressed(true);
    setProblem(undefined);
    if (chosen === undefined || wrong.length > 0) return;
    const to = { network, account, operator: chosen.operator.id, sealingKey: chosen.sealingKey };
    const made = await sealClaim(normalisedClaim(claim), to).catch(() => undefined);
    if (made === undefined) {
      setProblem(UNSEALED);
      return;
    }
    const commitment = toHex(made.commitment);
    const kept = await saveClaim({ operator: chosen.operator.id, commitment, sealed: toHex(made.sealed) });
    if (!kept.ok) {
      setProblem(kept.sentence);
      return;
    }
    const done = await action.run({ operator: BigInt(chosen.operator.id), commitment: made.commitment });
    if (done.ok) setClaim(EMPTY);
  }

  return (
    <SignedForm method="ApplyIdentity" args={undefined} action={action} submit={submit} button="Sign and ask">
      <Select
        label="Operator"
        name="operator"
        value={operator}
        onChange={setOperator}
        options={identifiers.map(({ operator: { id, name } }) => ({
          value: String(id),
          label: name === null ? accountLabel(id) : `${isolatedText(name)} (${accountLabel(id)})`,
        }))}
      />
      <ClaimFields claim={claim} onChange={setClaim} wrong={isPressed ? wrong : []} />
      <Note kind="info">
        What you type is sealed here to the operator’s own program. This portal keeps the sealed bytes until the
        operator has answered, and cannot open them; the ledger gets a salted hash.
      </Note>
      {problem === undefined ? null : <ProblemNote sentence={problem} />}
    </SignedForm>
  );
}

interface ClaimFieldsProps {
  claim: IdentityClaim;
  onChange: (claim: IdentityClaim) => void;
  /** Fields that are to be put right. */
  wrong: readonly ClaimField[];
}

/** What browsers may fill in by themselves: a name, and no number of a document. */
const AUTOCOMPLETE: Readonly<Record<ClaimField, string>> = { name: 'name', document: 'off', subscriber: 'off' };

function ClaimFields({ claim, onChange, wrong }: ClaimFieldsProps) {
  return (
    <div className="grid items-start gap-3 sm:grid-cols-3">
      {CLAIM_FIELDS.map((field) => (
        <Field
          key={field}
          label={sentenceCase(CLAIM_TITLES[field])}
          name={field}
          autoComplete={AUTOCOMPLETE[field]}
          value={claim[field]}
          onChange={(value) => onChange({ ...claim, [field]: value })}
          maxLength={FIELD_MAX}
          error={wrong.includes(field) ? 'Write it as it stands in your contract with the operator.' : undefined}
        />
      ))}
    </div>
  );
}
