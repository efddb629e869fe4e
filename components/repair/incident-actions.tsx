'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ChoiceGroup, Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import { useServerNow } from '#components/ui/use-server-time.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { IncidentDto } from '#lib/shared/repair.ts';
import { TEXT_MAX } from '#ledger/contracts/security/definition.ts';
import {
  MANUAL_OUTCOMES,
  MANUAL_STEPS,
  MANUAL_STEP_NAMES,
  type RepairCommand,
} from '#ledger/contracts/security/repair-words.ts';
import { MoveOrders, type MoveOrdersProps } from './move-orders.tsx';
import { runbookOf, stepAsked, type RunbookStep } from './runbook.ts';

/** A command that the node has not read within five minutes is of the past. */
const COMMAND_LIFE_MS = 300_000;

interface OfIncident {
  incident: number;
  address: string;
}

export function Acknowledge({ incident, address }: OfIncident) {
  const action = useSignedAction('AcknowledgeIncident', address);
  return (
    <Section title="Look after it">
      <div className="flex flex-col gap-2">
        <WhatItDoes method="AcknowledgeIncident" />
        <div>
          <Button
            variant="primary"
            isPending={action.isPending}
            onPress={() => void action.run({ incident: BigInt(incident) })}
          >
            Sign and acknowledge
          </Button>
        </div>
        <SigningNote step={action.step} sentence={action.sentence} />
      </div>
    </Section>
  );
}

interface CommandButtonProps extends OfIncident {
  command: RepairCommand;
  nowMs: number;
}

/** Signs a command; the node answers on the ledger, and the answer stands among the steps. */
function CommandButton({ incident, address, command, nowMs }: CommandButtonProps) {
  const action = useSignedAction('CommandRepair', address);
  const serverNow = useServerNow(nowMs);
  const press = () => {
    const expiresAtMs = BigInt(Math.floor(Math.max(serverNow(), nowMs)) + COMMAND_LIFE_MS);
    void action.run({ incident: BigInt(incident), command, expiresAtMs });
  };
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Button isPending={action.isPending} onPress={press}>
          <Text>{`Sign and order: ${command}`}</Text>
        </Button>
      </div>
      <SigningNote step={action.step} sentence={action.sentence} />
    </div>
  );
}

interface RunbookProps extends OfIncident {
  steps: readonly RunbookStep[];
  orders: OrdersOfNode | null;
  nowMs: number;
}

function Runbook({ steps, orders, ...rest }: RunbookProps) {
  return (
    <ol aria-label="Runbook" className="divide-y divide-separator rounded-md border border-border bg-surface">
      {steps.map((step, index) => (
        <li key={index} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-3 py-2">
          <div className="min-w-0 max-w-prose">
            <p className="font-medium">
              <Text>{stepAsked(step)}</Text>
            </p>
            <p className="text-sm text-muted">
              <Text>{step.why}</Text>
            </p>
          </div>
          {step.kind === 'command' ? <CommandButton {...rest} command={step.command} /> : null}
          {step.kind === 'move-orders' && orders !== null ? (
            <MoveOrders {...orders} address={rest.address} nowMs={rest.nowMs} />
          ) : null}
        </li>
      ))}
    </ol>
  );
}

/** What people did, written down. */
function ManualStepForm({ incident, address }: OfIncident) {
  const action = useSignedAction('RecordRepairStep', address);
  const [step, setStep] = useState<string>('inspected');
  const [outcome, setOutcome] = useState<string>('done');
  const [text, setText] = useState('');
  const args = { incident: BigInt(incident), step, outcome, text: text.trim() };
  return (
    <SignedForm
      method="RecordRepairStep"
      args={args}
      action={action}
      submit={async () => {
        if ((await action.run(args)).ok) setText('');
      }}
      button="Sign and record the step"
    >
      <Select
        label="What was done"
        name="step"
        value={step}
        onChange={setStep}
        options={MANUAL_STEP_NAMES.map((name) => ({ value: name, label: `A maintainer ${MANUAL_STEPS[name]}` }))}
      />
      <Select
        label="What came of it"
        name="outcome"
        value={outcome}
        onChange={setOutcome}
        options={MANUAL_OUTCOMES.map((name) => ({ value: name, label: name }))}
      />
      <Field
        label="In a line"
        name="text"
        value={text}
        onChange={setText}
        maxLength={TEXT_MAX}
        description="Everybody can read it: no customer, no address, no password."
      />
    </SignedForm>
  );
}

const CLOSING_OPTIONS = [
  { value: 'restored', label: 'The node is restored', description: 'Refused while the register has it suspended.' },
  { value: 'given-up', label: 'The repair was given up', description: 'The node stays as it is.' },
];

function CloseForm({ incident, address }: OfIncident) {
  const action = useSignedAction('CloseIncident', address);
  const [outcome, setOutcome] = useState('restored');
  const [text, setText] = useState('');
  const args = { incident: BigInt(incident), outcome, text: text.trim() };
  return (
    <SignedForm
      method="CloseIncident"
      args={args}
      action={action}
      submit={() => action.run(args)}
      button="Sign and close the incident"
    >
      <ChoiceGroup
        legend="How it ended"
        name="ending"
        options={CLOSING_OPTIONS}
        value={outcome}
        onChange={setOutcome}
      />
      <Field label="Closing note" name="closing" value={text} onChange={setText} maxLength={TEXT_MAX} />
    </SignedForm>
  );
}

type OrdersOfNode = Omit<MoveOrdersProps, 'address' | 'nowMs'>;

export interface IncidentActionsProps {
  incident: IncidentDto;
  /** What can become of the node's orders; null where nobody may know. */
  orders: OrdersOfNode | null;
  address: string;
  /** Server's time at rendering. */
  nowMs: number;
}

/** What a maintainer can do about an open incident, in the order of a repair. */
export function IncidentActions({ incident, orders, address, nowMs }: IncidentActionsProps) {
  const { id, cause, node, acknowledgedAtMs, closedAtMs } = incident;
  const of = { incident: id, address };
  if (closedAtMs !== null) return null;
  if (acknowledgedAtMs === null) return <Acknowledge {...of} />;
  return (
    <>
      <Section title="Repair it">
        <div className="flex flex-col gap-3">
          <p className="text-sm text-muted">
            What this kind of fault asks for, in this order. A button signs the order on the ledger; the node proves it
            there, does what its operator allows, and answers by its own key. What its operator does not allow it
            refuses: ask the operator for it under Support below.
          </p>
          <Runbook {...of} steps={runbookOf(cause, node.class)} orders={orders} nowMs={nowMs} />
          <Disclosure summary="Record what people did">
            <ManualStepForm {...of} />
          </Disclosure>
        </div>
      </Section>
      <Section title="Close it">
        <CloseForm {...of} />
      </Section>
    </>
  );
}
