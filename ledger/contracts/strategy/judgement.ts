import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { amountOf, termOf, type Quantity, type Term } from '#ledger/contracts/shared/terms.ts';
import { quotient } from '#ledger/core/integer.ts';
import { failedConditions, ruleInput, type Application, type IntendedUse } from './admission.ts';
import { FIELDS_OF_BUSINESS, PURPOSES, type StrategyArgs } from './definition.ts';
import { compileRule, type Rule } from './rule.ts';

/**
 * What a form says of each condition while an application is written: met, not met, or not to be known before a field is filled in; and of
 * one that is not met, what would meet it. The contract itself decides by `failedConditions` alone: every change that is offered was decided
 * by it, and leaves fewer conditions unmet than before.
 */

export type Verdict = 'met' | 'unmet' | 'unknown';
/** One field of the use with another value, by the path that rules read it by: `use.purpose` → 'research', `use.durationMs` → '7200000'. */
export type Change = { name: string; value: string };
/** `changes`: alternatives; each is made of changes that are made together. Empty where no change of the use was found. */
export type Judged = { index: bigint; sentence: string; verdict: Verdict; reads: string[]; changes: Change[][] };

/** Alternatives that are offered for one condition. */
export const ALTERNATIVES_MAX = 4;
/** Rules that one question evaluates at most, in search of what would meet them. */
const EVALUATIONS_MAX = 300;
/** Changes of one condition that are held against all the others. */
const TRIED_MAX = 24;

/** Every condition of the strategy in order, judged for a use of which '' and 0 mean that nothing is stated yet. */
export function judge(strategy: StrategyArgs, kind: Kind, application: Application): Judged[] {
  const budget = { left: EVALUATIONS_MAX };
  const failed = failedConditions(strategy, kind, application);
  return strategy.conditions.map(({ rule, sentence }, place) => {
    const index = BigInt(place);
    const compiled = compileRule(rule);
    if (typeof compiled === 'string') return { index, sentence, verdict: 'unmet', reads: [], changes: [] };
    const reads = [...compiled.reads];
    const isOpen = reads.some((path) => path.startsWith('use.') && valueAt(application.use, path) === undefined);
    if (isOpen) return { index, sentence, verdict: 'unknown', reads, changes: [] };
    if (!failed.some((condition) => condition.index === index))
      return { index, sentence, verdict: 'met', reads, changes: [] };
    const search: Search = { strategy, kind, application, rule: compiled, text: rule, budget };
    return { index, sentence, verdict: 'unmet', reads, changes: improvements(search, failed.length) };
  });
}

interface Search {
  readonly strategy: StrategyArgs;
  readonly kind: Kind;
  readonly application: Application;
  readonly rule: Rule;
  readonly text: string;
  readonly budget: { left: number };
}

/** What would meet the condition and leaves fewer unmet than the `failures` of now, the fewest first. */
function improvements(search: Search, failures: number): Change[][] {
  const { strategy, kind, application } = search;
  return alternatives(search)
    .slice(0, TRIED_MAX)
    .map((changes) => {
      const use = changes.reduce(changed, application.use);
      return { changes, left: failedConditions(strategy, kind, { ...application, use }).length };
    })
    .filter(({ left }) => left < failures)
    .toSorted((one, other) => one.left - other.left)
    .slice(0, ALTERNATIVES_MAX)
    .map(({ changes }) => changes);
}

/** What would meet the rule: a change of one field, or of two where none of one does. */
function alternatives(search: Search): Change[][] {
  const paths = search.rule.reads.filter((path) => path.startsWith('use.'));
  const single = paths.flatMap((path) => meetingValues(search, path).map((value) => [{ name: path, value }]));
  return single.length > 0 ? single : pairs(search, paths);
}

function pairs(search: Search, paths: readonly string[]): Change[][] {
  return paths.flatMap((first, place) =>
    paths.slice(place + 1).flatMap((second) =>
      words(search, first).flatMap((value) =>
        words(search, second)
          .map((other) => [
            { name: first, value },
            { name: second, value: other },
          ])
          .filter((changes) => meets(search, changes)),
      ),
    ),
  );
}

/** Values of one field that meet the condition by themselves: the nearest numbers, or every word. */
function meetingValues(search: Search, path: string): string[] {
  const isNumber = path === 'use.durationMs' || path.startsWith('use.amount.');
  const meeting = (value: string): boolean => meets(search, [{ name: path, value }]);
  return isNumber ? nearest(search, path, meeting) : words(search, path).filter(meeting);
}

/** Words that a field can have: those of the contract, and for a kind's choices those that the rule or the ways name. */
function words({ strategy, text }: Search, path: string): string[] {
  if (path === 'use.purpose') return [...PURPOSES];
  if (path === 'use.field') return [...FIELDS_OF_BUSINESS];
  if (!path.startsWith('use.choice.')) return numbersIn(text).map(String);
  const named = [text, ...strategy.ways.map(({ value }) => value)].flatMap((words) =>
    [...words.matchAll(/(["'])([^"']{1,64})\1/g)].map(([, , word = '']) => word),
  );
  return [...new Set(named)];
}

function numbersIn(rule: string): bigint[] {
  const named = [...rule.matchAll(/\b\d{1,15}\b/g)].map(([digits]) => BigInt(digits));
  return named.flatMap((number) => [number - 1n, number, number + 1n]).filter((number) => number > 0n);
}

/** A whole second is what a form can say of a time. */
const TIME_STEP_MS = 1_000n;

/** The nearest number below and above that meets the condition: the rule's own numbers, and the border where it begins to hold. */
function nearest(
  { strategy, kind, application, text }: Search,
  path: string,
  meets: (value: string) => boolean,
): string[] {
  const step = path === 'use.durationMs' ? TIME_STEP_MS : 1n;
  const current = BigInt(valueAt(application.use, path) ?? 0);
  const most = mostOf(strategy, kind, path);
  const inReach = (value: bigint): boolean =>
    value >= step && value <= most && value % step === 0n && value !== current;
  const named = numbersIn(text).filter((value) => inReach(value) && meets(value.toString()));
  const ends = [border({ from: current, to: step, step }, meets), border({ from: current, to: most, step }, meets)];
  const found = [...named, ...ends.filter((value) => value !== undefined && inReach(value))] as bigint[];
  const below = found.filter((value) => value < current).reduce<bigint | undefined>(larger, undefined);
  const above = found.filter((value) => value > current).reduce<bigint | undefined>(smaller, undefined);
  return [below, above].flatMap((value) => (value === undefined ? [] : [value.toString()]));
}

const larger = (left: bigint | undefined, right: bigint): bigint => (left === undefined || right > left ? right : left);
const smaller = (left: bigint | undefined, right: bigint): bigint =>
  left === undefined || right < left ? right : left;

/** Most that a use may ask for: what the strategy limits, else the meter's own bound. */
function mostOf({ useMsMax, limits }: StrategyArgs, kind: Kind, path: string): bigint {
  if (path === 'use.durationMs') return useMsMax;
  const meter = path.slice('use.amount.'.length);
  return amountOf(limits, meter) || (kind.meters[meter]?.max ?? 0n);
}

/** The value nearest to `from` at which it holds, where it holds at `to` and on from one border; undefined where it does not hold at `to`. */
function border(
  { from, to, step }: { from: bigint; to: bigint; step: bigint },
  meets: (value: string) => boolean,
): bigint | undefined {
  const at = (steps: bigint): bigint => steps * step;
  let met = quotient(to, step);
  let unmet = quotient(from, step);
  if (met === unmet || !meets(at(met).toString())) return undefined;
  // It halves a range of at most 2^50 values.
  while (met - unmet > 1n || unmet - met > 1n) {
    const middle = quotient(met + unmet, 2n);
    if (meets(at(middle).toString())) met = middle;
    else unmet = middle;
  }
  return at(met);
}

/** Whether the rule holds with these changes; false once enough was evaluated. */
function meets({ kind, application, rule, budget }: Search, changes: readonly Change[]): boolean {
  if (budget.left === 0) return false;
  budget.left -= 1;
  return rule.holds(ruleInput(kind, { ...application, use: changes.reduce(changed, application.use) })) === true;
}

function changed(use: IntendedUse, { name, value }: Change): IntendedUse {
  if (name === 'use.purpose') return { ...use, purpose: value };
  if (name === 'use.field') return { ...use, field: value };
  if (name === 'use.durationMs') return { ...use, durationMs: BigInt(value) };
  const [, list = '', word = ''] = name.split('.');
  if (list === 'choice')
    return { ...use, choices: [...without(use.choices, ({ name: own }) => own === word), { name: word, value }] };
  const amount = { meter: word, amount: BigInt(value) };
  return { ...use, amounts: [...without(use.amounts, ({ meter }) => meter === word), amount] };
}

function without<Item extends Term | Quantity>(items: readonly Item[], isOut: (item: Item) => boolean): Item[] {
  return items.filter((item) => !isOut(item));
}

/** What is stated of a field; undefined where nothing is. */
function valueAt(use: IntendedUse, path: string): string | undefined {
  const [, list = '', name = ''] = path.split('.');
  switch (list) {
    case 'purpose':
      return use.purpose || undefined;
    case 'field':
      return use.field || undefined;
    case 'durationMs':
      return stated(use.durationMs);
    case 'choice':
      return termOf(use.choices, name);
    default:
      return stated(amountOf(use.amounts, name));
  }
}

function stated(amount: bigint): string | undefined {
  return amount === 0n ? undefined : amount.toString();
}
