'use client';

import { useState } from 'react';
import { Select } from '#components/ui/choice.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { Field, NumberField } from '#components/ui/field.tsx';
import { nodeLabel, sentenceCase } from '#components/ui/format.ts';
import { readNumber } from '#components/ui/number.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { SHARE_NAMES, SHIFT_REASON_MAX, type ShareName } from '#ledger/contracts/node/definition.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { SharesDto } from '#lib/shared/allocation.ts';
import type { ProposedShift } from '#lib/shared/shift-proposal.ts';
import { CORE_DECIMALS, coresDraft, coresInWords } from './cores.ts';

export interface ShiftSharesProps {
  node: number;
  name: string;
  address: string;
  movable: SharesDto;
  /** What the form begins with. */
  proposed: ProposedShift | undefined;
}

const OPTIONS = SHARE_NAMES.map((value) => ({ value, label: sentenceCase(value) }));

/** Why these cannot be shifted, as far as this page knows; undefined when they can. */
function amountFault(millicores: bigint, from: ShareName, movable: SharesDto): string | undefined {
  if (millicores === 0n) return 'Choose more than 0.';
  return millicores > BigInt(movable[from])
    ? `Of ${from} ${coresInWords(movable[from])} may be shifted at most.`
    : undefined;
}

/** A maintainer shifts cores of a host, for a reason that stands on the ledger. */
export function ShiftShares({ node, name, address, movable, proposed }: ShiftSharesProps) {
  const [from, setFrom] = useState<ShareName>(proposed?.from ?? 'reserve');
  const [to, setTo] = useState<ShareName>(proposed?.to ?? 'service');
  const [cores, setCores] = useState(coresDraft(proposed?.millicores ?? 1_000));
  const [reason, setReason] = useState(proposed?.reason ?? '');
  const action = useSignedAction('ShiftShares', address);
  const reading = readNumber(cores, { decimals: CORE_DECIMALS });
  const fault = reading.ok ? amountFault(reading.value, from, movable) : undefined;
  const isSame = from === to;
  const isIncomplete = !reading.ok || fault !== undefined || isSame || reason.trim() === '';
  const args =
    isIncomplete || !reading.ok
      ? undefined
      : { node: BigInt(node), from, to, millicores: reading.value, reason: reason.trim() };
  return (
    <ConfirmDialog
      trigger="Shift cores"
      triggerVariant={proposed === undefined ? 'tertiary' : 'primary'}
      title={`Shift cores of ${isolatedText(name)} (${nodeLabel(node)})?`}
      confirm="Sign and shift"
      confirmVariant="primary"
      isIncomplete={args === undefined}
      isPending={action.isPending}
      onConfirm={async () => args !== undefined && (await action.run(args)).ok}
    >
      <WhatItDoes method="ShiftShares" />
      <p>The agent follows at once: runs under way go on, new ones wait for a slot that the new share has.</p>
      <Select
        label="From"
        name="from"
        value={from}
        onChange={(value) => setFrom(value as ShareName)}
        options={OPTIONS}
      />
      <Select label="To" name="to" value={to} onChange={(value) => setTo(value as ShareName)} options={OPTIONS} />
      <NumberField
        label="Cores"
        name="cores"
        value={cores}
        onChange={setCores}
        decimals={CORE_DECIMALS}
        inWords={(value) => coresInWords(Number(value))}
        description={`Of ${from} ${coresInWords(movable[from])} may be shifted.`}
        error={isSame ? 'Choose two different shares.' : fault}
      />
      <Field
        label="Reason"
        name="reason"
        value={reason}
        onChange={setReason}
        maxLength={SHIFT_REASON_MAX}
        description="Stands on the ledger beside your account."
      />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="ShiftShares" args={args} />
    </ConfirmDialog>
  );
}
