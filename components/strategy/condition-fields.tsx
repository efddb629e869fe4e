'use client';

import { useState } from 'react';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Checkbox, CheckboxGroup, Select } from '#components/ui/choice.tsx';
import { countOf } from '#components/ui/count.ts';
import { textFields } from '#components/ui/draft.ts';
import { typedDurationInWords, type DurationUnit } from '#components/ui/duration.ts';
import { Field, NumberField } from '#components/ui/field.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { accountLabel, inWords } from '#components/ui/format.ts';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import type { AccountRef } from '#lib/shared/dto.ts';
import { REQUESTABLE_ROLES, roleName } from '#lib/shared/roles.ts';
import { CONDITIONS_MAX } from '#ledger/contracts/strategy/definition.ts';
import {
  AGE_UNITS,
  parseConditions,
  PARTNERS_MAX,
  type ConditionDraft,
  type ConditionErrors,
  type Partner,
} from './conditions.ts';
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
      <Checkbox
        label="Only accounts that an operator has identified"
        name="isIdentified"
        isSelected={draft.isIdentified}
        onChange={(isIdentified) => change({ isIdentified })}
        description="You read which operator, and until when; nobody reads who it is."
      />
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

/** Finds accounts of the ledger by a public name, an id such as A-7, or an address. */
export type FindAccounts = (text: string) => Promise<AccountRef[]>;

export interface PartnerFieldsProps {
  partners: readonly Partner[];
  onChange: (partners: readonly Partner[]) => void;
  error: string | undefined;
  find: FindAccounts;
}

interface Found {
  readonly text: string;
  readonly accounts: readonly AccountRef[];
}

/** Accounts that alone are admitted, chosen from those of the ledger. */
export function PartnerFields({ partners, onChange, error, find }: PartnerFieldsProps) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found>();
  const [sentence, setSentence] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);

  // What was found stands for the text that it was found by.
  const shown = found?.text === text ? found.accounts : undefined;

  async function search() {
    if (isBusy || text.trim() === '') return;
    setIsBusy(true);
    setSentence(undefined);
    try {
      setFound({ text, accounts: await find(text) });
    } catch {
      setSentence(await whyNoAnswer('The portal did not answer: search again.'));
    }
    setIsBusy(false);
  }
  function add({ id, name }: AccountRef) {
    onChange([...partners, { id, name: name ?? '' }]);
    setText('');
    setFound(undefined);
  }
  return (
    <div className="flex flex-col gap-2">
      <NamedPartners partners={partners} onChange={onChange} />
      <div
        className="flex flex-wrap items-start gap-2"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
          // The form around it is not sent by a search.
          event.preventDefault();
          void search();
        }}
      >
        <Field
          label="Find an account"
          name="partner"
          value={text}
          onChange={setText}
          error={error}
          maxLength={120}
          autoComplete="off"
          description="By its public name, its id such as A-7, or its address."
          className="max-w-sm"
        />
        <Button className="sm:mt-6" isPending={isBusy} isDisabled={text.trim() === ''} onPress={() => void search()}>
          Find
        </Button>
      </div>
      <p role="status" className="text-xs text-muted empty:hidden">
        {sentence ?? (shown?.length === 0 ? 'No account of the ledger is called so.' : '')}
      </p>
      <FoundAccounts accounts={shown ?? []} partners={partners} onName={add} />
    </div>
  );
}

function NamedPartners({ partners, onChange }: Pick<PartnerFieldsProps, 'partners' | 'onChange'>) {
  if (partners.length === 0) return null;
  return (
    <ul aria-label="Named accounts" className="flex flex-wrap gap-1.5">
      {partners.map((partner) => (
        <li
          key={partner.id}
          className="flex max-w-full items-center gap-1 rounded-md border border-border bg-surface-secondary ps-2 text-sm"
        >
          <PartnerName {...partner} />
          <Button
            variant="ghost"
            size="sm"
            label={`Remove ${accountLabel(partner.id)}`}
            onPress={() => onChange(partners.filter(({ id }) => id !== partner.id))}
          >
            Remove
          </Button>
        </li>
      ))}
    </ul>
  );
}

interface FoundAccountsProps extends Pick<PartnerFieldsProps, 'partners'> {
  accounts: readonly AccountRef[];
  onName: (account: AccountRef) => void;
}

function FoundAccounts({ accounts, partners, onName }: FoundAccountsProps) {
  const isNamed = (id: number) => partners.some((partner) => partner.id === id);
  if (accounts.length === 0) return null;
  return (
    <ul aria-label="Accounts found" className="flex flex-col gap-1">
      {accounts.map((account) => (
        <li key={account.id} className="flex flex-wrap items-center gap-2 text-sm">
          <PartnerName id={account.id} name={account.name ?? ''} />
          <Button
            size="sm"
            label={`Name ${accountLabel(account.id)}`}
            isDisabled={isNamed(account.id) || partners.length >= PARTNERS_MAX}
            onPress={() => onName(account)}
          >
            {isNamed(account.id) ? 'Named' : 'Name it'}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function PartnerName({ id, name }: Partner) {
  return (
    <span className="min-w-0 break-words">
      {name === '' ? null : <Foreign text={name} />}{' '}
      <span className="font-mono text-[0.8125rem] text-muted">{accountLabel(id)}</span>
    </span>
  );
}
