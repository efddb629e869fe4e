'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { DURATION_UNIT_NAMES, typedDurationInWords, type DurationUnit } from '#components/ui/duration.ts';
import { NumberField } from '#components/ui/field.tsx';
import { focusField } from '#components/ui/focus-field.ts';
import { durationInWords, inWords } from '#components/ui/format.ts';
import type { Markup } from '#components/ui/markup.ts';
import type { QuantityDto, StrategyDto } from '#lib/shared/dto.ts';
import { amountDecimals, amountInWords, amountLabel, typedAmountInWords, typedMeterOf } from './amounts.ts';
import { ConditionVerdicts } from './condition-verdicts.tsx';
import { askedOfPeople, fieldOfCondition, type UseDraft, type UseErrors } from './intended-use.ts';
import { changedDraft, fieldNameOf, valueInWords } from './use-change.ts';
import type { ShownCondition } from './use-judgement.ts';
import type { OverLimit } from './use-limits.ts';

export interface UseFieldsProps {
  draft: UseDraft;
  onChange: (draft: UseDraft) => void;
  errors: UseErrors;
  kind: ShownKind;
  strategy: StrategyDto;
  /** What the resource has left of what it holds. */
  free: readonly QuantityDto[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
  /** The strategy's conditions as the contract judges them now. */
  conditions: readonly ShownCondition[];
  /** What is asked for beyond what can be had. */
  limits: readonly OverLimit[];
}

const choose = { value: '', label: 'Choose…' };

function optionsOf(codes: readonly string[]) {
  return [choose, ...codes.map((code) => ({ value: code, label: inWords(code) }))];
}

function UnitSelect({ value, onChange }: { value: DurationUnit; onChange: (unit: DurationUnit) => void }) {
  return (
    <Select
      label="Unit"
      name="durationUnit"
      value={value}
      onChange={(unit) => onChange(unit as DurationUnit)}
      options={DURATION_UNIT_NAMES.map((unit) => ({ value: unit, label: unit }))}
    />
  );
}

/** A field with what bears on it beneath: the nearest value that is allowed, and the conditions that read it. */
function Judged({ paths, children, ...form }: UseFieldsProps & { paths: readonly string[]; children: Markup }) {
  const { kind, draft, onChange, conditions, limits } = form;
  const own = conditions.filter(({ reads }) => paths.includes(fieldOfCondition(kind, reads) ?? ''));
  const nearest = limits.flatMap((limit) => (paths.includes(limit.path) && limit.nearest ? [limit.nearest] : []));
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      {children}
      {nearest.map((change) => (
        <div key={change.name}>
          <Button
            size="sm"
            onPress={({ target }) => {
              onChange(changedDraft(kind, draft, [change]));
              focusField(target, fieldNameOf(change.name));
            }}
          >
            {`Use ${valueInWords(kind, change)}`}
          </Button>
        </div>
      ))}
      <ConditionVerdicts
        conditions={own}
        kind={kind}
        onChange={(changes) => onChange(changedDraft(kind, draft, changes))}
      />
    </div>
  );
}

/** What an application declares, each field with the conditions that read it; the same fields where one asks and where one signs. */
export function UseFields(props: UseFieldsProps) {
  const { draft, onChange, errors, kind, strategy, purposes, fieldsOfBusiness, limits } = props;
  const { ChoiceFields } = kind.screen;
  const change = (part: Partial<UseDraft>) => onChange({ ...draft, ...part });
  const overOf = (path: string) => limits.find((limit) => limit.path === path)?.sentence;
  const choicePaths = Object.keys(kind.ledger.choices).map((choice) => `use.choice.${choice}`);
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <Judged {...props} paths={['use.purpose']}>
        <Select
          label="Purpose"
          name="purpose"
          value={draft.purpose}
          onChange={(purpose) => change({ purpose })}
          options={optionsOf(purposes)}
          error={errors.purpose}
          description="A binding statement that nobody verifies beforehand."
        />
      </Judged>
      <Judged {...props} paths={['use.field']}>
        <Select
          label="Field of business"
          name="fieldOfBusiness"
          value={draft.fieldOfBusiness}
          onChange={(fieldOfBusiness) => change({ fieldOfBusiness })}
          options={optionsOf(fieldsOfBusiness)}
          error={errors.fieldOfBusiness}
        />
      </Judged>
      <Judged {...props} paths={['use.durationMs']}>
        <div className="grid grid-cols-[1fr_1fr] items-start gap-2">
          <NumberField
            label="How long"
            name="duration"
            value={draft.duration}
            onChange={(duration) => change({ duration })}
            decimals={0}
            inWords={(count) => typedDurationInWords(count, draft.durationUnit)}
            error={overOf('use.durationMs') ?? errors.duration}
            description={`At most ${durationInWords(strategy.useMsMax)}.`}
          />
          <UnitSelect value={draft.durationUnit} onChange={(durationUnit) => change({ durationUnit })} />
        </div>
      </Judged>
      {choicePaths.length === 0 ? null : (
        <Judged {...props} paths={choicePaths}>
          <ChoiceFields
            draft={draft.choices}
            onChange={(choices) => change({ choices })}
            errors={errors.choices ?? {}}
            ways={strategy.ways}
          />
        </Judged>
      )}
      {askedOfPeople(kind).map((meter) => (
        <Judged key={meter} {...props} paths={[`use.amount.${meter}`]}>
          <AmountField {...props} meter={meter} over={overOf(`use.amount.${meter}`)} />
        </Judged>
      ))}
    </div>
  );
}

function AmountField(props: UseFieldsProps & { meter: string; over: string | undefined }) {
  const { draft, onChange, errors, kind, strategy, free, meter, over } = props;
  const counted = typedMeterOf(kind, meter);
  const most = strategy.limits.find((limit) => limit.meter === meter)?.amount;
  const left = free.find((quantity) => quantity.meter === meter)?.amount ?? 0;
  return (
    <NumberField
      label={amountLabel(counted)}
      name={meter}
      value={draft.amounts[meter] ?? ''}
      onChange={(amount) => onChange({ ...draft, amounts: { ...draft.amounts, [meter]: amount } })}
      decimals={amountDecimals(counted)}
      inWords={(amount) => typedAmountInWords(amount, counted)}
      error={over ?? errors.amounts?.[meter]}
      description={
        most === undefined ? `${amountInWords(left, counted)} free now.` : `At most ${amountInWords(most, counted)}.`
      }
    />
  );
}
