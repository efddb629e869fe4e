'use client';

import { useState } from 'react';
import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { formatCount } from '#components/ui/format.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';

export interface ParameterFormProps {
  address: string;
  parameters: readonly { name: string; value: string }[];
}

export function ParameterForm({ address, parameters }: ParameterFormProps) {
  const [name, setName] = useState(parameters[0]?.name ?? '');
  const [value, setValue] = useState('');
  const [error, setError] = useState<string>();
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeParameter', address);
  const whole = /^\d{1,18}$/.test(value.trim()) ? BigInt(value.trim()) : undefined;
  const args = whole === undefined ? undefined : { parameter: name, value: whole };
  const current = parameters.find((parameter) => parameter.name === name)?.value ?? '0';

  async function propose() {
    setIsDone(false);
    setError(args ? undefined : 'Write a whole number, in the unit that stands at the end of the parameter’s name.');
    if (args) setIsDone((await action.run(args)).ok);
  }
  return (
    <SignedForm
      method="ProposeParameter"
      args={args}
      action={action}
      submit={propose}
      button="Sign and propose the parameter"
      done={isDone ? 'The proposal is open: it stands under Proposals and votes.' : undefined}
    >
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Select
          label="Parameter"
          name="parameter"
          value={name}
          onChange={setName}
          options={parameters.map((parameter) => ({ value: parameter.name, label: parameter.name }))}
          description={`Now ${formatCount(current)}.`}
        />
        <Field
          label="New value"
          name="value"
          value={value}
          onChange={setValue}
          error={error}
          inputMode="numeric"
          maxLength={18}
          autoComplete="off"
        />
      </div>
    </SignedForm>
  );
}
