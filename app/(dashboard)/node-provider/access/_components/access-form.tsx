'use client';

import { useState } from 'react';
import { accessFault, ACCESS_NAMES, verdictsOf, type AccessRule } from '#components/nodes/access.ts';
import { areSame, parseAccess, type AccessErrors } from '#components/nodes/access-draft.ts';
import { AccessWhatIf } from '#components/nodes/access-what-if.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { ACCESS_RULES_MAX, ACCESS_SENTENCE_MAX } from '#ledger/contracts/node/definition.ts';
import type { NodeFactsDto } from '#lib/shared/dto.ts';

export interface AccessFormProps {
  address: string;
  inForce: readonly AccessRule[];
  /** The nodes that there are, to hold the new rules against. */
  nodes: readonly NodeFactsDto[];
  nowMs: number;
}

/** Proposes other rules for access, which begin as those in force; beside them what each present node would get. */
export function AccessForm({ address, inForce, nodes, nowMs }: AccessFormProps) {
  const [draft, setDraft] = useState<readonly AccessRule[]>(inForce);
  const [hasTried, setHasTried] = useState(false);
  const [isDone, setIsDone] = useState(false);
  const action = useSignedAction('ProposeAccessRules', address);
  const parsed = parseAccess(draft);
  const isChanged = !areSame(draft, inForce);
  const args = parsed.ok && isChanged ? { rules: parsed.rules } : undefined;

  async function propose() {
    setIsDone(false);
    setHasTried(true);
    if (args) setIsDone((await action.run(args)).ok);
  }
  const change = (index: number, part: Partial<AccessRule>) =>
    setDraft(draft.map((rule, at) => (at === index ? { ...rule, ...part } : rule)));
  return (
    <SignedForm
      method="ProposeAccessRules"
      args={args}
      action={action}
      submit={propose}
      button="Sign and propose the rules"
      done={isDone ? 'The proposal is open: it stands under Proposals and votes.' : undefined}
    >
      <Language />
      {draft.map((rule, index) => (
        <RuleFields
          key={index}
          number={index + 1}
          rule={rule}
          errors={hasTried && !parsed.ok ? (parsed.errors[index] ?? {}) : faultsOf(rule)}
          onChange={(part) => change(index, part)}
          onRemove={() => setDraft(draft.filter((_, at) => at !== index))}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          isDisabled={draft.length >= ACCESS_RULES_MAX}
          onPress={() => setDraft([...draft, { rule: '', sentence: '' }])}
        >
          Add a rule
        </Button>
        {isChanged ? (
          <Button size="sm" variant="ghost" onPress={() => setDraft(inForce)}>
            Back to the rules in force
          </Button>
        ) : null}
      </div>
      <ProblemNote sentence={hasTried && !parsed.ok ? parsed.all : undefined} />
      {hasTried && !isChanged ? <ProblemNote sentence="These are the rules in force: change something first." /> : null}
      {draft.length === 0 ? <NoRules /> : null}
      <h3 className="text-sm font-medium">What each present node would get</h3>
      {parsed.ok ? (
        <AccessWhatIf
          rows={nodes.map((facts) => ({
            node: facts.node,
            now: verdictsOf(inForce, facts, nowMs),
            after: verdictsOf(parsed.rules, facts, nowMs),
          }))}
        />
      ) : (
        <p className="text-sm text-muted">Shown once every rule can be evaluated and has its sentence.</p>
      )}
    </SignedForm>
  );
}

function NoRules() {
  return (
    <Note kind="warning">Without a rule a node provider can admit every node, of any version and whoever runs it.</Note>
  );
}

/** What a rule is written in, and what it may read. */
function Language() {
  return (
    <p className="text-sm text-muted">
      <span>In CEL, without side effects. A rule may read </span>
      <span className="font-mono text-xs break-words">{ACCESS_NAMES.join(', ')}</span>
      <span>. The number of a version is major × 1,000,000 + minor × 1,000 + patch.</span>
    </p>
  );
}

/** While somebody types only what is written is judged; what is missing is said when they try. */
function faultsOf({ rule }: AccessRule): AccessErrors {
  const fault = rule.trim() === '' ? undefined : accessFault(rule.trim());
  return fault === undefined ? {} : { rule: fault };
}

interface RuleFieldsProps {
  /** Counted from 1. */
  number: number;
  rule: AccessRule;
  errors: AccessErrors;
  onChange: (part: Partial<AccessRule>) => void;
  onRemove: () => void;
}

function RuleFields({ number, rule, errors, onChange, onRemove }: RuleFieldsProps) {
  return (
    <fieldset className="flex flex-col gap-3 rounded-md border border-separator p-3">
      <legend className="px-1 text-sm font-medium">{`Rule ${number}`}</legend>
      <Field
        label={`Rule ${number} as text`}
        name={`rule-${number}`}
        value={rule.rule}
        onChange={(text) => onChange({ rule: text })}
        error={errors.rule}
        rows={2}
        isMono
        autoComplete="off"
      />
      <Field
        label={`What must hold ${number}`}
        name={`sentence-${number}`}
        value={rule.sentence}
        onChange={(sentence) => onChange({ sentence })}
        error={errors.sentence}
        maxLength={ACCESS_SENTENCE_MAX}
        description="In words. A refusal shows it."
        autoComplete="off"
      />
      <div>
        <Button size="sm" label={`Remove rule ${number}`} onPress={onRemove}>
          Remove
        </Button>
      </div>
    </fieldset>
  );
}
