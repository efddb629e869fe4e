'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import type { Option } from '#components/ui/choice.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import { AmountFields, TimeFields } from './amount-fields.tsx';
import { PurposeFields, RuleFields, WhoFields, type FindAccounts } from './condition-fields.tsx';
import { GroupList, GroupPanel, PresetChoice } from './group.tsx';
import {
  ACCESS_PRESETS,
  baseOf,
  changedGroups,
  GROUP_TITLES,
  groupWords,
  presetInWords,
  withPreset,
  wrongGroups,
  type Group,
} from './presets.ts';
import { IN_FORCE, type InForce, type StrategyDraft, type TermErrors } from './terms.ts';

export interface ConditionsStepProps {
  draft: StrategyDraft;
  onChange: (draft: StrategyDraft) => void;
  errors: TermErrors;
  kind: ShownKind;
  /** What the agent computed of the resource. */
  attributes: readonly TermDto[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
  findAccounts: FindAccounts;
  inForce?: InForce;
}

function presetOptions({ kind, inForce }: ConditionsStepProps): Option[] {
  const presets = ACCESS_PRESETS.map((preset) => ({
    value: preset.name,
    label: preset.title,
    description: presetInWords(kind, preset),
  }));
  if (inForce === undefined) return presets;
  const description = 'What is in force now; change single parts of it below.';
  return [{ value: IN_FORCE, label: `As in version ${inForce.version}`, description }, ...presets];
}

function backLabel({ draft, inForce }: ConditionsStepProps): string {
  const preset = ACCESS_PRESETS.find(({ name }) => name === draft.preset);
  return preset || !inForce
    ? `Back to “${preset?.title ?? 'the preset'}” as it is`
    : `Back to version ${inForce.version}`;
}

/** Who may use it, for what, in which ways, for how long and how much: a preset fills it, and each part can be edited. */
export function ConditionsStep(props: ConditionsStepProps) {
  const { draft, onChange, errors, kind, attributes, inForce } = props;
  const { WayFields } = kind.screen;
  const changed = changedGroups(kind, draft, baseOf(kind, draft, inForce?.draft));
  const wrong = wrongGroups(errors);
  const words = groupWords(kind, draft);
  const group = (name: Group) => ({
    title: GROUP_TITLES[name],
    words: sentenceCase(words[name]),
    // A preset says nothing of the ways: what is shared depends on the source.
    isChanged: changed.has(name) && (name !== 'ways' || draft.preset === IN_FORCE),
    isWrong: wrong.has(name),
  });
  /** A preset chooses no columns: those stay as they are. */
  function fill(name: string): StrategyDraft {
    const preset = ACCESS_PRESETS.find((candidate) => candidate.name === name);
    if (preset) return withPreset(kind, draft, preset);
    return inForce ? { ...inForce.draft, prices: draft.prices, promise: draft.promise } : draft;
  }
  const lost = [...changed].filter((name) => name !== 'ways' || draft.preset === IN_FORCE);
  const back = lost.length === 0 ? undefined : { label: backLabel(props), draft: fill(draft.preset) };
  const conditions = {
    draft: draft.conditions,
    onChange: (next: StrategyDraft['conditions']) => onChange({ ...draft, conditions: next }),
    errors: errors.condition ?? {},
    kind,
  };
  return (
    <div className="flex flex-col gap-4">
      <PresetChoice
        legend="Who is it for?"
        name="preset"
        options={presetOptions(props)}
        value={draft.preset}
        draft={draft}
        fill={fill}
        onChange={onChange}
        back={back}
        lost={lost.map((name) => GROUP_TITLES[name].toLowerCase()).join(', ')}
      />
      <GroupList label="What is in force">
        <GroupPanel {...group('who')}>
          <WhoFields {...conditions} findAccounts={props.findAccounts} />
        </GroupPanel>
        <GroupPanel {...group('what')}>
          <PurposeFields {...conditions} purposes={props.purposes} fieldsOfBusiness={props.fieldsOfBusiness} />
        </GroupPanel>
        <GroupPanel {...group('ways')}>
          <WayFields
            draft={draft.ways}
            onChange={(ways) => onChange({ ...draft, ways })}
            errors={errors.ways ?? {}}
            attributes={attributes}
          />
        </GroupPanel>
        <GroupPanel {...group('time')}>
          <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
            <TimeFields draft={draft} onChange={onChange} errors={errors} />
          </div>
        </GroupPanel>
        <GroupPanel {...group('amount')}>
          <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
            <AmountFields draft={draft} onChange={onChange} errors={errors} kind={kind} />
          </div>
        </GroupPanel>
        <GroupPanel {...group('rules')}>
          <RuleFields {...conditions} />
        </GroupPanel>
      </GroupList>
    </div>
  );
}
