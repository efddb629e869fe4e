'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Checkbox, CheckboxGroup, Select } from '#components/ui/choice.tsx';
import { textFields } from '#components/ui/draft.ts';
import { Field, NumberField } from '#components/ui/field.tsx';
import { countOf } from '#components/ui/count.ts';
import { inWords } from '#components/ui/format.ts';
import { typedDurationInWords, type DurationUnit } from '#components/ui/duration.ts';
import { REQUESTABLE_ROLES, roleName } from '#lib/shared/roles.ts';
import { CONDITIONS_MAX, RULE_LENGTH_MAX, SENTENCE_MAX } from '#ledger/contracts/strategy/definition.ts';
import { AGE_UNITS, parseConditions, type ConditionDraft, type ConditionErrors } from './conditions.ts';

export interface ConditionFieldsProps {
  draft: ConditionDraft;
  onChange: (draft: ConditionDraft) => void;
  errors: ConditionErrors;
  kind: ShownKind;
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

const ordersInWords = (count: bigint): string => countOf(count, 'order');

/** Forms that write rules and sentences; what is left empty asks for nothing. */
export function ConditionFields(props: ConditionFieldsProps) {
  const { draft, onChange, errors, kind, purposes, fieldsOfBusiness } = props;
  const field = textFields({ draft, onChange, errors });
  const change = (part: Partial<ConditionDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <CheckboxGroup
        legend="Allowed purposes (none ticked: any)"
        name="purposes"
        values={draft.purposes}
        onChange={(values) => change({ purposes: values })}
        options={purposes.map((value) => ({ value, label: inWords(value) }))}
        columns
      />
      <CheckboxGroup
        legend="Allowed fields of business (none ticked: any)"
        name="fields"
        values={draft.fields}
        onChange={(fields) => change({ fields })}
        options={fieldsOfBusiness.map((value) => ({ value, label: inWords(value) }))}
        columns
      />
      <Checkbox
        label="The field of business must be relevant: one of this resource’s tags"
        name="isRelevanceAsked"
        isSelected={draft.isRelevanceAsked}
        onChange={(isRelevanceAsked) => change({ isRelevanceAsked })}
      />
      <CheckboxGroup
        legend="Roles that the account must hold"
        name="roles"
        values={draft.roles}
        onChange={(roles) => change({ roles })}
        options={REQUESTABLE_ROLES.map((value) => ({ value, label: roleName(value) }))}
      />
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <NumberField
          label="Smallest account age"
          {...field('age')}
          decimals={0}
          inWords={(count) => typedDurationInWords(count, draft.ageUnit)}
        />
        <Select
          label="Unit of the age"
          name="ageUnit"
          value={draft.ageUnit}
          onChange={(ageUnit) => change({ ageUnit: ageUnit as DurationUnit })}
          options={AGE_UNITS.map((unit) => ({ value: unit, label: unit }))}
        />
        <NumberField
          label="Completed orders, at least"
          {...field('completedOrders')}
          decimals={0}
          inWords={ordersInWords}
        />
        <NumberField label="Broken orders, at most" {...field('brokenOrders')} decimals={0} inWords={ordersInWords} />
      </div>
      <ExpertConditions draft={draft} onChange={onChange} error={errors.expert} kind={kind} />
      <WrittenConditions draft={draft} />
    </>
  );
}

interface ExpertConditionsProps extends Pick<ConditionFieldsProps, 'draft' | 'onChange' | 'kind'> {
  error: string | undefined;
}

function ExpertConditions({ draft, onChange, error, kind }: ExpertConditionsProps) {
  const [amount] = amountNames(kind);
  const replace = (index: number, part: { rule?: string; sentence?: string }) =>
    onChange({
      ...draft,
      expert: draft.expert.map((condition, at) => (at === index ? { ...condition, ...part } : condition)),
    });
  return (
    <div className="flex flex-col gap-3" data-invalid={error ? true : undefined}>
      {draft.expert.map((condition, index) => (
        <div
          key={index}
          className="grid items-start gap-2 rounded-md border border-separator p-3 sm:grid-cols-[1fr_1fr_auto]"
        >
          <Field
            label={`Rule ${index + 1} (CEL)`}
            name={`rule-${index}`}
            value={condition.rule}
            onChange={(rule) => replace(index, { rule })}
            maxLength={RULE_LENGTH_MAX}
            isMono
            placeholder={`${amount} <= 100`}
          />
          <Field
            label={`What must hold ${index + 1}`}
            name={`sentence-${index}`}
            value={condition.sentence}
            onChange={(sentence) => replace(index, { sentence })}
            maxLength={SENTENCE_MAX}
            placeholder="what must hold, in words"
          />
          <div className="sm:mt-6">
            <Button
              label={`Remove rule ${index + 1}`}
              onPress={() => onChange({ ...draft, expert: draft.expert.filter((_, at) => at !== index) })}
            >
              Remove
            </Button>
          </div>
        </div>
      ))}
      <div>
        <Button
          isDisabled={draft.expert.length >= CONDITIONS_MAX}
          onPress={() => onChange({ ...draft, expert: [...draft.expert, { rule: '', sentence: '' }] })}
        >
          Write a rule by hand
        </Button>
      </div>
      <p className="text-xs text-muted">
        Of this kind of resource a rule may read{' '}
        <span className="font-mono break-words">{[...choiceNames(kind), ...amountNames(kind)].join(', ')}</span>.
      </p>
      {error ? <p className="text-xs text-danger">{error}</p> : null}
    </div>
  );
}

/** What rules read of an application's choices and amounts, by the words of the kind. */
function choiceNames({ ledger }: ShownKind): string[] {
  return Object.keys(ledger.choices).map((name) => `use.choice.${name}`);
}

function amountNames({ ledger }: ShownKind): string[] {
  return [...ledger.limits, ...ledger.capacity].map((meter) => `use.amount.${meter}`);
}

function WrittenConditions({ draft }: { draft: ConditionDraft }) {
  const parsed = parseConditions(draft);
  if (!parsed.ok || parsed.conditions.length === 0) return null;
  return (
    <div>
      <p className="mb-1 text-sm font-medium">What will stand on the ledger</p>
      <ul className="flex flex-col gap-1 text-sm">
        {parsed.conditions.map((condition) => (
          <li key={condition.rule}>
            <span>{condition.sentence}</span>
            <code className="block font-mono text-xs break-all text-muted">{condition.rule}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
