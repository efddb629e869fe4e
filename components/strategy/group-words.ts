import type { ShownKind } from '#components/kinds/kinds.ts';
import { amountsInWords } from '#components/ledger/amounts.ts';
import { amountFacts, openingInWords } from '#components/ledger/strategy-words.ts';
import { accountLabel, durationInWords } from '#components/ui/format.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { EMPTY_CONDITIONS, parseConditions, type ConditionDraft, type Partner } from './conditions.ts';
import type { Group } from './presets.ts';
import { alternatives } from './rule-form.ts';
import { parseMeters, parseTimes, type StrategyDraft, type TermErrors } from './terms.ts';

/** What a group is called on the screen, and the question that it answers. */
export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  who: 'Who',
  what: 'What for',
  ways: 'In which ways',
  time: 'How long',
  amount: 'How much',
  rules: 'Rules of your own',
};

const INCOMPLETE = 'a field is not complete yet';

/** Groups in which something is wrong. */
export function wrongGroups(errors: TermErrors): ReadonlySet<Group> {
  const { condition = {}, ways, opens, closes, longest, amounts } = errors;
  const wrong: Record<Group, unknown> = {
    who: condition.partners ?? condition.age ?? condition.completedOrders ?? condition.brokenOrders,
    what: undefined,
    ways,
    time: opens ?? closes ?? longest,
    amount: amounts,
    rules: condition.expert ?? condition.rules,
  };
  return new Set(Object.entries(wrong).flatMap(([group, error]) => (error === undefined ? [] : [group as Group])));
}

function sentencesOf(kind: ShownKind, part: Partial<ConditionDraft>, none: string): string {
  const parsed = parseConditions(kind, { ...EMPTY_CONDITIONS, ...part });
  if (!parsed.ok) return INCOMPLETE;
  // The sentences of a rule of one's own may have been written by hand.
  const said = parsed.conditions.map(({ sentence }) => (part.expert ? isolatedText(sentence) : sentence));
  return said.length === 0 ? none : said.join('; ');
}

const partnerInWords = ({ id, name }: Partner): string =>
  name === '' ? accountLabel(id) : `${isolatedText(name)} (${accountLabel(id)})`;

function whoOf(kind: ShownKind, conditions: ConditionDraft): string {
  const { isNamed, partners, roles, age, ageUnit, completedOrders, brokenOrders } = conditions;
  const account = { roles, age, ageUnit, completedOrders, brokenOrders };
  if (!isNamed) return sentencesOf(kind, account, 'everyone with an account and the customer role');
  const named = partners.length === 0 ? 'nobody is named yet' : `only ${alternatives(partners.map(partnerInWords))}`;
  const rest = sentencesOf(kind, account, '');
  return rest === '' ? named : `${named}; ${rest}`;
}

function timeOf(draft: StrategyDraft): string {
  const { opensAtMs, closesAtMs, useMsMax } = parseTimes(draft, {});
  if (opensAtMs === undefined || closesAtMs === undefined || useMsMax === undefined) return INCOMPLETE;
  return `at most ${durationInWords(useMsMax)} an order; ${openingInWords({ opensAtMs, closesAtMs })}`;
}

function amountOf(kind: ShownKind, draft: StrategyDraft): string {
  const errors: Record<string, string> = {};
  const limits = parseMeters(kind, draft, { meters: kind.ledger.limits, errors });
  const capacity = parseMeters(kind, draft, { meters: kind.ledger.capacity, errors }).map(toQuantityDto);
  if (Object.keys(errors).length > 0) return INCOMPLETE;
  const held = amountFacts(kind, capacity, '').map(({ name, value }) => `${name.toLowerCase()}: ${value}`);
  return [`at most ${amountsInWords(kind.ledger, limits)} an order`, ...held].join('; ');
}

/** What is in force by the draft, group by group, in plain words. Each is read by itself: what is wrong elsewhere hides nothing here. */
export function groupWords(kind: ShownKind, draft: StrategyDraft): Record<Group, string> {
  const { purposes, fields, isRelevanceAsked, expert } = draft.conditions;
  const ways = kind.screen.parseWays(draft.ways);
  const facts = ways.ok ? kind.screen.wayFacts(ways.terms) : [];
  return {
    who: whoOf(kind, draft.conditions),
    what: sentencesOf(kind, { purposes, fields, isRelevanceAsked }, 'any purpose, in any field of business'),
    ways: ways.ok ? facts.map(({ name, value }) => `${name}: ${value}`).join('; ') : INCOMPLETE,
    time: timeOf(draft),
    amount: amountOf(kind, draft),
    rules: sentencesOf(kind, { expert }, 'none'),
  };
}
