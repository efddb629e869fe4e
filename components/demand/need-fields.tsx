'use client';

import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { amountDecimals, amountLabel, typedAmountInWords, typedMeterOf } from '#components/ledger/amounts.ts';
import { askedOfPeople } from '#components/ledger/intended-use.ts';
import { CheckboxGroup, Select } from '#components/ui/choice.tsx';
import { Field, NumberField } from '#components/ui/field.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import type { PlaceDto } from '#lib/shared/demand-dto.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { regionsOf, zonesOf } from './further-words.ts';
import { KIND_NAMES, needOf, TERM_FIELDS, type NeedDraft } from './draft.ts';
import type { DraftFieldsProps } from './program-fields.tsx';
import { amountField } from './request.ts';

const WORK = 'work';

const KIND_OPTIONS: Readonly<Record<KindName, string>> = {
  computing: 'A machine for programs that you start yourself',
  connection: 'A connection through a relay',
  data: 'A data set',
  storage: 'Storage',
};

/** Which kinds are needed. */
export function KindFields({ draft, onChange, errors }: DraftFieldsProps) {
  return (
    <CheckboxGroup
      legend="What do you need?"
      name="kinds"
      values={[...(draft.hasWork ? [WORK] : []), ...draft.kinds]}
      onChange={(values) =>
        onChange({
          ...draft,
          hasWork: values.includes(WORK),
          kinds: KIND_NAMES.filter((kind) => values.includes(kind)),
        })
      }
      error={errors.kinds}
      options={[
        { value: WORK, label: 'A program run over many inputs' },
        ...KIND_NAMES.map((kind) => ({ value: kind, label: KIND_OPTIONS[kind] })),
      ]}
    />
  );
}

/** What is needed of one kind: the amounts that an application of it states, its choices, and what an offer must be. */
export function NeedFields({
  kind: name,
  places,
  ...form
}: DraftFieldsProps & { kind: KindName; places: readonly PlaceDto[] }) {
  const { draft, onChange, errors } = form;
  const kind = kindOf(name);
  const need = needOf(draft, name);
  const change = (part: Partial<NeedDraft>) =>
    onChange({ ...draft, needs: { ...draft.needs, [name]: { ...need, ...part } } });
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-medium">{sentenceCase(kind.ledger.title)}</legend>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        {askedOfPeople(kind).map((meter) => (
          <AmountField
            key={meter}
            kind={kind}
            meter={meter}
            value={need.amounts[meter] ?? ''}
            onChange={(amount) => change({ amounts: { ...need.amounts, [meter]: amount } })}
            error={errors[amountField(name, meter)]}
          />
        ))}
        {Object.entries(kind.screen.choiceValues).map(([choice, values]) => (
          <Select
            key={choice}
            label={kind.ledger.choices[choice] ?? choice}
            name={`${name}.choice.${choice}`}
            value={String(need.choices[choice] ?? values[0])}
            onChange={(value) => change({ choices: { ...need.choices, [choice]: value } })}
            options={values.map((value) => ({ value, label: value }))}
          />
        ))}
        {TERM_FIELDS[name].map(({ name: term, label }) => (
          <Field
            key={term}
            label={label}
            name={`${name}.term.${term}`}
            value={need.terms[term] ?? ''}
            onChange={(value) => change({ terms: { ...need.terms, [term]: value } })}
            maxLength={64}
            suggestions={term === 'zone' ? zonesOf(places, name, need.terms.region ?? '') : regionsOf(places, name)}
            description="Empty: anywhere."
          />
        ))}
      </div>
    </fieldset>
  );
}

interface AmountFieldProps {
  kind: ShownKind;
  meter: string;
  value: string;
  onChange: (amount: string) => void;
  error: string | undefined;
}

function AmountField({ kind, meter, value, onChange, error }: AmountFieldProps) {
  const counted = typedMeterOf(kind, meter);
  return (
    <NumberField
      label={amountLabel(counted)}
      name={amountField(kind.name, meter)}
      value={value}
      onChange={onChange}
      decimals={amountDecimals(counted)}
      inWords={(amount) => typedAmountInWords(amount, counted)}
      error={error}
    />
  );
}
