import type { ShownKind } from '#components/kinds/kinds.ts';
import { DURATION_UNIT_NAMES } from '#components/ui/duration.ts';
import type { StrategyDto } from '#lib/shared/dto.ts';
import { FIELDS_OF_BUSINESS, PURPOSES } from '#ledger/contracts/strategy/definition.ts';
import { askedOfPeople, type UseDraft } from './intended-use.ts';

/**
 * A use that is being described, as parameters of an address: what one answers on “Would I be admitted?” stands in the application. Anybody can
 * write an address, so every value is bounded and is one that its field takes; whatever is not is left out. Nothing in it is secret.
 */

export type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** Longer than any number that a field takes. */
const NUMBER_LENGTH_MAX = 40;
const NUMBER = /^[\d.,’' ]+$/;
const WORD = /^[A-Za-z0-9-]{1,64}$/;

/** What was typed, by the name of its parameter; fields that are empty are not there. */
export function parametersOfUse(kind: ShownKind, draft: UseDraft): Record<string, string> {
  const choices = Object.entries(draft.choices).flatMap(([choice, value]): [string, string][] =>
    typeof value === 'string' ? [[`choice.${choice}`, value]] : [],
  );
  const amounts = askedOfPeople(kind).map((meter): [string, string] => [`amount.${meter}`, draft.amounts[meter] ?? '']);
  const all: [string, string][] = [
    ['purpose', draft.purpose],
    ['field', draft.fieldOfBusiness],
    ['duration', draft.duration],
    ['unit', draft.durationUnit],
    ...choices,
    ...amounts,
  ];
  return Object.fromEntries(all.filter(([, value]) => value.trim() !== ''));
}

function one(parameters: Parameters, name: string): string | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function wordOf(parameters: Parameters, name: string, words: readonly string[]): string | undefined {
  return words.find((word) => word === one(parameters, name));
}

function numberOf(parameters: Parameters, name: string): string | undefined {
  const text = one(parameters, name);
  return text !== undefined && text.length <= NUMBER_LENGTH_MAX && NUMBER.test(text) ? text : undefined;
}

/** Choices that the strategy offers; all as they are where one of the address is none. */
function choicesOf(kind: ShownKind, before: UseDraft, of: { parameters: Parameters; strategy: StrategyDto }) {
  const named = Object.keys(before.choices).flatMap((choice): [string, string][] => {
    const value = one(of.parameters, `choice.${choice}`);
    return value !== undefined && WORD.test(value) ? [[choice, value]] : [];
  });
  const choices = { ...before.choices, ...Object.fromEntries(named) };
  const parsed = kind.screen.parseChoices(choices);
  const isOffered = parsed.ok && kind.ledger.failedChoices(of.strategy, parsed.terms).length === 0;
  return isOffered ? choices : before.choices;
}

/** The draft with what the address says of it. */
export function draftFromParameters(
  kind: ShownKind,
  before: UseDraft,
  of: { parameters: Parameters; strategy: StrategyDto },
): UseDraft {
  const { parameters } = of;
  const duration = numberOf(parameters, 'duration');
  const unit = wordOf(parameters, 'unit', DURATION_UNIT_NAMES);
  const amounts = askedOfPeople(kind).flatMap((meter): [string, string][] => {
    const typed = numberOf(parameters, `amount.${meter}`);
    return typed === undefined ? [] : [[meter, typed]];
  });
  return {
    purpose: wordOf(parameters, 'purpose', PURPOSES) ?? before.purpose,
    fieldOfBusiness: wordOf(parameters, 'field', FIELDS_OF_BUSINESS) ?? before.fieldOfBusiness,
    // A number without its unit would be another length.
    ...(duration !== undefined && unit !== undefined
      ? { duration, durationUnit: unit as UseDraft['durationUnit'] }
      : { duration: before.duration, durationUnit: before.durationUnit }),
    choices: choicesOf(kind, before, of),
    amounts: { ...before.amounts, ...Object.fromEntries(amounts) },
  };
}
