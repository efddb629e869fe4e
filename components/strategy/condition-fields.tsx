'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Checkbox, CheckboxGroup, Select } from '#components/ui/choice.tsx';
import { countOf } from '#components/ui/count.ts';
import { textFields } from '#components/ui/draft.ts';
import { typedDurationInWords, type DurationUnit } from '#components/ui/duration.ts';
import { NumberField } from '#components/ui/field.tsx';
import { inWords } from '#components/ui/format.ts';
import { REQUESTABLE_ROLES, roleName } from '#lib/shared/roles.ts';
import { CONDITIONS_MAX } from '#ledger/contracts/strategy/definition.ts';
import { AGE_UNITS, parseConditions, type ConditionDraft, type ConditionErrors } from './conditions.ts';
import { PartnerFields, type FindAccounts } from './partner-fields.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { firstTest, writeRule } from './rule-form.ts';

interface ConditionFieldsProps {
  draft: ConditionDraft;
  onChange: (draft: ConditionDraft) => void;
  errors: ConditionErrors;
  kind: ShownKind;
}

const ordersInWords = (count: bigint): string => countOf(count, 'order');

/** Which accounts are admitted; what is left empty asks for nothing. */
export function WhoFields(props: ConditionFieldsProps & { findAccounts: FindAccounts }) {
  const { draft, onChange, errors } = props;
  const field = textFields({ draft, onChange, errors });
  const change = (part: Partial<ConditionDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <Checkbox
        label="Only accounts that I name"
        name="isNamed"
        isSelected={draft.isNamed}
        onChange={(isNamed) => change({ isNamed })}
      />
      {draft.isNamed ? (
        <PartnerFields
          partners={draft.partners}
          onChange={(partners) => change({ partners })}
          error={errors.partners}
          find={props.findAccounts}
        />
      ) : null}
      <CheckboxGroup
        legend="Roles that the account must hold"
        name="roles"
        values={draft.roles}
        onChange={(roles) => change({ roles })}
        options={REQUESTABLE_ROLES.map((value) => ({ value, label: roleName(value) }))}
      />
      <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
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
    </>
  );
}

interface PurposeFieldsProps extends ConditionFieldsProps {
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

/** What an applicant has to declare: a binding, unverified statement. */
export function PurposeFields({ draft, onChange, purposes, fieldsOfBusiness }: PurposeFieldsProps) {
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
    </>
  );
}

/** Rules of the provider's own, each of which must hold. */
export function RuleFields({ draft, onChange, errors, kind }: ConditionFieldsProps) {
  const change = (expert: ConditionDraft['expert']) => onChange({ ...draft, expert });
  const add = () =>
    change([...draft.expert, { rule: writeRule(kind, { join: 'all', tests: [firstTest(kind)] }), sentence: '' }]);
  return (
    <div className="flex flex-col gap-3" data-invalid={errors.expert ? true : undefined}>
      {draft.expert.map((condition, index) => (
        <RuleEditor
          key={index}
          kind={kind}
          number={index + 1}
          condition={condition}
          errors={errors.rules?.[index] ?? {}}
          onChange={(part) => change(draft.expert.map((other, at) => (at === index ? { ...other, ...part } : other)))}
          onRemove={() => change(draft.expert.filter((_, at) => at !== index))}
        />
      ))}
      <div>
        <Button isDisabled={draft.expert.length >= CONDITIONS_MAX} onPress={add}>
          Add a rule
        </Button>
      </div>
      {errors.expert ? <p className="text-xs text-danger">{errors.expert}</p> : null}
      <WrittenConditions draft={draft} kind={kind} />
    </div>
  );
}

/** All conditions as they will be read and decided. */
function WrittenConditions({ draft, kind }: Pick<ConditionFieldsProps, 'draft' | 'kind'>) {
  const parsed = parseConditions(kind, draft);
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
