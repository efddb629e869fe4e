'use client';

import { useState } from 'react';
import { changeInWords, doubtAbout, type ParameterChange } from '#components/ledger/parameter-change.ts';
import { boundsInWords, parameterInWords, parameterTitle, parseParameter } from '#components/ledger/parameter-words.ts';
import type { ParameterValues, WhatIfAsked } from '#components/nodes/weights.ts';
import { WeightsWhatIf } from '#components/nodes/weights-what-if.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { Note } from '#components/ui/note.tsx';
import { numberProblem } from '#components/ui/number.ts';
import { Panel, Section } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { Parameter } from '#ledger/contracts/definitions.ts';

export interface WeightsFormProps {
  address: string;
  /** Those that credit is made of, in their order. */
  names: readonly Parameter[];
  inForce: ParameterValues;
  asked: WhatIfAsked;
  /** False for who only asks what would be. */
  mayPropose: boolean;
}

/** Weights and thresholds to try out, with what each node would have by them at once; each that is changed can be proposed. */
export function WeightsForm({ address, names, inForce, asked, mayPropose }: WeightsFormProps) {
  const [typed, setTyped] = useState<ParameterValues>(inForce);
  const changes = names.flatMap((name): ParameterChange[] => {
    const to = parseParameter(name, typed[name] ?? '');
    const from = BigInt(inForce[name] ?? '0');
    return to === undefined || to === from ? [] : [{ name, from, to }];
  });
  const tried = Object.fromEntries(changes.map(({ name, to }) => [name, to.toString()]));
  return (
    <>
      <Section title="Try other values" aside="a vote decides each value by itself">
        <Panel>
          <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-3">
            {names.map((name) => (
              <NumberField
                key={name}
                label={parameterTitle(name)}
                name={name}
                value={typed[name] ?? ''}
                onChange={(value) => setTyped({ ...typed, [name]: value })}
                decimals={0}
                description={`Now ${parameterInWords(name, inForce[name] ?? '0')}; ${boundsInWords(name)}.`}
                error={valueProblem(name, typed[name] ?? '')}
                inWords={(value) => parameterInWords(name, value.toString())}
              />
            ))}
          </div>
        </Panel>
      </Section>
      <Section title="What it would be" aside="of the same measurements">
        <WeightsWhatIf asked={asked} inForce={inForce} others={{ ...inForce, ...tried }} />
        <p className="mt-2 text-sm text-muted">
          By the contract’s own code, of the facts of each node’s last change. Nobody leaves the set of validators by it
          while it has four.
        </p>
      </Section>
      {mayPropose ? (
        <Section title="Propose">
          {changes.length === 0 ? (
            <p className="text-sm text-muted">
              Change a value above: each change is proposed by a signature of its own.
            </p>
          ) : (
            <ul
              aria-label="Changes to propose"
              className="divide-y divide-separator rounded-md border border-border bg-surface"
            >
              {changes.map((change) => (
                <li key={change.name} className="flex flex-wrap items-center justify-between gap-3 px-3 py-2.5">
                  <span>{changeInWords(change)}</span>
                  <ProposeChange change={change} address={address} />
                </li>
              ))}
            </ul>
          )}
        </Section>
      ) : null}
    </>
  );
}

function valueProblem(name: Parameter, text: string): string | undefined {
  if (parseParameter(name, text) !== undefined) return undefined;
  return numberProblem(text, { decimals: 0 }) ?? `A whole number ${boundsInWords(name)}.`;
}

function ProposeChange({ change, address }: { change: ParameterChange; address: string }) {
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeParameter', address);
  const { name, to } = change;
  const args = { parameter: name, value: to };
  const doubt = doubtAbout(change);
  if (isDone)
    return (
      <Note kind="success" isLive>
        The proposal is open: it stands under Proposals and votes.
      </Note>
    );
  return (
    <ConfirmDialog
      trigger="Propose it"
      title={`Propose ${changeInWords(change)}?`}
      confirm="Sign and propose"
      isPending={action.isPending}
      onConfirm={async () => {
        const { ok } = await action.run(args);
        setIsDone(ok);
        return ok;
      }}
    >
      <WhatItDoes method="ProposeParameter" />
      {doubt === undefined ? null : <Note kind="warning">{doubt}</Note>}
      <p>Once it has passed, the next evaluation uses it. What was evaluated before stays as it is.</p>
      <SigningNote step={action.step} sentence={action.sentence} />
      <ApiCall method="ProposeParameter" args={args} />
    </ConfirmDialog>
  );
}
