import type { ShownKind } from '#components/kinds/kinds.ts';
import { durationDraft } from '#components/ui/duration.ts';
import { durationInWords, inWords } from '#components/ui/format.ts';
import type { ChangeDto } from '#lib/shared/dto.ts';
import { amountDraft, amountLabel, typedAmountInWords, typedMeterOf } from './amounts.ts';
import { askedOfPeople, type UseDraft } from './intended-use.ts';

/** A field of the form by the path that rules read it by: a word of its own, or `choice` or `amount` with the kind's word. */
function fieldOf(path: string): { list: string; name: string } {
  const [, list = '', name = ''] = path.split('.');
  return { list, name };
}

/** Names of the form's fields where they are not the path's own last word. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  purpose: 'purpose',
  field: 'fieldOfBusiness',
  durationMs: 'duration',
};

/** Name of the field that a path is read from. */
export function fieldNameOf(path: string): string {
  const { list, name } = fieldOf(path);
  return FIELD_NAMES[list] ?? name;
}

function changedOnce(kind: ShownKind, draft: UseDraft, { name: path, value }: ChangeDto): UseDraft {
  const { list, name } = fieldOf(path);
  switch (list) {
    case 'purpose':
      return { ...draft, purpose: value };
    case 'field':
      return { ...draft, fieldOfBusiness: value };
    case 'durationMs':
      return { ...draft, ...durationDraft(Number(value)) };
    case 'choice':
      return { ...draft, choices: { ...draft.choices, [name]: value } };
    case 'amount':
      return { ...draft, amounts: { ...draft.amounts, [name]: amountDraft(BigInt(value), typedMeterOf(kind, name)) } };
    default:
      return draft;
  }
}

/** The draft with changes that the contract or a limit proposes. */
export function changedDraft(kind: ShownKind, draft: UseDraft, changes: readonly ChangeDto[]): UseDraft {
  return changes.reduce<UseDraft>((before, change) => changedOnce(kind, before, change), draft);
}

/** Whether the form has a field for everything that is to be changed. */
export function canChange(kind: ShownKind, changes: readonly ChangeDto[]): boolean {
  return changes.every(({ name: path }) => {
    const { list, name } = fieldOf(path);
    return list === 'amount' ? askedOfPeople(kind).includes(name) : list !== 'choice' || name in kind.ledger.choices;
  });
}

/** `2 hours`, `1,000 calls`, `research`: the value as its field says it. */
export function valueInWords(kind: ShownKind, { name: path, value }: ChangeDto): string {
  const { list, name } = fieldOf(path);
  if (list === 'durationMs') return durationInWords(Number(value));
  if (list === 'amount') return typedAmountInWords(BigInt(value), typedMeterOf(kind, name));
  return list === 'choice' ? value : inWords(value);
}

function titleOf(kind: ShownKind, path: string): string {
  const { list, name } = fieldOf(path);
  if (list === 'purpose') return 'purpose';
  if (list === 'field') return 'field of business';
  if (list === 'durationMs') return 'length of use';
  const title = list === 'choice' ? kind.ledger.choices[name] : amountLabel(typedMeterOf(kind, name));
  return (title ?? name).toLowerCase();
}

/** `the purpose`: what is changed. */
export function fieldInWords(kind: ShownKind, changes: readonly ChangeDto[]): string {
  return changes.map(({ name: path }) => `the ${titleOf(kind, path)}`).join(' and ');
}

/** `Change the purpose to research`, and what has to be changed with it. */
export function changesInWords(kind: ShownKind, changes: readonly ChangeDto[]): string {
  const parts = changes.map((change) => `${fieldInWords(kind, [change])} to ${valueInWords(kind, change)}`);
  return `Change ${parts.join(' and ')}`;
}
