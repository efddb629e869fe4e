'use client';

import { useState } from 'react';
import { changeInWords, doubtAbout, rangeInWords } from '#components/ledger/parameter-change.ts';
import { boundsInWords, parameterInWords, parameterTitle, parseParameter } from '#components/ledger/parameter-words.ts';
import { Checkbox, Select } from '#components/ui/choice.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { Note } from '#components/ui/note.tsx';
import { numberProblem } from '#components/ui/number.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import type { Parameter } from '#ledger/contracts/definitions.ts';

export interface ParameterFormProps {
  address: string;
  parameters: readonly { name: Parameter; value: string }[];
}

/** Proposes another value for a parameter, within the bounds that its definition gives. */
export function ParameterForm({ address, parameters }: ParameterFormProps) {
  const [name, setName] = useState<string | undefined>(parameters[0]?.name);
  const [value, setValue] = useState('');
  /** The value that was said to be meant, after a question. */
  const [meant, setMeant] = useState<bigint>();
  const [hasTried, setHasTried] = useState(false);
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeParameter', address);
  const current = parameters.find((parameter) => parameter.name === name);
  if (!current) return <p className="text-muted">The parameters in force are not known yet: load the page again.</p>;
  const whole = parseParameter(current.name, value);
  const args = whole === undefined ? undefined : { parameter: current.name, value: whole };
  const bounds = boundsInWords(current.name);
  const change = whole === undefined ? undefined : { name: current.name, from: BigInt(current.value), to: whole };
  const doubt = change && doubtAbout(change);

  async function propose() {
    setIsDone(false);
    setHasTried(true);
    if (args && (doubt === undefined || meant === whole)) setIsDone((await action.run(args)).ok);
  }
  return (
    <SignedForm
      method="ProposeParameter"
      args={args}
      action={action}
      submit={propose}
      button="Sign and propose the parameter"
      isDisabled={doubt !== undefined && meant !== whole}
      done={isDone ? 'The proposal is open: it stands under Proposals and votes.' : undefined}
    >
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Select
          label="Parameter"
          name="parameter"
          value={current.name}
          onChange={setName}
          options={parameters.map((parameter) => ({ value: parameter.name, label: parameterTitle(parameter.name) }))}
          description={`Now ${parameterInWords(current.name, current.value)}; a vote may set ${rangeInWords(current.name)}.`}
        />
        <NumberField
          label="New value"
          name="value"
          value={value}
          onChange={setValue}
          error={
            hasTried && whole === undefined
              ? (numberProblem(value, { decimals: 0 }) ?? `The new value must be a whole number ${bounds}.`)
              : undefined
          }
          description={`A whole number ${bounds}.`}
          decimals={0}
          inWords={(read) => parameterInWords(current.name, read.toString())}
        />
      </div>
      {change === undefined ? null : <p className="font-medium">{`${changeInWords(change)}.`}</p>}
      {doubt === undefined ? null : (
        <Note kind="warning" title="Is that what you mean?" isLive>
          <span>{doubt}</span>
          <Checkbox
            name="meant"
            label={`Yes, propose ${parameterInWords(current.name, whole?.toString() ?? '')}`}
            isSelected={meant === whole}
            onChange={(isSelected) => setMeant(isSelected ? whole : undefined)}
          />
        </Note>
      )}
    </SignedForm>
  );
}
