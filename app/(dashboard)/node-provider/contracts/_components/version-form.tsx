'use client';

import { useState } from 'react';
import { DIGEST_CHARACTERS, parseDigest } from '#components/demand/program-digest.ts';
import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';

export interface VersionFormProps {
  address: string;
  /** `held`: digest of the next version where this portal's release has it. */
  contracts: readonly { name: string; version: number; held: string | null }[];
}

/** Proposes the next version of a contract by its digest. */
export function VersionForm({ address, contracts }: VersionFormProps) {
  const [name, setName] = useState(contracts.find(({ held }) => held !== null)?.name ?? contracts[0]?.name ?? '');
  const [typed, setTyped] = useState('');
  const [isTried, setIsTried] = useState(false);
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeContractVersion', address);
  const chosen = contracts.find((contract) => contract.name === name);
  const digest = parseDigest(typed);
  const args =
    chosen === undefined || digest === undefined
      ? undefined
      : { contractName: chosen.name, newVersion: BigInt(chosen.version + 1), digest };

  async function propose() {
    setIsDone(false);
    setIsTried(true);
    if (args === undefined || !(await action.run(args)).ok) return;
    setIsDone(true);
    setIsTried(false);
    setTyped('');
  }
  const held = chosen?.held ?? null;
  return (
    <SignedForm
      method="ProposeContractVersion"
      args={args}
      action={action}
      submit={propose}
      button="Sign and propose the version"
      done={isDone ? 'The proposal is open: it stands under Proposals and votes.' : undefined}
    >
      <div className="grid items-start gap-3 sm:grid-cols-[1fr_2fr]">
        <Select
          label="Contract"
          name="version-contract"
          value={name}
          onChange={setName}
          options={contracts.map((contract) => ({ value: contract.name, label: contract.name }))}
          description={
            chosen === undefined
              ? undefined
              : `Version ${chosen.version} is in force; the next is ${chosen.version + 1}.`
          }
        />
        <Field
          label="Digest of the next version"
          name="version-digest"
          value={typed}
          onChange={setTyped}
          maxLength={128}
          isMono
          autoComplete="off"
          error={
            isTried && digest === undefined
              ? `A digest has ${DIGEST_CHARACTERS} characters, 0 to 9 and a to f: copy it from the documents of the release that has the version.`
              : undefined
          }
          description={
            held === null
              ? `${DIGEST_CHARACTERS} characters, as the release that has the version prints it. This portal’s release does not have it yet.`
              : `This portal’s release has the next version with the digest ${held}.`
          }
        />
      </div>
    </SignedForm>
  );
}
