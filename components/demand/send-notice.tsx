'use client';

import { useState } from 'react';
import { Select, type Option } from '#components/ui/choice.tsx';
import { accountLabel } from '#components/ui/format.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { NoticeChoicesDto } from '#lib/shared/demand-dto.ts';
import type { AccountRef } from '#lib/shared/dto.ts';
import { demandLabel } from './words.ts';

export interface SendNoticeProps {
  demand: number;
  /** That the demand needs, each once. */
  kinds: readonly string[];
  choices: NoticeChoicesDto;
  address: string;
}

function optionsOf(accounts: readonly AccountRef[]): Option[] {
  return [
    { value: '', label: 'Choose…' },
    ...accounts.map(({ id, name }) => ({
      value: String(id),
      label: name === null ? accountLabel(id) : `${isolatedText(name)} (${accountLabel(id)})`,
    })),
  ];
}

/** What is signed; undefined before whom is chosen. Pure. */
export function noticeArgs(
  demand: number,
  { kind, provider, nodeProvider }: { kind: string; provider: string; nodeProvider: string },
): MethodArgs['SendNotice'] | undefined {
  if (kind === '' || provider === '' || nodeProvider === '') return undefined;
  return { demand: BigInt(demand), provider: BigInt(provider), nodeProvider: BigInt(nodeProvider), kind };
}

/** Asks a provider, through a node provider, to share what a demand needs. */
export function SendNotice({ demand, kinds, choices, address }: SendNoticeProps) {
  const [kind, setKind] = useState(kinds[0] ?? '');
  const [provider, setProvider] = useState('');
  const [nodeProvider, setNodeProvider] = useState('');
  const [isTried, setIsTried] = useState(false);
  const [done, setDone] = useState<string>();
  const action = useSignedAction('SendNotice', address);
  const args = noticeArgs(demand, { kind, provider, nodeProvider });

  async function send() {
    setDone(undefined);
    setIsTried(true);
    if (args === undefined || !(await action.run(args)).ok) return;
    setDone(`The request for ${demandLabel(demand)} waits for the node provider, who checks it and hands it on.`);
    setProvider('');
    setIsTried(false);
  }
  const missing = (value: string, sentence: string) => (isTried && value === '' ? sentence : undefined);
  return (
    <SignedForm method="SendNotice" args={args} action={action} submit={send} button="Sign and ask" done={done}>
      <div className="grid items-start gap-3 sm:grid-cols-3">
        <Select
          label="Asked to share"
          name="notice-kind"
          value={kind}
          onChange={setKind}
          options={kinds.map((value) => ({ value, label: value }))}
        />
        <Select
          label="Provider"
          name="notice-provider"
          value={provider}
          onChange={setProvider}
          options={optionsOf(choices.providers)}
          error={missing(provider, 'Choose whom you ask.')}
          description="Learns what is needed, not by whom nor for how much."
        />
        <Select
          label="Through"
          name="notice-node-provider"
          value={nodeProvider}
          onChange={setNodeProvider}
          options={optionsOf(choices.nodeProviders)}
          error={missing(nodeProvider, 'Choose who checks it and hands it on.')}
          description="A node provider, who checks it and hands it on, or stops it."
        />
      </div>
    </SignedForm>
  );
}
