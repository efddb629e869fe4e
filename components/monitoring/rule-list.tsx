'use client';

import { BellOff, BellRing } from 'lucide-react';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox, Select } from '#components/ui/choice.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { countOf } from '#components/ui/count.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { isMetric, METRICS, type RuleDto, type RuleInput, type Severity } from '#lib/shared/monitoring.ts';
import type { Act } from './act.ts';
import { SeverityChip } from './chips.tsx';
import { BOUND_DECIMALS, draftOf, ruleErrors, ruleOf, type RuleDraft, type RuleErrors } from './rule-draft.ts';
import { useAct } from './use-act.ts';
import { figureWith, GRAVEST_FIRST, isFlag, KIND_WORDS, ruleSentence } from './words.ts';

/** Every rule with what it says, and a form to change it. */
export function RuleList({ rules, change }: { rules: readonly RuleDto[]; change: Act<RuleInput> }) {
  return (
    <ul aria-label="Rules" className="divide-y divide-separator rounded-md border border-border bg-surface">
      {rules.map((rule) => (
        <li key={rule.id} aria-label={rule.id} className="flex flex-col gap-2 px-3 py-2.5">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium">{rule.id}</span>
            <SeverityChip severity={rule.severity} />
            {rule.isEnabled ? (
              <Chip tone="neutral" icon={BellRing} word="on" />
            ) : (
              <Chip tone="warning" icon={BellOff} word="off" />
            )}
            <span className="text-xs text-muted">{`of ${rule.kind === 'chain' ? KIND_WORDS.chain : `each ${KIND_WORDS[rule.kind]}`}`}</span>
          </p>
          <p className="text-sm">{ruleSentence(rule)}</p>
          <Disclosure summary="Change it">
            <RuleForm rule={rule} change={change} />
          </Disclosure>
        </li>
      ))}
    </ul>
  );
}

interface DraftProps {
  rule: RuleDto;
  draft: RuleDraft;
  onChange: (draft: RuleDraft) => void;
  errors: RuleErrors;
}

/** When it fires, and the way back. */
function BoundFields({ rule, draft, onChange, errors }: DraftProps) {
  const unit = isMetric(rule.metric) ? METRICS[rule.metric].unit : '';
  const inWords = (value: bigint): string => figureWith(Number(value) / 10 ** BOUND_DECIMALS, unit);
  return (
    <>
      <NumberField
        label={rule.comparison === 'above' ? 'Fires above' : 'Fires below'}
        name="threshold"
        value={draft.threshold}
        onChange={(threshold) => onChange({ ...draft, threshold })}
        error={errors.threshold}
        decimals={BOUND_DECIMALS}
        inWords={inWords}
      />
      <NumberField
        label={rule.comparison === 'above' ? 'Over at or below' : 'Over at or above'}
        name="clearsAt"
        value={draft.clearsAt}
        onChange={(clearsAt) => onChange({ ...draft, clearsAt })}
        error={errors.clearsAt}
        decimals={BOUND_DECIMALS}
        inWords={inWords}
      />
    </>
  );
}

function RuleFields({ rule, draft, onChange, errors }: DraftProps) {
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-3">
        {isFlag(rule.metric) ? null : <BoundFields rule={rule} draft={draft} onChange={onChange} errors={errors} />}
        <NumberField
          label="After so many seconds"
          name="forSeconds"
          value={draft.forSeconds}
          onChange={(forSeconds) => onChange({ ...draft, forSeconds })}
          error={errors.forSeconds}
          decimals={0}
          inWords={(seconds) => countOf(seconds, 'second')}
        />
      </div>
      <Select
        label="Severity"
        name="severity"
        value={draft.severity}
        onChange={(severity) => onChange({ ...draft, severity: severity as Severity })}
        options={GRAVEST_FIRST.map((value) => ({ value, label: value }))}
        className="sm:max-w-48"
      />
      <Checkbox
        label="On"
        name="isEnabled"
        isSelected={draft.isEnabled}
        onChange={(isEnabled) => onChange({ ...draft, isEnabled })}
      />
    </>
  );
}

function RuleForm({ rule, change }: { rule: RuleDto; change: Act<RuleInput> }) {
  const [draft, setDraft] = useState<RuleDraft>(() => draftOf(rule));
  const [isDone, setIsDone] = useState(false);
  const { isBusy, sentence, run } = useAct(change);
  const input = ruleOf(rule, draft);
  const errors = input === undefined ? {} : ruleErrors(rule, input);
  const isSound = input !== undefined && Object.keys(errors).length === 0;
  return (
    <form
      aria-label={`Change ${rule.id}`}
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        setIsDone(false);
        if (isSound) void run(input).then(setIsDone);
      }}
    >
      <RuleFields
        rule={rule}
        draft={draft}
        errors={errors}
        onChange={(changed) => {
          setIsDone(false);
          setDraft(changed);
        }}
      />
      <ProblemNote sentence={sentence} />
      {isDone ? (
        <Note kind="success" isLive>
          The rule is changed, and in force at the monitor’s next look.
        </Note>
      ) : null}
      <div>
        <Button type="submit" isPending={isBusy} isDisabled={!isSound}>
          Change the rule
        </Button>
      </div>
    </form>
  );
}
