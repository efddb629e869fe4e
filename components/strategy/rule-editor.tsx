'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { amountDecimals, amountLabelWith } from '#components/ledger/amounts.ts';
import { Button } from '#components/ui/button.tsx';
import { CheckboxGroup, Select } from '#components/ui/choice.tsx';
import { DURATION_UNIT_NAMES, type DurationUnit } from '#components/ui/duration.ts';
import { Field, NumberField } from '#components/ui/field.tsx';
import { TestList, type ValueProps, useTextOfForm } from '#components/ui/test-list.tsx';
import { SENTENCE_MAX } from '#ledger/contracts/strategy/definition.ts';
import type { Condition, RuleErrors } from './conditions.ts';
import {
  attributeLabel,
  comparisonsOf,
  describeRule,
  firstTest,
  readRule,
  ruleAttributes,
  RULE_TESTS_MAX,
  takesSeveral,
  valueInWords,
  writeRule,
  type RuleAttribute,
  type RuleForm,
  type RuleTest,
} from './rule-form.ts';
import { readableNames } from './rule-problem.ts';

export interface RuleEditorProps {
  kind: ShownKind;
  /** Counted from 1. */
  number: number;
  condition: Condition;
  errors: RuleErrors;
  onChange: (part: Partial<Condition>) => void;
  onRemove: () => void;
}

/** One rule of the provider's own: comparisons by form, or the language of rules as it is; and what a refusal says of it. */
export function RuleEditor({ kind, number, condition, errors, onChange, onRemove }: RuleEditorProps) {
  const written = useTextOfForm({
    text: condition.rule,
    onChange: (rule) => onChange({ rule }),
    read: (text) => readRule(kind, text),
    write: (form) => writeRule(kind, form),
  });
  const { form } = written;
  const said = form && describeRule(kind, form);
  return (
    <fieldset className="flex flex-col gap-3 rounded-md border border-separator p-3">
      <legend className="px-1 text-sm font-medium">{`Rule ${number}`}</legend>
      {form ? (
        <RuleTests kind={kind} number={number} form={form} errors={errors} onChange={written.change} />
      ) : (
        <RuleText
          kind={kind}
          number={number}
          text={condition.rule}
          errors={errors}
          why={written.why}
          onChange={(rule) => onChange({ rule })}
        />
      )}
      <Field
        label={`What must hold ${number}`}
        name={`sentence-${number}`}
        value={condition.sentence}
        onChange={(sentence) => onChange({ sentence })}
        error={errors.sentence}
        maxLength={SENTENCE_MAX}
        placeholder={said ?? 'what must hold, in words'}
        description={
          said ? 'In your words; empty: as it stands there. A refusal shows it.' : 'In words. A refusal shows it.'
        }
      />
      <div className="flex flex-wrap gap-2">
        {form ? (
          <Button variant="ghost" size="sm" onPress={written.showText}>
            {`Write rule ${number} as text`}
          </Button>
        ) : written.isByHand ? (
          <Button variant="ghost" size="sm" onPress={written.showForm}>
            {`Show rule ${number} as a form`}
          </Button>
        ) : null}
        <Button size="sm" label={`Remove rule ${number}`} onPress={onRemove}>
          Remove
        </Button>
      </div>
    </fieldset>
  );
}

interface RuleTestsProps extends Pick<RuleEditorProps, 'kind' | 'number' | 'errors'> {
  form: RuleForm;
  onChange: (form: RuleForm) => void;
}

function RuleTests({ kind, number, form, errors, onChange }: RuleTestsProps) {
  const attributes = ruleAttributes(kind);
  const attributeOf = (path: string) => attributes.find((attribute) => attribute.path === path);
  return (
    <>
      <TestList<RuleTest>
        name={`rule-${number}`}
        whatLabel="What"
        whats={attributes.map((attribute) => ({ value: attribute.path, label: attributeLabel(attribute) }))}
        comparisonsOf={(what) => {
          const attribute = attributeOf(what);
          return attribute ? comparisonsOf(attribute) : [];
        }}
        form={form}
        onChange={onChange}
        errors={errors.tests ?? []}
        first={(what) => firstTest(kind, what)}
        value={(props) => <RuleValue {...props} attribute={attributeOf(props.test.what)} />}
        testsMax={RULE_TESTS_MAX}
      />
      {errors.rule ? <p className="text-xs text-danger">{errors.rule}</p> : null}
    </>
  );
}

interface RuleTextProps extends Pick<RuleEditorProps, 'kind' | 'number' | 'errors'> {
  text: string;
  /** Why the form does not show it. */
  why: string | undefined;
  onChange: (text: string) => void;
}

/** What is pasted beyond the bound is not cut, which would be another rule: it is refused. */
function RuleText({ kind, number, text, errors, why, onChange }: RuleTextProps) {
  return (
    <Field
      label={`Rule ${number} as text`}
      name={`rule-${number}`}
      value={text}
      onChange={onChange}
      error={errors.rule ?? errors.tests?.find((problem) => problem !== undefined)}
      rows={2}
      isMono
      description={
        <>
          <span>{why ? `${why} ` : ''}</span>
          <span>In CEL. A rule may read </span>
          <span className="font-mono break-words">{readableNames(kind).join(', ')}</span>
          <span>.</span>
        </>
      }
    />
  );
}

/** The value of one comparison, by the type of what is compared. */
function RuleValue({
  test,
  onChange,
  error,
  label,
  name,
  attribute,
}: ValueProps<RuleTest> & { attribute: RuleAttribute | undefined }) {
  if (attribute === undefined) return null;
  const [value = ''] = test.values;
  if (takesSeveral(test.comparison))
    return (
      <CheckboxGroup
        legend={label}
        name={name}
        values={test.values.filter((code) => code !== '')}
        onChange={(values) => onChange({ values })}
        options={attribute.options}
        error={error}
      />
    );
  if (attribute.options.length > 0)
    return (
      <Select
        label={label}
        name={name}
        value={value}
        onChange={(chosen) => onChange({ values: [chosen] })}
        error={error}
        options={[{ value: '', label: 'Choose…' }, ...attribute.options]}
      />
    );
  const number = (
    <NumberField
      label={attribute.meter ? amountLabelWith(label, attribute.meter) : label}
      name={name}
      value={value}
      onChange={(typed) => onChange({ values: [typed] })}
      error={error}
      decimals={attribute.meter ? amountDecimals(attribute.meter) : 0}
      inWords={(amount) => valueInWords(attribute, amount, test.unit)}
    />
  );
  if (attribute.type !== 'duration') return number;
  return (
    <div className="grid grid-cols-2 gap-2">
      {number}
      <Select
        label={`Unit of ${label.toLowerCase()}`}
        name={`${name}-unit`}
        value={test.unit}
        onChange={(unit) => onChange({ unit: unit as DurationUnit })}
        options={DURATION_UNIT_NAMES.map((unit) => ({ value: unit, label: unit }))}
      />
    </div>
  );
}
