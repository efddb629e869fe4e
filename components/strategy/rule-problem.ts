import type { ShownKind } from '#components/kinds/kinds.ts';
import { countOf } from '#components/ui/count.ts';
import { formatCount } from '#components/ui/format.ts';
import { askedMeters } from '#ledger/contracts/kinds/kind.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { RULE_LENGTH_MAX, type RuleProblem } from '#ledger/contracts/shared/rule-language.ts';
import { compileRule, namesOfKind, ruleProblem, RULE_VARIABLES } from '#ledger/contracts/strategy/rule.ts';

/** What a rule about this kind of resource may read, for a sentence. */
export function readableNames({ ledger }: ShownKind): string[] {
  return [
    ...Object.keys(RULE_VARIABLES),
    ...Object.keys(ledger.choices).map((name) => `use.choice.${name}`),
    ...askedMeters(ledger).map((meter) => `use.amount.${meter}`),
  ];
}

const SHOWN_MAX = 40;
const shown = (text: string): string => isolatedText(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);

/** `Line 2, character 5 (“<= 'x'”): `, where the part that is wrong stands; lines are named where there are several. */
function placeOf(rule: string, position: number | undefined): string {
  if (position === undefined) return '';
  const before = rule.slice(0, position);
  const line = before.split('\n').length;
  const character = position - before.lastIndexOf('\n');
  const place = rule.includes('\n') ? `Line ${line}, character ${character}` : `Character ${character}`;
  const rest = rule.slice(position).split('\n')[0]?.trim() ?? '';
  return rest === '' ? `${place}, at the end: ` : `${place} (“${shown(rest)}”): `;
}

/** A rule and what its vocabulary offers, for sentences. */
interface RuleWords {
  readonly rule: string;
  readonly names: readonly string[];
  /** A rule that could stand there. */
  readonly example: string;
}

function whyOf({ why, subject = '' }: RuleProblem, of: RuleWords): string {
  switch (why) {
    case 'too-long':
      return `The rule has ${countOf(of.rule.length, 'character')}; at most ${formatCount(RULE_LENGTH_MAX)} are allowed.`;
    case 'too-nested':
      return 'The rule has too many brackets, negations or choices inside each other. Write it as several rules.';
    case 'too-costly':
      return 'The rule takes more work to decide than a rule may. Write it as several rules, or with fewer comparisons inside of exists and all.';
    case 'syntax':
      return of.rule.trim() === ''
        ? `Write what must hold, such as ${of.example}.`
        : 'something is missing before this, or stands too much here.';
    case 'unknown-name':
      return `a rule cannot read ${shown(subject)}. It may read ${of.names.join(', ')}.`;
    case 'unlike-types':
      return `${shown(subject)} needs values of one kind on both sides: a number with a number, a text in quotes with a text.`;
    case 'not-offered':
      return `${subject === '' ? 'this' : shown(subject)} is not part of the language of rules, which has whole numbers, texts in quotes, lists of them, comparisons, in, && || and !.`;
    case 'no-yes-or-no':
      return `The rule says neither yes nor no: compare what it reads, as in ${of.example}.`;
  }
}

/** A problem that the language of rules found, in a sentence that names the place. */
export function problemInWords(problem: RuleProblem, of: RuleWords): string {
  // A name is told from its beginning, where the tree of the parser names its last dot.
  const { rule } = of;
  const { subject, position } = problem;
  const begins = subject === undefined || position === undefined ? -1 : rule.lastIndexOf(subject, position);
  const place = rule.trim() === '' ? '' : placeOf(rule, begins === -1 ? position : begins);
  return `${place}${whyOf(problem, of)}`;
}

/** Why a rule of a strategy for this kind cannot be signed, in a sentence that names the place; undefined when it can. */
export function ruleFault(kind: ShownKind, rule: string): string | undefined {
  const of = { rule, names: readableNames(kind), example: 'use.amount.calls <= 100' };
  const problem = ruleProblem(rule);
  if (problem !== undefined) return problemInWords(problem, of);
  const compiled = compileRule(rule);
  if (typeof compiled === 'string') return undefined;
  const { choices, amounts } = namesOfKind(compiled);
  const asked = askedMeters(kind.ledger);
  const unknown = [
    ...choices.filter((name) => !Object.hasOwn(kind.ledger.choices, name)).map((name) => `use.choice.${name}`),
    ...amounts.filter((meter) => !asked.includes(meter)).map((meter) => `use.amount.${meter}`),
  ][0];
  if (unknown === undefined) return undefined;
  return `${placeOf(rule, rule.indexOf(unknown))}${whyOf({ why: 'unknown-name', subject: unknown }, of)}`;
}
