'use client';

import { useState } from 'react';
import { Select } from '#components/ui/choice.tsx';
import { ConfirmDialog, type ConfirmDialogProps } from '#components/ui/dialog.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { durationInWords, formatUtc, nodeLabel, sentenceCase } from '#components/ui/format.ts';
import type { Markup } from '#components/ui/markup.ts';
import { readNumber } from '#components/ui/number.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { REPORT_CAUSES } from '#ledger/contracts/node/definition.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

/** What the buttons need of a node, and who signs. */
export interface ActedOn {
  node: number;
  name: string;
  address: string;
}

const MINUTE_MS = 60_000;
const words = ({ node, name }: ActedOn): string => `${isolatedText(name)} (${nodeLabel(node)})`;

interface NodeActionProps extends ActedOn {
  method: 'AdmitNode' | 'RestoreNode' | 'RetireNode';
  trigger: string;
  /** Of the signature; and of the button that opens the dialog, where that is not the same. */
  variant: ConfirmDialogProps['confirmVariant'];
  triggerVariant?: ConfirmDialogProps['triggerVariant'];
  title: string;
  confirm: string;
  children: Markup;
}

function NodeAction(props: NodeActionProps) {
  const { method, trigger, variant, triggerVariant = variant, title, confirm, children, node, address } = props;
  const action = useSignedAction(method, address);
  const args = { node: BigInt(node) };
  return (
    <ConfirmDialog
      trigger={trigger}
      triggerVariant={triggerVariant}
      title={title}
      confirm={confirm}
      confirmVariant={variant}
      isPending={action.isPending}
      onConfirm={async () => (await action.run(args)).ok}
    >
      <WhatItDoes method={method} />
      {children}
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method={method} args={args} />
    </ConfirmDialog>
  );
}

/** Has the contract hold its rules for access against the node. `expected`: what it will say, as far as is known. */
export function AdmitNode({ expected, ...of }: ActedOn & { expected: string }) {
  return (
    <NodeAction
      {...of}
      method="AdmitNode"
      trigger="Admit"
      variant="primary"
      title={`Admit ${words(of)}?`}
      confirm="Sign and admit"
    >
      <p>{`As the node stands now: ${expected}.`}</p>
      <p>
        The contract decides by the rules in force when your signature is recorded. A refusal names every rule that
        failed, stands on the ledger, and counts against the node’s key.
      </p>
    </NodeAction>
  );
}

export function RestoreNode(of: ActedOn) {
  return (
    <NodeAction
      {...of}
      method="RestoreNode"
      trigger="Restore"
      variant="primary"
      title={`Restore ${words(of)}?`}
      confirm="Sign and restore"
    >
      <p>What it serves is on offer again at once. Orders that failed meanwhile stay failed.</p>
    </NodeAction>
  );
}

/** `isOwn`: its operator retires it, no node provider. */
export function RetireNode({ isOwn, ...of }: ActedOn & { isOwn: boolean }) {
  return (
    <NodeAction
      {...of}
      method="RetireNode"
      trigger="Retire"
      variant="danger"
      triggerVariant="tertiary"
      title={`Take ${words(of)} out of the register?`}
      confirm="Sign and retire"
    >
      <p>
        {`This cannot be undone. The register gives as the reason that ${isOwn ? 'its operator' : 'a node provider'} took it out, with your account.`}
      </p>
    </NodeAction>
  );
}

export interface ReportNodeProps extends ActedOn {
  isService: boolean;
  /** Since when it fails as far as is known, and the server's time. */
  failsSinceMs: number | null;
  nowMs: number;
  registeredAtMs: number;
  /** How long its key may stay silent. */
  silenceMs: number;
}

/** Suspends a node that fails; what follows is said before. */
export function ReportNode(props: ReportNodeProps) {
  const { node, address, isService, nowMs, registeredAtMs, silenceMs } = props;
  const [cause, setCause] = useState('not-reachable');
  const [minutes, setMinutes] = useState(() => {
    const since = props.failsSinceMs ?? nowMs;
    return String(Math.max(0, Math.floor((nowMs - since) / MINUTE_MS)));
  });
  const action = useSignedAction('ReportNode', address);
  const reading = readNumber(minutes, { decimals: 0 });
  const sinceMs = reading.ok ? BigInt(nowMs) - reading.value * BigInt(MINUTE_MS) : undefined;
  const isBefore = sinceMs !== undefined && sinceMs < BigInt(registeredAtMs);
  const args = sinceMs === undefined || isBefore ? undefined : { node: BigInt(node), cause, sinceMs };
  return (
    <ConfirmDialog
      trigger="Report"
      triggerVariant="danger"
      title={`Report ${words(props)}?`}
      confirm="Sign and report"
      confirmVariant="danger"
      isIncomplete={args === undefined}
      isPending={action.isPending}
      onConfirm={async () => args !== undefined && (await action.run(args)).ok}
    >
      <WhatItDoes method="ReportNode" />
      <p>
        {isService
          ? `Its listings come off the catalogue at once. If its key signs nothing for ${durationInWords(silenceMs)}, its running orders fail and their customers are refunded.`
          : 'It serves no resources: nothing but its status changes.'}
      </p>
      <Select
        label="What is wrong"
        name="cause"
        value={cause}
        onChange={setCause}
        options={Object.entries(REPORT_CAUSES).map(([value, label]) => ({ value, label: sentenceCase(label) }))}
      />
      <NumberField
        label="For how many minutes"
        name="minutes"
        value={minutes}
        onChange={setMinutes}
        decimals={0}
        description="When the fault was first seen; 0 for just now."
        error={isBefore ? `It registered on ${formatUtc(registeredAtMs)}: the fault cannot be older.` : undefined}
        inWords={(value) =>
          value <= BigInt(Math.floor(nowMs / MINUTE_MS))
            ? `since ${formatUtc(nowMs - Number(value) * MINUTE_MS)}`
            : undefined
        }
      />
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="ReportNode" args={args} />
    </ConfirmDialog>
  );
}
