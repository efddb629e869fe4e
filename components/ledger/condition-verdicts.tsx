import { CircleCheck, CircleDashed, CircleX, LoaderCircle } from 'lucide-react';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip, type ChipLook } from '#components/ui/chip.tsx';
import { focusField } from '#components/ui/focus-field.ts';
import { ForeignSentence } from '#components/ui/foreign.tsx';
import { Text } from '#components/ui/text.tsx';
import type { ChangeDto } from '#lib/shared/dto.ts';
import { fieldOfCondition } from './intended-use.ts';
import { canChange, changesInWords, fieldInWords, fieldNameOf, valueInWords } from './use-change.ts';
import type { ShownCondition } from './use-judgement.ts';

const LOOKS: Readonly<Record<ShownCondition['verdict'], ChipLook>> = {
  met: { tone: 'success', icon: CircleCheck, word: 'met' },
  unmet: { tone: 'danger', icon: CircleX, word: 'not met' },
  unknown: { tone: 'neutral', icon: CircleDashed, word: 'not known yet' },
  asking: { tone: 'neutral', icon: LoaderCircle, word: 'asking…' },
};

export interface ChangeButtonsProps {
  kind: ShownKind;
  /** Alternatives, each of changes that are made together. */
  changes: readonly (readonly ChangeDto[])[];
  onChange: (changes: readonly ChangeDto[]) => void;
}

/** A button for each change of the form that would meet a condition; what several values of one field have in common is said once. */
export function ChangeButtons({ kind, changes, onChange }: ChangeButtonsProps) {
  const offered = changes.filter((alternative) => canChange(kind, alternative));
  const [first] = offered;
  if (first === undefined) return null;
  const isOneField = offered.length > 1 && new Set(offered.flatMap((all) => all.map(({ name }) => name))).size === 1;
  return (
    <span className="mt-1 flex flex-wrap items-center gap-1.5">
      {isOneField ? <Text>{`Change ${fieldInWords(kind, first)} to`}</Text> : null}
      {offered.map((alternative) => {
        const words = changesInWords(kind, alternative);
        const shown = isOneField ? alternative.map((change) => valueInWords(kind, change)).join('') : words;
        return (
          <Button
            key={words}
            size="sm"
            label={words}
            onPress={({ target }) => {
              onChange(alternative);
              // The button goes with the verdict it answers: the focus stays where the change is.
              focusField(target, fieldNameOf(alternative[0]?.name ?? ''));
            }}
            className="h-auto min-h-8 whitespace-normal"
          >
            {shown}
          </Button>
        );
      })}
    </span>
  );
}

export interface ConditionVerdictsProps {
  conditions: readonly ShownCondition[];
  kind: ShownKind;
  onChange: (changes: readonly ChangeDto[]) => void;
}

/** Conditions in words, each with whether it is met, what was found instead, and what would meet it. */
export function ConditionVerdicts({ conditions, kind, onChange }: ConditionVerdictsProps) {
  if (conditions.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1.5 text-xs">
      {conditions.map(({ index, sentence, verdict, asked, changes }) => (
        <li key={index}>
          <Chip {...LOOKS[verdict]} />{' '}
          <span className="text-muted">
            <ForeignSentence text={sentence} />
            {verdict === 'unmet' && asked !== null ? <span>{`: ${asked}`}</span> : null}
          </span>
          {verdict === 'unmet' ? <ChangeButtons kind={kind} changes={changes} onChange={onChange} /> : null}
        </li>
      ))}
    </ul>
  );
}

/** Conditions that no field of the form bears on: they are about the person, the resource or the time. */
export function beyondTheForm(kind: ShownKind, conditions: readonly ShownCondition[]): ShownCondition[] {
  return conditions.filter(({ reads }) => fieldOfCondition(kind, reads) === undefined);
}

/** How many of all are met, in one line. */
export function verdictsInWords(conditions: readonly ShownCondition[]): string {
  const count = (verdict: ShownCondition['verdict']): number =>
    conditions.filter((condition) => condition.verdict === verdict).length;
  const [met, unmet] = [count('met'), count('unmet')];
  const rest = conditions.length - met - unmet;
  return [
    `${met} of ${conditions.length} met`,
    ...(unmet > 0 ? [`${unmet} not met`] : []),
    ...(rest > 0 ? [`${rest} not known yet`] : []),
  ].join(', ');
}
