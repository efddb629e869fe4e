'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { fromDateField, toDateField } from '#components/monitoring/window-draft.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { nodeLabel } from '#components/ui/format.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import type { IncidentNode, ProposedIncidentDto } from '#lib/shared/repair.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { INCIDENT_CAUSE_NAMES, type IncidentCause } from '#ledger/contracts/security/repair-words.ts';
import { causeInWords } from './words.ts';

/** Signs OpenIncident and goes to the page of the incident. */
function useOpen(address: string) {
  const action = useSignedAction('OpenIncident', address);
  const router = useRouter();
  async function open(of: { node: number; cause: IncidentCause; detectedMs: number }) {
    const { node, cause, detectedMs } = of;
    const result = await action.run({ node: BigInt(node), cause, detectedMs: BigInt(detectedMs) });
    if (result.ok) router.push(`/maintainer/repairs/${result.data.incident ?? ''}`);
  }
  return { action, open };
}

export interface OpenProposedProps {
  proposed: Pick<ProposedIncidentDto, 'node' | 'cause' | 'detectedMs'>;
  address: string;
}

/** One press makes what the monitor proposes an incident of the ledger. */
export function OpenProposed({ proposed, address }: OpenProposedProps) {
  const { node, cause, detectedMs } = proposed;
  const { action, open } = useOpen(address);
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Button
          variant="primary"
          label={`Sign and open an incident about ${isolatedText(node.name)}`}
          isPending={action.isPending}
          onPress={() => void open({ node: node.id, cause, detectedMs })}
        >
          Sign and open an incident
        </Button>
      </div>
      <SigningNote step={action.step} sentence={action.sentence} />
    </div>
  );
}

export interface OpenByHandProps {
  nodes: readonly IncidentNode[];
  address: string;
  /** Server's time at rendering. */
  nowMs: number;
}

/** An incident that no alert proposes. */
export function OpenByHand({ nodes, address, nowMs }: OpenByHandProps) {
  const { action, open } = useOpen(address);
  const [node, setNode] = useState('');
  const [cause, setCause] = useState<IncidentCause>('other-fault');
  const [since, setSince] = useState(() => toDateField(nowMs));
  const [errors, setErrors] = useState<{ node?: string; since?: string }>({});
  const detectedMs = fromDateField(since);
  async function submit() {
    const found = {
      ...(node === '' ? { node: 'Choose a node.' } : {}),
      ...(detectedMs === undefined ? { since: 'Choose a date and a time.' } : {}),
    };
    setErrors(found);
    if (node === '' || detectedMs === undefined) return;
    await open({ node: Number(node), cause, detectedMs });
  }
  const options = nodes.map(({ id, name }) => ({
    value: String(id),
    label: `${isolatedText(name)} (${nodeLabel(id)})`,
  }));
  return (
    <SignedForm
      method="OpenIncident"
      args={{ node: BigInt(node === '' ? 0 : node), cause, detectedMs: BigInt(detectedMs ?? 0) }}
      action={action}
      submit={submit}
      button="Sign and open"
    >
      <Select
        label="Node"
        name="node"
        value={node}
        onChange={setNode}
        error={errors.node}
        options={[{ value: '', label: 'Choose a node' }, ...options]}
      />
      <Select
        label="What is wrong"
        name="cause"
        value={cause}
        onChange={(word) => setCause(INCIDENT_CAUSE_NAMES.find((name) => name === word) ?? 'other-fault')}
        options={INCIDENT_CAUSE_NAMES.map((name) => ({ value: name, label: causeInWords(name) }))}
      />
      <Field
        label="Seen since (UTC)"
        name="since"
        type="datetime-local"
        value={since}
        onChange={setSince}
        error={errors.since}
      />
    </SignedForm>
  );
}
